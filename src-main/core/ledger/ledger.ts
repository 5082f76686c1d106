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

/** The hash of an entry: over the hash before it and everything the entry says. */
export function chainHash(previous: Uint8Array, entry: Omit<LedgerRow, 'hash'>): Buffer {
  const said = canonicalJson([entry.num, entry.at, entry.kind, entry.json])
  return createHash('sha256').update(previous).update(said).digest()
}

/** SHA-256 over hashes in ascending order: what a page stored, whatever order it came in. */
export function digestOfHashes(hashes: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha256')
  for (const hash of hashes.toSorted(Buffer.compare)) digest.update(hash)
  return digest.digest()
}

export interface Ledger {
  /** Appends an entry, in the transaction under way. */
  append(kind: string, facts: LedgerFacts, at: string): void
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
      insert.run(entry.num, at, kind, entry.json, chainHash(tip.hash, entry))
    },
  }
}
