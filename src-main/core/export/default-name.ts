import type { ExportFormat } from '../../contract/model/export.ts'
import { zoneOffsetMs } from '../query/local-time.ts'

const extensions: Readonly<Record<ExportFormat, string>> = {
  csv: 'csv',
  xlsx: 'xlsx',
  ndjson: 'ndjson',
  ocsf: 'ocsf.ndjson',
  package: 'evidence.zip',
}

/** A file name that says what was asked and when, safe on every file system: `trailview verb-delete 2026-01-31 1405.csv`. */
export function defaultExportName(query: { readonly text: string; readonly zone: string }, format: ExportFormat, nowMs: number): string {
  const time = new Date(nowMs + zoneOffsetMs(query.zone, nowMs)).toISOString()
  const asked = query.text
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 50)
    .replace(/^-+|-+$/g, '')
  return `trailview ${asked === '' ? 'all' : asked} ${time.slice(0, 10)} ${time.slice(11, 13)}${time.slice(14, 16)}${time.slice(17, 19)}.${extensions[format]}`
}
