import { createHash } from 'node:crypto'
import type { Database } from '../cache/driver.ts'
import type { Json } from '../connectors/define.ts'
import { canonicalJson } from './canonical-json.ts'

export type LedgerFacts = Readonly<Record<string, Json>>

/** A stored entry. */
export interface LedgerRow {
  readonly num: number
  readonly at: string
  readonly kind: string
  /** The entry's facts, canonical. */
  readonly json: string
  readonly hash: Buffer
}

/** Hash before the first entry. */
export const chainStart: Buffer = Buffer.alloc(32)

/** How far the ledger goes. */
export interface LedgerHead {
  readonly entries: number
  /** Hash of the last entry, hex; that of the chain's start where there is none. */
  readonly hash: string
}

/** Everything an entry says, as it is hashed: one line. */
export function entryText({ num, at, kind, json }: Omit<LedgerRow, 'hash'>): string {
  return canonicalJson([num, at, kind, json])
}

/** The hash of an entry: over the hash before it and everything the entry says. */
export function chainHash(previous: Uint8Array, entry: Omit<LedgerRow, 'hash'>): Buffer {
  return chainHashOf(previous, entryText(entry))
}

/** The same by what the entry says. */
export function chainHashOf(previous: Uint8Array, text: string | Uint8Array): Buffer {
  return createHash('sha256').update(previous).update(text).digest()
}

/** The end of the ledger as the connection sees it. */
export function readLedgerHead(db: Database): LedgerHead {
  const last = db.prepare<[], Pick<LedgerRow, 'num' | 'hash'>>('SELECT num, hash FROM ledger ORDER BY num DESC LIMIT 1').get()
  return { entries: last?.num ?? 0, hash: (last?.hash ?? chainStart).toString('hex') }
}

/** SHA-256 over hashes in ascending order: what a page stored, whatever order it came in. */
export function digestOfHashes(hashes: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha256')
  for (const hash of hashes.toSorted(Buffer.compare)) digest.update(hash)
  return digest.digest()
}

export interface Ledger {
  /** Appends an entry, in the transaction under way; returns how far the ledger goes with it. */
  append(kind: string, facts: LedgerFacts, at: string): LedgerHead
}

export function openLedger(db: Database): Ledger {
  const last = db.prepare<[], Pick<LedgerRow, 'num' | 'hash'>>('SELECT num, hash FROM ledger ORDER BY num DESC LIMIT 1')
  const insert = db.prepare<[number, string, string, string, Uint8Array]>(
    'INSERT INTO ledger (num, at, kind, json, hash) VALUES (?, ?, ?, ?, ?)',
  )
  return {
    append: (kind, facts, at) => {
      const tip = last.get() ?? { num: 0, hash: chainStart }
      const entry = { num: tip.num + 1, at, kind, json: canonicalJson(facts) }
      const hash = chainHash(tip.hash, entry)
      insert.run(entry.num, at, kind, entry.json, hash)
      return { entries: entry.num, hash: hash.toString('hex') }
    },
  }
}
