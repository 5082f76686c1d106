import { basename } from 'node:path'
import type { CoverageSpan } from '../../contract/model/coverage.ts'
import type { ExportFormat } from '../../contract/model/export.ts'
import type { EventOrder, Query } from '../../contract/model/query.ts'
import type { ExportCounts } from './tally.ts'

/** How the rows written stand to what the archive counted. */
export interface Reconciliation {
  readonly countedBefore: number
  readonly countedAfter: number
  readonly rowsWritten: number
  readonly sentence: string
}

/** What the manifest says; written as JSON beside the export. */
export interface ExportFacts {
  readonly path: string
  readonly format: ExportFormat
  readonly rows: number
  readonly sizeBytes: number
  readonly sha256: string
  readonly createdAt: string
  readonly appVersion: string
  readonly query: Query
  readonly inWords: string
  readonly order: EventOrder
  readonly counts: ExportCounts
  readonly reconciliation: Reconciliation
  readonly connections: readonly { readonly id: string; readonly name: string; readonly service: string }[]
  readonly coverage: readonly CoverageSpan[]
  readonly notes: readonly string[]
}

/** Where the manifest of an export stands. */
export function manifestPathOf(path: string): string {
  return `${path}.manifest.json`
}

/** The manifest's text. */
export function manifestText({ path, query, inWords, counts, ...facts }: ExportFacts): string {
  const manifest = {
    manifestVersion: 1,
    file: basename(path),
    format: facts.format,
    rows: facts.rows,
    sizeBytes: facts.sizeBytes,
    sha256: facts.sha256,
    createdAt: facts.createdAt,
    createdBy: `Trailview ${facts.appVersion}`,
    query: { text: query.text, inWords, zone: query.zone, order: facts.order },
    counts,
    reconciliation: facts.reconciliation,
    connections: facts.connections,
    coverage: facts.coverage,
    notes: facts.notes,
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}
