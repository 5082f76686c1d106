import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { facetFields } from '../../../src-main/contract/model/query.ts'
import { openArchive } from '../../../src-main/core/cache/client.ts'
import type { Database } from '../../../src-main/core/cache/driver.ts'
import { FirstNumbers } from '../../../src-main/core/cache/engine/first-numbers.ts'
import { FirstLook } from '../../../src-main/core/cache/engine/first-look.ts'
import { newestToSave, readNewest } from '../../../src-main/core/cache/engine/newest-rows.ts'
import { event, keyHex, record, workerUrl } from '../cache/archive-fixture.ts'
import { connections, everything, never, query, recordOf, testEngine, unreadable } from './engine-fixture.ts'

const instant = (ms: number): string => new Date(Date.UTC(2024, 0, 1) + ms).toISOString()

/** An event, at a time of its own or again at another one, or a record that cannot be read. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ id: fc.integer({ min: 0, max: 40 }), at: fc.integer({ min: 0, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant(null) },
)
const recordOfStep = (made: { readonly id: number; readonly at: number } | null, number: number) =>
  made === null
    ? unreadable(`{"no": ${number}}`)
    : recordOf(event({ externalId: `e${made.id}`, occurredAt: instant(made.at) }), JSON.stringify({ ...made, number }))

function atOneMoment<Value>(db: Database, read: (db: Database) => Value): Value {
  db.exec('BEGIN')
  try {
    return read(db)
  } finally {
    db.exec('COMMIT')
  }
}

test('the newest events are the same before and after loading, whatever happened since they were stored', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 1, max: 20 }),
      async (before, after, keptRows) => {
        const { add, db, engine, writer } = await testEngine()
        add('c1', before.map(recordOfStep))
        const stored = newestToSave((await engine()).state, { keptRows, leastRows: 0 })
        writer.saveSegments(stored === null ? [] : [stored])
        add(
          'c1',
          after.map((made, at) => recordOfStep(made, 1_000 + at)),
        )
        const newest = atOneMoment(db, readNewest)
        const { events } = await (await engine()).page(everything, 'newest', null, 1_000, never)
        expect(newest?.total).toBe(events.length)
        const expected = events.map(({ id }) => id).slice(0, newest?.rows.length)
        const look = FirstLook.open(db)
        expect(look?.page(everything, 'newest', null, expected.length)?.events.map(({ id }) => id)).toEqual(expected)
        expect(look?.window(everything, 'newest', 0, expected.length)?.total).toBe(events.length)
        expect(look?.window(everything, 'newest', 1, expected.length)).toBe(undefined)
        // All that were stored are known again, but for those that moved or became unreadable.
        if (after.length === 0) expect(expected.length).toBe(Math.min(keptRows, events.filter(({ mapped }) => mapped).length))
      },
    ),
    { numRuns: 60 },
  )
})

test('only the beginning of all events is answered before loading, and nothing after a purge', async () => {
  const { add, db, engine, writer } = await testEngine()
  add('c1', [record({ externalId: 'a' }), record({ externalId: 'b' })])
  add('c2', [record({ externalId: 'c' })])
  expect(FirstLook.open(db)).toBe(null)
  const stored = newestToSave((await engine()).state, { keptRows: 10, leastRows: 0 })
  expect(stored).not.toBe(null)
  writer.saveSegments(stored === null ? [] : [stored])
  const look = FirstLook.open(db)
  expect(look?.page(everything, 'oldest', null, 1)).toBe(undefined)
  expect(look?.page(query({ kind: 'not', part: { kind: 'all' } }), 'newest', null, 1)).toBe(undefined)
  expect(look?.page(everything, 'newest', null, 3)).toMatchObject({ events: [{}, {}, {}], next: null })
  add('c2', [record({ externalId: 'd' })])
  expect(look?.window(everything, 'newest', 0, 4)).toMatchObject({ total: 4 })
  writer.removeConnection('c1', true)
  expect(FirstLook.open(db)).toBe(null)
  expect(look?.window(everything, 'newest', 0, 2)).toBe(undefined)
})

test('threads answer the first rows before and after loading alike', async () => {
  const { add, engine, home, writer } = await testEngine()
  add(
    'c1',
    Array.from({ length: 300 }, (_, at) => record({ externalId: `e${at}`, occurredAt: instant(at * 1_000) }, `{"at":${at}}`)),
  )
  const stored = newestToSave((await engine()).state, { keptRows: 200, leastRows: 0 })
  writer.saveSegments(stored === null ? [] : [stored])
  add('c2', [record({ externalId: 'last', occurredAt: instant(1e9) })])
  const { reader, close } = await openArchive({ home, keyHex, workerUrl })
  onTestFinished(close)
  const before = await reader.window(everything, 'newest', 0, 100)
  expect((await reader.count(everything)).total).toBe(301)
  const after = await reader.window(everything, 'newest', 0, 100)
  expect(before).toEqual({ ...after, version: before.version })
  expect(before.rows.at(0)?.event.externalId).toBe('last')
})

test('numbers of all events are told before loading as they were counted, and never once they may differ', async () => {
  const { add, db, engine, writer } = await testEngine()
  add(
    'c1',
    Array.from({ length: 40 }, (_, at) => record({ externalId: `e${at}`, occurredAt: instant(at * 3_600_000) }, `{"at":${at}}`)),
  )
  const counted = async () => {
    const now = await engine()
    return { facets: await now.facets(everything, facetFields, 5, never), histogram: await now.histogram(everything, 'day', never) }
  }
  const store = async (): Promise<void> => {
    const numbers = new FirstNumbers((await engine()).state, db, 0)
    const { facets, histogram } = await counted()
    numbers.noteFacets(everything, facetFields, 5, facets)
    numbers.noteFacets(query({ kind: 'not', part: { kind: 'all' } }), facetFields, 5, {})
    expect(numbers.isToSave).toBe(true)
    const newest = newestToSave((await engine()).state, { keptRows: 10, leastRows: 0 })
    writer.saveSegments([numbers.toSave(), ...(newest === null ? [] : [newest])])
    expect(numbers.isToSave).toBe(false)
    numbers.noteHistogram(everything, histogram)
    writer.saveSegments([numbers.toSave()])
    // What was stored already is not stored again.
    await engine()
    const next = new FirstNumbers((await engine()).state, db, 0)
    next.noteHistogram(everything, histogram)
    expect(next.isToSave).toBe(false)
  }
  const [some] = (await (await engine()).page(everything, 'newest', null, 1, never)).events
  const changes: readonly (() => void)[] = [
    () => writer.markReview([some?.id ?? ''], 'reviewed', '2024-05-01T00:00:00.000Z'),
    () => writer.tag(some?.id ?? '', ['urgent'], [], '2024-05-01T00:00:00.000Z'),
    () => add('c1', [record({ externalId: 'more' })]),
    () => add('c1', [record({ externalId: 'e3', action: 'changed' }, '{"again":1}')]),
    () => writer.saveConnection({ ...(connections[0] as (typeof connections)[number]), name: 'Renamed' }),
    () => writer.removeConnection('c2', true),
  ]
  for (const change of changes) {
    await store()
    const look = FirstLook.open(db)
    const { facets, histogram } = await counted()
    expect(look?.facets(everything, facetFields, 5)).toEqual(facets)
    expect(look?.histogram(everything, 'day')).toEqual(histogram)
    expect(look?.count(everything)).toBe(await (await engine()).count(everything, never))
    expect(look?.facets(everything, facetFields, 6)).toBe(undefined)
    expect(look?.histogram(query({ kind: 'all' }, 'Asia/Tokyo'), 'day')).toBe(undefined)
    expect(look?.facets(query({ kind: 'not', part: { kind: 'all' } }), facetFields, 5)).toBe(undefined)
    change()
    expect(look?.facets(everything, facetFields, 5)).toBe(undefined)
    expect(FirstLook.open(db)?.histogram(everything, 'day')).toBe(undefined)
  }
})
