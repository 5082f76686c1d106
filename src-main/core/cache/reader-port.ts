import type { ArchiveReader, OpenArchiveOptions } from './archive.ts'

/** A snapshot of the readers' columns as it is stored (table column_segment). */
export interface ColumnSegment {
  readonly num: number
  readonly rows: number
  readonly changeNum: number
  readonly data: Uint8Array
}

/** What `createReader` of the engine is given by `openArchive`. */
export interface ReaderOptions extends OpenArchiveOptions {
  /** Stores snapshots of the columns through the writer; those with the same number are replaced. */
  readonly saveSegments: (segments: readonly ColumnSegment[]) => Promise<void>
}

/** What `createReader` resolves to, once the first page can be answered. */
export interface ReaderHandle {
  readonly reader: ArchiveReader
  /** A transaction of this process's writer has been committed: the reader threads catch up at once. */
  committed(): void
  /** Ends the reader threads. */
  close(): Promise<void>
}

/** `workerData` of the archive's threads. */
export interface WorkerOptions {
  readonly role: 'writer' | 'reader'
  readonly home: string
  readonly keyHex: string
  /** Where the threads' script lies, for one that starts another. */
  readonly workerUrl?: string
  /** Whatever the engine wants to tell its own threads apart. */
  readonly part?: string
}
