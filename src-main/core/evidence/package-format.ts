import type { Query } from '../../contract/model/query.ts'
import { ndjsonLines } from '../export/ndjson.ts'
import type { LedgerFacts } from '../ledger/ledger.ts'

/** The files of an evidence package, in the order they lie in it. Their names are ours: nothing from a service becomes one. */
export const packageFiles = [
  'README.txt',
  'events.ndjson',
  'revisions.ndjson',
  'pages.ndjson',
  'manifest.json',
  'ledger.ndjson',
  'SHA256SUMS',
] as const
export type PackageFileName = (typeof packageFiles)[number]

/** A file of a package as the manifest tells of it. */
export interface PackageFile {
  readonly name: PackageFileName
  readonly sizeBytes: number
  /** Hex. */
  readonly sha256: string
}

/** Kind of the ledger's entry about a package: the last one in it, with the SHA-256 of its manifest. */
export const evidenceEntryKind = 'evidence'

/** What that entry says: what was asked for, and the manifest's SHA-256, hex. */
export function evidenceFacts({ text, zone }: Query, manifest: string): LedgerFacts {
  return { query: text, zone, manifest }
}

/** The text of `SHA256SUMS`, as `sha256sum -c` reads it. */
export function sumsText(files: readonly PackageFile[]): string {
  return files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')
}

/** The comment at the end of the ZIP file. `sha256`: of all that comes before its end record, hex. */
export function packageComment(sha256: string): string {
  return `Trailview evidence package 1; SHA-256 of all before this record: ${sha256}`
}

/** What a reader of the events must know, as sentences for the manifest. */
export function packageNotes(inexactPayloads: number): readonly string[] {
  return [
    ...ndjsonLines.notes(inexactPayloads),
    'Earlier payloads of changed events are in revisions.ndjson. How to check the package, and what that proves, stands in README.txt.',
  ]
}
