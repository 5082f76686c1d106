import type { Database } from '../cache/driver.ts'
import type { Findings } from './findings.ts'
import { chainHash, chainStart, type LedgerRow } from './ledger.ts'

/** Walks the ledger from its first entry: each follows from the one before. Yields the entries, so that the caller may check what they say. */
export function* walkChain(db: Database, findings: Findings): Generator<LedgerRow> {
  let previous: Uint8Array = chainStart
  let expected = 1
  for (const entry of db.prepare<[], LedgerRow>('SELECT num, at, kind, json, hash FROM ledger ORDER BY num').iterate()) {
    if (entry.num !== expected) findings.add(`The ledger goes from entry ${expected - 1} to ${entry.num}: entries are missing.`)
    else if (!chainHash(previous, entry).equals(entry.hash))
      findings.add(`Entry ${entry.num} of the ledger was altered, or the one before it.`)
    previous = entry.hash
    expected = entry.num + 1
    yield entry
  }
}
