import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type FacetCounts, facetFields, type Histogram } from '../../../src-main/contract/model/query.ts'
import { openArchive } from '../../../src-main/core/cache/client.ts'
import type { Database } from '../../../src-main/core/cache/driver.ts'
import { FirstNumbers } from '../../../src-main/core/cache/engine/stored/first-numbers.ts'
import { FirstLook } from '../../../src-main/core/cache/engine/first-look.ts'
import { newestToSave, readNewest } from '../../../src-main/core/cache/engine/stored/newest-rows.ts'
import { workerUrl } from '../../support/built.ts'
import { event, keyHex, record } from '../cache/archive-fixture.ts'
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

/** Each value and bucket that is told, and what there is of it. */
function told(facets: FacetCounts, histogram: Histogram): Map<string, number> {
  const values = Object.entries(facets).flatMap(([field, found]) => found.map(({ value, count }) => [`${field} ${value}`, count] as const))
  const buckets = histogram.buckets.flatMap(({ start, count, byService }) => [
    [start, count] as const,
    ...Object.entries(byService).map(([service, part]) => [`${start} ${service}`, part] as const),
  ])
  return new Map([...values, ...buckets, ['untimed', histogram.untimed]])
}

test('numbers of an earlier moment are what there is at least, and say so', async () => {
  let answered = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 20, maxLength: 60 }),
      fc.array(step, { maxLength: 5 }),
      fc.integer({ min: 0, max: 3 }),
      async (before, after, marked) => {
        const { add, db, engine, writer } = await testEngine()
        add('c1', before.map(recordOfStep))
        const counted = async () => {
          const now = await engine()
          return { facets: await now.facets(everything, facetFields, 50, never), histogram: await now.histogram(everything, 'hour', never) }
        }
        const first = await counted()
        const { state } = await engine()
        const numbers = new FirstNumbers(state, db, 0)
        numbers.noteFacets(everything, facetFields, 50, first.facets)
        numbers.noteHistogram(everything, first.histogram)
        const newest = newestToSave(state, { keptRows: 10, leastRows: 0 })
        writer.saveSegments([numbers.toSave(), ...(newest === null ? [] : [newest])])
        const { events } = await (await engine()).page(everything, 'newest', null, marked, never)
        add(
          'c1',
          after.map((made, at) => recordOfStep(made, 1_000 + at)),
        )
        for (const { id } of events) writer.markReview([id], 'reviewed', '2024-05-01T00:00:00.000Z')
        const look = FirstLook.open(db)
        const facets = look?.facets(everything, facetFields, 50, true)
        const histogram = look?.histogram(everything, 'hour', true)
        const now = await counted()
        const whole = told(now.facets, now.histogram)
        expect(facets?.exact).toBe(histogram?.exact)
        if (facets === undefined || histogram === undefined) expect.fail('nothing was told')
        const found = told(facets.values, histogram)
        if (facets.exact) expect(found).toEqual(whole)
        else for (const [name, count] of found) expect(whole.get(name) ?? 0, name).toBeGreaterThanOrEqual(count)
        expect(facets.exact).toBe(after.length + events.length === 0)
        if (!facets.exact && found.size > 5) answered++
      },
    ),
    { numRuns: 40 },
  )
  expect(answered).toBeGreaterThan(0)
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
    for (const early of [true, false]) {
      expect(look?.facets(everything, facetFields, 5, early)).toEqual({ values: facets, exact: true })
      expect(look?.histogram(everything, 'day', early)).toEqual(histogram)
      expect(look?.facets(everything, facetFields, 6, early)).toBe(undefined)
      expect(look?.histogram(query({ kind: 'all' }, 'Asia/Tokyo'), 'day', early)).toBe(undefined)
      expect(look?.facets(query({ kind: 'not', part: { kind: 'all' } }), facetFields, 5, early)).toBe(undefined)
    }
    expect(look?.count(everything)).toBe(await (await engine()).count(everything, never))
    change()
    expect(look?.facets(everything, facetFields, 5, false)).toBe(undefined)
    expect(FirstLook.open(db)?.histogram(everything, 'day', false)).toBe(undefined)
  }
})
