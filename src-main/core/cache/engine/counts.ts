import type { EventColumns } from './columns.ts'
import { flag } from './columns.ts'

/** Counts of all events by the numbers of a column. */
export function countAll({ count, flags, ...columns }: EventColumns, column: 'actor' | 'object' | 'context', size: number): Uint32Array {
  const counts = new Uint32Array(size)
  const numbers = columns[column]
  for (let row = 0; row < count; row++) {
    if (((flags[row] as number) & flag.removed) === 0) counts[numbers[row] as number] = (counts[numbers[row] as number] as number) + 1
  }
  return counts
}
