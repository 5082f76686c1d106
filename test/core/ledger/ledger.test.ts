import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../src-main/core/ledger/canonical-json.ts'
import { collectFindings } from '../../../src-main/core/ledger/findings.ts'
import { chainHash, chainStart, digestOfHashes, openLedger, type LedgerRow } from '../../../src-main/core/ledger/ledger.ts'
import { walkChain } from '../../../src-main/core/ledger/verify-chain.ts'
import type { Json } from '../../../src-main/core/connectors/define.ts'
import { testArchive } from '../cache/archive-fixture.ts'

const json = fc.jsonValue() as fc.Arbitrary<Json>

describe('canonical JSON', () => {
  it('is the same for the same value, whatever the order of its keys, and reads back as the value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (value) => {
        const turned = Object.fromEntries(Object.entries(value).toReversed())
        expect(canonicalJson(turned)).toBe(canonicalJson(value))
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})

describe('the ledger', () => {
  it('chains each entry to the one before it', () => {
    const { db } = testArchive()
    const ledger = openLedger(db)
    ledger.append('export', { rows: 3, file: 'a.csv' }, '2024-01-01T00:00:00.000Z')
    ledger.append('export', {}, '2024-01-02T00:00:00.000Z')
    const rows = db.prepare<[], LedgerRow>('SELECT num, at, kind, json, hash FROM ledger ORDER BY num').all()
    let previous: Uint8Array = chainStart
    for (const row of rows) {
      expect(row.hash.equals(chainHash(previous, row))).toBe(true)
      previous = row.hash
    }
    expect(rows.map((row) => row.kind)).toEqual(['connection-saved', 'export', 'export'])
  })

  it.each(['at', 'kind', 'json', 'hash'] as const)('shows that %s of an entry was changed', (column) => {
    const { db } = testArchive()
    const ledger = openLedger(db)
    for (const num of [2, 3, 4, 5]) ledger.append('export', { num }, '2024-01-01T00:00:00.000Z')
    db.exec(`UPDATE ledger SET ${column} = ${column === 'hash' ? 'zeroblob(32)' : `${column} || ' '`} WHERE num = 3`)
    const findings = collectFindings()
    expect([...walkChain(db, findings)]).toHaveLength(5)
    expect(findings.sentences()[0]).toBe('Entry 3 of the ledger was altered, or the one before it.')
  })

  it('sums up hashes whatever their order', () => {
    const [a, b] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    expect(digestOfHashes([a, b])).toEqual(digestOfHashes([b, a]))
    expect(digestOfHashes([a, b])).not.toEqual(digestOfHashes([a, a]))
  })
})

describe('findings', () => {
  it('of one kind beyond the first twenty are only counted', () => {
    const findings = collectFindings()
    for (let n = 0; n < 25; n++) findings.of('payloads').add(`Payload ${n}.`)
    findings.add('Something else.')
    expect(findings.sentences()).toHaveLength(22)
    expect(findings.sentences()).toContain('There are 5 more findings about payloads.')
  })
})
