import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSharedTexts, ReadAhead, type Texts } from '../../../src-main/core/cache/engine/lines/read-ahead.ts'
import { commit, page, record, testArchive } from '../cache/archive-fixture.ts'
import { splitOf } from '../../support/split.ts'

const columns = ['kind', 'id', 'name']
const alone = { share: 0, shares: 1 }
const anyName = fc.oneof(fc.constantFrom('', 'ä', '😀', 'plan.pdf', 'x'.repeat(900)), fc.string({ unit: 'binary' }), fc.constant(null))

test('what is read ahead is what the table holds, whoever reads it and however little fits', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ id: anyName, name: anyName }), { minLength: 1, maxLength: 60 }),
      fc.array(fc.nat(130), { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(64, 1_024, 1_000_000),
      (names, numbers, shares, sizeBytes) => {
        const { db, writer } = testArchive()
        const records = names.map((name, i) => record({ externalId: String(i), object: { kind: i % 2 === 0 ? 'file' : 'room', ...name } }))
        commit(writer, page(records))
        const shared = createSharedTexts({ count: 129, most: 60, sizeBytes, shares })
        const threads = Array.from({ length: shares }, (_, share) => new ReadAhead(db, 'subject', columns, shared, { share, shares }))
        const expected = new Map(
          db
            .prepare<[], [number, ...Texts]>('SELECT num, kind, id, name FROM subject')
            .raw()
            .all()
            .map(([num, ...texts]) => [num, texts]),
        )
        // Twice: what was read ahead before must not be in the way.
        for (const list of [numbers, numbers.map((num) => num + 1)]) {
          for (const thread of threads) thread.read(splitOf(list), Uint32Array.from(list.keys()))
          for (const thread of threads) {
            for (let num = 0; num < 135; num++) expect(thread.texts(num)).toEqual(expected.get(num) ?? null)
          }
        }
      },
    ),
    { numRuns: 20 },
  )
})

test('what was read ahead is not read again', () => {
  const { db, writer } = testArchive()
  commit(writer, page([record()]))
  const ahead = new ReadAhead(db, 'subject', columns, createSharedTexts({ count: 3, most: 2, sizeBytes: 1_000, shares: 1 }), alone)
  ahead.read(splitOf([1, 2]), Uint32Array.of(0))
  db.exec("UPDATE subject SET name = 'other'")
  expect(ahead.texts(1)).toContain('plan.pdf')
  expect(ahead.texts(2)).toContain('other')
})

test('names whose size is no digit are read when asked for, and so are those behind them', () => {
  const { db, writer } = testArchive()
  const names = [3, 65_531, 65_532, 65_533, 1_200_000, 4].map((length) => 'x'.repeat(length))
  commit(writer, page(names.map((name, i) => record({ externalId: String(i), object: { kind: 'file', id: String(i), name } }))))
  const numbers = db.prepare<[], number>("SELECT num FROM subject WHERE kind = 'file' ORDER BY num").pluck().all()
  const room = { count: Math.max(...numbers) + 1, most: numbers.length, sizeBytes: 4_000_000, shares: 1 }
  const ahead = new ReadAhead(db, 'subject', columns, createSharedTexts(room), alone)
  ahead.read(splitOf(numbers), Uint32Array.from(numbers.keys()))
  expect(numbers.map((num) => ahead.texts(num)?.[2]?.length)).toEqual(names.map((name) => name.length))
})
