import type { LineBatch } from '../export/lines.ts'
import type { LedgerHead } from '../ledger/ledger.ts'

/** Finished lines of one of the files that prove events. */
export interface ProofLines {
  readonly bytes: Uint8Array
  readonly lines: number
}

/**
 * What an evidence package is made of, in this order: the moment of the archive, lines of events, all payloads of the events that had more than
 * one, and the pages of the ledger that brought all of these.
 */
export type EvidencePart =
  | { readonly kind: 'moment'; readonly ledger: LedgerHead }
  | { readonly kind: 'events'; readonly lines: LineBatch }
  | { readonly kind: 'revisions' | 'pages'; readonly lines: ProofLines }

/** A line of `revisions.ndjson` but for its payload: one payload of an event that had more than one. */
export interface RevisionLine {
  readonly id: string
  readonly revision: number
  readonly receivedAt: string
  /** SHA-256 of the payload, hex. */
  readonly hash: string
}

/** A line of `pages.ndjson`: a page that a service gave, with all payloads that were new in it. */
export interface PageLine {
  readonly page: number
  /** Number of the ledger's entry about it. */
  readonly entry: number
  /** Hashes of the payloads in the package, ascending, hex. */
  readonly payloads: readonly string[]
  /** Those of the payloads that are not, ascending. */
  readonly others: readonly string[]
}
