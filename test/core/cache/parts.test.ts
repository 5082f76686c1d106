import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packBlock, unpackBlock } from '../../../src-main/core/cache/blocks.ts'
import { packPage, unpackPage } from '../../../src-main/core/cache/page-packing.ts'
import { restoreSummary, templateOf } from '../../../src-main/core/cache/summary.ts'
import { KeyFilter } from '../../../src-main/core/cache/key-filter.ts'
import { readKey, wordsOfKey } from '../../../src-main/core/cache/key-words.ts'
import { KeyTable } from '../../../src-main/core/cache/write/key-table.ts'
import { RecentKeys } from '../../../src-main/core/cache/write/recent-keys.ts'
import { SeenSeqs } from '../../../src-main/core/cache/write/seen.ts'
import { sha256 } from '../../../src-main/core/lib/sha256.ts'
import { page, record } from './archive-fixture.ts'

describe('a wording', () => {
  const word = fc.oneof(fc.constantFrom('in', 'Ada', 'Ada Lovelace', '', '\u0001', '\u0002', '\u0004', 'Ada,'), fc.string({ maxLength: 4 }))
  const name = fc.option(word, { freq: 4 })

  it('gives the summary back for the same names', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            word,
            name.map((text) => text ?? ''),
          ),
          { maxLength: 8 },
        ),
        name,
        name,
        name,
        (words, actor, object, workspace) => {
          const summary = words.join(' ')
          expect(restoreSummary(templateOf(summary, actor, object, workspace), actor, object, workspace)).toBe(summary)
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('takes out whole names only, so that many events share it', () => {
    expect(templateOf('Ada viewed Adam.pdf in Ada', 'Ada', 'Adam.pdf', 'Ada')).toBe('\u0001 viewed \u0002 in \u0003')
    expect(templateOf('Adam met Ada, twice', 'Ada', null, null)).toBe('Adam met Ada, twice')
  })
})

describe('a block', () => {
  it('gives back every payload byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 64 }), (payloads) => {
        expect(unpackBlock(packBlock(payloads)).map((bytes) => Buffer.from(bytes))).toEqual(payloads.map((bytes) => Buffer.from(bytes)))
      }),
    )
  })
})

describe('a page on its way to the writer thread', () => {
  it('arrives as it was sent', () => {
    const sent = page(
      [
        record(),
        record({ summary: 'lone \ud800' }, ''),
        { payload: Uint8Array.of(0, 255), event: null, unmappedReason: 'why', externalId: 'x' },
      ],
      {
        claim: { from: null, to: '2024-01-01T00:00:00.000Z', findsGone: true, goneNotBefore: null },
        memory: { a: [1, { b: null }] },
      },
    )
    const plain = (value: typeof sent) => ({ ...value, records: value.records.map((one) => ({ ...one, payload: [...one.payload] })) })
    expect(plain(unpackPage(structuredClone(packPage(sent))))).toEqual(plain(sent))
  })
})

const keyOf = (keyBytes: number) =>
  fc.oneof(
    fc.uint8Array({ minLength: keyBytes, maxLength: keyBytes }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 3 }))
      .map(([first, last]) => Buffer.from([first, ...Array<number>(keyBytes - 2).fill(0), last])),
  )

describe.each([12, 16])('a table of keys of %i bytes', (keyBytes) => {
  it('holds what was added, first come first kept, in order when asked', () => {
    fc.assert(
      fc.property(fc.array(keyOf(keyBytes), { maxLength: 2000, size: 'max' }), fc.integer({ min: 0, max: 2000 }), (keys, expected) => {
        const table = new KeyTable(keyBytes, expected)
        const model = new Map<string, number>()
        const joined = Buffer.concat(keys)
        keys.forEach((each, at) => {
          table.add(readKey(joined, new Uint32Array(keyBytes / 4), at * keyBytes), at + 1)
          if (!model.has(each.toString('hex'))) model.set(each.toString('hex'), at + 1)
        })
        expect(table.count).toBe(model.size)
        for (const [hex, value] of model) expect(table.get(wordsOfKey(Buffer.from(hex, 'hex')))).toBe(value)
        expect(table.get(wordsOfKey(Buffer.alloc(keyBytes, 0x7f)))).toBe(model.get('7f'.repeat(keyBytes)) ?? null)
        const listed = [...table.ascending(0, 100), ...table.ascending(100, 256)]
        const hexes = listed.filter((each) => typeof each !== 'number').map((each) => each.toString('hex'))
        const values = listed.filter((each) => typeof each === 'number')
        expect(new Map(hexes.map((hex, at) => [hex, values[at]]))).toEqual(model)
        const beginnings = hexes.map((hex) => hex.slice(0, 8))
        expect(beginnings).toEqual(beginnings.toSorted())
        expect(Array.from(table.keys(), (each) => Buffer.from(each.slice().buffer).toString('hex')).toSorted()).toEqual(
          [...model.keys()].toSorted(),
        )
      }),
      { numRuns: 30 },
    )
  })
})

describe('the keys used last', () => {
  it('are as many as were asked for at least, and are never another one’s', () => {
    const number = fc.integer({ min: 1, max: 40 })
    const step = fc.record({ kind: fc.constantFrom('add' as const, 'get' as const), number })
    const keyFor = (value: number) => wordsOfKey(sha256(`key ${value}`).subarray(0, 12))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (steps, half) => {
        const keys = new RecentKeys(12, half)
        let used: number[] = []
        for (const { kind, number: value } of steps) {
          const found = keys.get(keyFor(value))
          if (used.slice(0, half).includes(value)) expect(found).toBe(value)
          else expect([null, value]).toContain(found)
          if (found === null && kind === 'get') continue
          if (found === null) keys.add(keyFor(value), value)
          used = [value, ...used.filter((one) => one !== value)]
        }
      }),
    )
  })
})

describe('a filter of keys', () => {
  it('knows every key that was added, also when it was stored and has more than it was made for', () => {
    fc.assert(
      fc.property(fc.array(keyOf(12), { maxLength: 500 }), fc.integer({ min: 0, max: 600 }), (keys, capacity) => {
        const filter = KeyFilter.forKeys(capacity)
        for (const key of keys) filter.add(wordsOfKey(key))
        const again = KeyFilter.from(filter.bytes.slice(), filter.count)
        const elsewhere = KeyFilter.from(Buffer.concat([Buffer.alloc(1), filter.bytes]).subarray(1), filter.count)
        expect([again.count, again.capacity]).toEqual([keys.length, filter.capacity])
        for (const one of [filter, again, elsewhere]) expect(keys.every((key) => one.mayHold(wordsOfKey(key)))).toBe(true)
      }),
    )
  })

  it('takes few foreign keys for its own', () => {
    const filter = KeyFilter.forKeys(20_000)
    const keys = Array.from({ length: 40_000 }, (_, n) => wordsOfKey(sha256(String(n))))
    for (const key of keys.slice(0, 20_000)) filter.add(key)
    expect(keys.slice(20_000).filter((key) => filter.mayHold(key)).length).toBeLessThan(100)
  })
})

describe('seen numbers', () => {
  it('are those that were added', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 100_000 })), fc.array(fc.integer({ min: 0, max: 200_000 })), (added, asked) => {
        const seen = new SeenSeqs()
        for (const seq of added) seen.add(seq)
        expect([...added, ...asked].map((seq) => seen.has(seq))).toEqual([...added, ...asked].map((seq) => added.includes(seq)))
      }),
    )
  })
})
