import type { SplitNumbers } from '../columns/split-column.ts'

/**
 * The rows of a result in order, in memory that threads share. `actor` and `object` are the numbers of all events by row: those of another moment
 * where the query thread has followed the archive since, so they only say what is worth reading ahead.
 */
export interface RowList {
  readonly rows: Uint32Array
  readonly actor: SplitNumbers
  readonly object: SplitNumbers
  /** Actors and objects there are, number 0 included. */
  readonly actorCount: number
  readonly objectCount: number
}
