import type { EventColumns } from '../columns/columns.ts'
import { flag } from '../columns/columns.ts'
import { numberAt, type SplitNumbers } from '../columns/split-column.ts'

/** Rows counted between two breaths. */
const stepRows = 262_144

type CountedColumn = 'actor' | 'object' | 'context'

/** Counts of all events by the numbers of a column, in steps of a few milliseconds: of no use when rows changed meanwhile. */
export function* countingAll(columns: EventColumns, column: CountedColumn, size: number): Generator<void, Uint32Array> {
  const counts = new Uint32Array(size)
  const { count } = columns
  for (let from = 0; from < count; from += stepRows) {
    countRows(columns[column], columns.flags, from, Math.min(from + stepRows, count), counts)
    yield
  }
  return counts
}

function countRows(numbers: SplitNumbers, flags: Uint8Array, from: number, to: number, counts: Uint32Array): void {
  for (let row = from; row < to; row++) {
    if (((flags[row] as number) & flag.removed) !== 0) continue
    const number = numberAt(numbers, row)
    counts[number] = (counts[number] as number) + 1
  }
}
