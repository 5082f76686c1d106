import { SplitColumn, type SplitNumbers } from '../../src-main/core/cache/engine/columns/split-column.ts'

/** A column of some numbers, as the engine holds them. */
export function splitOf(numbers: readonly number[]): SplitNumbers {
  const column = new SplitColumn()
  column.reserve(numbers.length, 0)
  column.setAll(0, Uint32Array.from(numbers))
  return column
}
