import { TrailviewError } from '../../contract/errors.ts'
import type { ArchiveReader, EventQuery } from '../cache/archive.ts'
import type { Reconciliation } from './manifest.ts'
import type { ExportCounts } from './tally.ts'

export interface ExportProgress {
  readonly rows: number
  /** Exact count of the matches when the export began. */
  readonly totalRows: number
}

/** What was written, as the manifest tells of it. */
export interface Written {
  readonly counts: ExportCounts
  readonly notes: readonly string[]
}

/** The same, and that it is as many rows as the archive counts. */
export interface Reckoned extends Written {
  readonly rows: number
  readonly reconciliation: Reconciliation
}

/** Counts rows as they are written, and what the archive counts before and afterwards. */
export class RowCount {
  readonly #query: EventQuery
  readonly #reader: Pick<ArchiveReader, 'count'>
  readonly #signal: AbortSignal
  readonly #onProgress: (progress: ExportProgress) => void
  readonly #before: number
  #rows = 0

  static async begin(
    query: EventQuery,
    reader: Pick<ArchiveReader, 'count'>,
    signal: AbortSignal,
    onProgress: (progress: ExportProgress) => void,
  ): Promise<RowCount> {
    const { total } = await reader.count(query, signal)
    const count = new RowCount(query, reader, signal, onProgress, total)
    count.advance(0)
    return count
  }

  private constructor(
    query: EventQuery,
    reader: Pick<ArchiveReader, 'count'>,
    signal: AbortSignal,
    onProgress: (progress: ExportProgress) => void,
    before: number,
  ) {
    this.#query = query
    this.#reader = reader
    this.#signal = signal
    this.#onProgress = onProgress
    this.#before = before
  }

  /** So many more were written. Throws CALL_CANCELLED when that is not wanted any more. */
  advance(rows: number): void {
    throwIfCancelled(this.#signal)
    this.#rows += rows
    this.#onProgress({ rows: this.#rows, totalRows: this.#before })
  }

  /** All were written. */
  async reckon(written: Written): Promise<Reckoned> {
    throwIfCancelled(this.#signal)
    const after = await this.#reader.count(this.#query, this.#signal)
    return { ...written, rows: this.#rows, reconciliation: reconcile(this.#before, after.total, this.#rows) }
  }
}

/** The rows are one snapshot of the archive, taken between the two counts. */
function reconcile(countedBefore: number, countedAfter: number, rowsWritten: number): Reconciliation {
  const facts = { countedBefore, countedAfter, rowsWritten }
  if (countedBefore === countedAfter) {
    if (rowsWritten === countedBefore) return { ...facts, sentence: 'The rows are exactly as many as the archive counts for this query.' }
    throw new TrailviewError(
      'INTERNAL',
      `The export wrote ${rowsWritten} rows where the archive counts ${countedBefore}; the file was not kept. Verify the archive, then try again.`,
      { details: facts },
    )
  }
  return { ...facts, sentence: 'Events were collected or marked while the export ran; the rows are the matches of one moment in between.' }
}

/** Throws CALL_CANCELLED once the export is not wanted any more. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new TrailviewError('CALL_CANCELLED', 'The export was cancelled; nothing was written.')
}
