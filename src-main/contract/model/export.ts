import { z } from 'zod'

export const exportFormatSchema = z.enum(['csv', 'xlsx', 'ndjson', 'ocsf', 'package'])
export type ExportFormat = z.infer<typeof exportFormatSchema>

export type ExportStatus = 'running' | 'done' | 'failed' | 'cancelled'

/** One export, running or finished. */
export interface ExportJob {
  readonly id: string
  readonly query: string
  readonly zone: string
  readonly format: ExportFormat
  /** The final file's path. */
  readonly path: string
  readonly manifestPath: string
  readonly status: ExportStatus
  readonly rows: number
  /** Rows that will be written, exact; null until counted. */
  readonly totalRows: number | null
  readonly sha256: string | null
  readonly startedAt: string
  readonly endedAt: string | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** What verifying an evidence package found. */
export interface PackageReport {
  readonly isSound: boolean
  /** One sentence per finding; empty when sound. */
  readonly findings: readonly string[]
  /** Of the package file, hex: what to compare with the one that was told when it was made. */
  readonly sha256: string
  /** What was asked for and when, as the package says; null where its manifest cannot be read. */
  readonly about: { readonly query: string; readonly inWords: string; readonly zone: string; readonly createdAt: string } | null
  readonly events: number
  /** Payloads of events that had more than one. */
  readonly revisions: number
  readonly pages: number
  readonly ledgerEntries: number
  /** Hash of the ledger's last entry, hex; null where there is no ledger to be read. */
  readonly ledgerHash: string | null
}
