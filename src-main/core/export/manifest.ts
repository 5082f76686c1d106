import type { CoverageSpan } from '../../contract/model/coverage.ts'
import type { ExportFormat } from '../../contract/model/export.ts'
import type { EventOrder, Query } from '../../contract/model/query.ts'
import type { PackageFile } from '../evidence/package-format.ts'
import type { LedgerHead } from '../ledger/ledger.ts'
import type { ExportCounts } from './tally.ts'

/** How the rows written stand to what the archive counted. */
export interface Reconciliation {
  readonly countedBefore: number
  readonly countedAfter: number
  readonly rowsWritten: number
  readonly sentence: string
}

/** A connection as the manifest names it: `removedAt`, UTC, where it was removed since; its events may be in the export all the same. */
export interface ToldConnection {
  readonly id: string
  readonly name: string
  readonly service: string
  readonly removedAt?: string
}

/** What the manifest says; written as JSON beside the export. */
export interface ExportFacts {
  /** Name of the file it is about. */
  readonly file: string
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
  readonly connections: readonly ToldConnection[]
  readonly coverage: readonly CoverageSpan[]
  readonly notes: readonly string[]
  /** Beside an evidence package: how far the ledger in it goes. */
  readonly ledger?: LedgerHead
  /** In an evidence package: how far the ledger went at the moment the events are of. */
  readonly moment?: LedgerHead
  /** In an evidence package: the files that the manifest vouches for. */
  readonly files?: readonly PackageFile[]
}

/** Where the manifest of an export stands. */
export function manifestPathOf(path: string): string {
  return `${path}.manifest.json`
}

/** The manifest's text. */
export function manifestText({ query, inWords, counts, ...facts }: ExportFacts): string {
  const manifest = {
    manifestVersion: 1,
    file: facts.file,
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
    ledger: facts.ledger,
    moment: facts.moment,
    files: facts.files,
  }
  return `${JSON.stringify(manifest, null, 2)}\n`
}
