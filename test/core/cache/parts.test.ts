import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packBlock, unpackBlock } from '../../../src-main/core/cache/blocks.ts'
import { packPage, unpackPage } from '../../../src-main/core/cache/page-packing.ts'
import { restoreSummary, templateOf } from '../../../src-main/core/cache/summary.ts'
import { KeyTable } from '../../../src-main/core/cache/write/key-table.ts'
import { SeenSeqs } from '../../../src-main/core/cache/write/seen.ts'
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

describe('a table of keys', () => {
  it('holds what was added, first come first kept, in order when asked', () => {
    const key = fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => Buffer.from(bytes))
    const similar = fc
      .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 3 }))
      .map(([first, last]) => Buffer.from([first, ...Array<number>(10).fill(0), last]))
    fc.assert(
      fc.property(fc.array(fc.oneof(key, similar), { maxLength: 2000, size: 'max' }), (keys) => {
        const table = new KeyTable()
        const model = new Map<string, number>()
        keys.forEach((each, at) => {
          table.add(each, at + 1)
          if (!model.has(each.toString('hex'))) model.set(each.toString('hex'), at + 1)
        })
        expect(table.count).toBe(model.size)
        for (const [hex, seq] of model) expect(table.get(Buffer.from(hex, 'hex'))).toBe(seq)
        expect(table.get(Buffer.alloc(12, 0x7f))).toBe(model.get('7f'.repeat(12)) ?? null)
        const listed = [...table.sorted(0, 100), ...table.sorted(100, 256)].map(([each, seq]) => [each.toString('hex'), seq])
        expect(listed).toEqual([...model].toSorted(([a], [b]) => (a < b ? -1 : 1)))
      }),
      { numRuns: 30 },
    )
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
