import { expect, test } from 'vitest'
import { facetFields } from '../../../src-main/contract/model/query.ts'
import { Dictionaries } from '../../../src-main/core/cache/engine/dictionaries/dictionaries.ts'
import { Engine } from '../../../src-main/core/cache/engine/engine.ts'
import { segmentRows } from '../../../src-main/core/cache/engine/stored/segments.ts'
import { contextsToSave } from '../../../src-main/core/cache/engine/stored/stored-contexts.ts'
import { StoredOrder } from '../../../src-main/core/cache/engine/stored/stored-order.ts'
import { TimeOrder } from '../../../src-main/core/cache/engine/columns/time-order.ts'
import { generator } from '../../support/random.ts'
import { event } from '../cache/archive-fixture.ts'
import { everything, loaderOf, never, query, recordOf, testEngine, type TestEngine, unreadable } from './engine-fixture.ts'

const pageRecords = 5_000

const save = (writer: TestEngine['writer'], engine: Engine): void => {
  for (let parts = engine.partsToSave(); parts.length > 0; parts = engine.partsToSave()) writer.saveSegments(parts)
}

/** Rows in time order, as another list of them may have them. */
const rowsOf = ({ rows, count }: TimeOrder): Buffer => Buffer.from(rows.slice(0, count).buffer)

test('an archive is the same loaded from snapshots, by one thread or two, as it was when followed from its beginning', async () => {
  const random = generator(7)
  const { add, engine, writer, db, home } = await testEngine()
  const assistant = loaderOf(home)
  const made = (number: number) =>
    recordOf(
      event({
        externalId: `e${number}`,
        // Many at the same time, in no order.
        occurredAt: new Date(Date.UTC(2024, 0, 1) + Math.floor(random() * 40_000) * 1_000).toISOString(),
        action: `action ${number % 7}`,
        object: { kind: 'file', id: `f${number % 900}`, name: `plan ${number % 900}.pdf` },
      }),
      `{"number":${number},"draw":${random()}}`,
    )
  const count = segmentRows + 300
  await engine()
  for (let from = 0; from < count; from += pageRecords)
    add(
      'c1',
      Array.from({ length: Math.min(pageRecords, count - from) }, (_, at) => made(from + at)),
    )
  save(writer, await engine())

  add('c1', [...[3, 500, 6_000, segmentRows + 5].map(made), unreadable('{"broken":1}'), made(count), made(count + 1)])
  const followed = await engine()
  const [some] = (await followed.page(everything, 'oldest', null, 1, never)).events
  writer.tag(some?.id ?? '', ['urgent'], [], '2024-05-01T00:00:00.000Z')
  await engine()

  const two = await Engine.load(db, () => {}, assistant)
  const one = await Engine.load(db, () => {}, null)
  // Another process gave other numbers to contexts, and stored them over those that segments name.
  const strange = new Dictionaries()
  for (let action = 1; action < 100; action++) strange.contexts.numberOf(1, 0, 99 - action, 0, 0)
  writer.saveSegments([contextsToSave(strange)])
  const despite = await Engine.load(db, () => {}, assistant)
  expect([two, one, despite].map(({ state }) => state.stored.size)).toEqual([1, 1, 0])
  for (const loaded of [two, one, despite]) {
    const { order } = loaded.state
    expect(order.timedCount).toBe(followed.state.order.timedCount)
    expect(rowsOf(order).equals(rowsOf(followed.state.order))).toBe(true)
    for (const asked of [everything, query({ kind: 'field', field: 'tag', anyOf: [{ pieces: ['urgent'] }] })]) {
      expect(await loaded.count(asked, never)).toBe(await followed.count(asked, never))
      expect(await loaded.facets(asked, facetFields, 20, never)).toEqual(await followed.facets(asked, facetFields, 20, never))
      expect(await loaded.window(asked, 'newest', 0, 50, never)).toMatchObject({
        rows: (await followed.window(asked, 'newest', 0, 50, never)).rows,
      })
    }
  }
})

test('a stored time order is added to, also where events have changed before it was stored, or since', async () => {
  const random = generator(8)
  const { add, engine, writer, db, home } = await testEngine()
  const assistant = loaderOf(home)
  const made = (number: number) =>
    recordOf(
      event({ externalId: `e${number}`, occurredAt: new Date(Date.UTC(2024, 0, 1) + Math.floor(random() * 1e9)).toISOString() }),
      `{"number":${number},"draw":${random()}}`,
    )
  const addRange = (from: number, to: number): void => {
    for (let at = from; at < to; at += pageRecords)
      add(
        'c1',
        Array.from({ length: Math.min(pageRecords, to - at) }, (_, i) => made(at + i)),
      )
  }
  addRange(0, segmentRows)
  save(writer, await engine())
  add('c1', [3, 30, 300, 500, 3_000, 5_000, 6_000].map(made))
  // Newer than the segment it is of.
  writer.saveSegments(new StoredOrder().partsToSave((await engine()).state, 8))
  addRange(segmentRows, 2 * segmentRows)
  add('c1', [4, 600, 6_100, segmentRows + 9].map(made))
  writer.saveSegments((await engine()).partsToSave().filter(({ num }) => num === 1))
  add('c1', [5, 700, segmentRows + 10].map(made))
  addRange(2 * segmentRows, 2 * segmentRows + 100)

  const { state } = await Engine.load(db, () => {}, assistant)
  expect([...state.stored.keys()]).toEqual([0, 1])
  const sorted = new TimeOrder()
  sorted.rebuild(state.columns)
  expect(state.order.timedCount).toBe(sorted.timedCount)
  expect(rowsOf(state.order).equals(rowsOf(sorted))).toBe(true)
})
