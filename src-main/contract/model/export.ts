import { z } from 'zod'

export const exportFormatSchema = z.enum(['csv', 'xlsx', 'ndjson', 'ocsf'])
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
