import { SplitColumn, type SplitNumbers } from '../../src-main/core/cache/engine/columns/split-column.ts'

/** A column of some numbers, as the engine holds them. */
export function splitOf(numbers: readonly number[]): SplitNumbers {
  const column = new SplitColumn()
  column.reserve(numbers.length, 0)
  numbers.forEach((number, row) => column.set(row, number))
  return column
}
