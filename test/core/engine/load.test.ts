import { expect, test } from 'vitest'
import { facetFields } from '../../../src-main/contract/model/query.ts'
import { Engine } from '../../../src-main/core/cache/engine/engine.ts'
import { segmentRows } from '../../../src-main/core/cache/engine/segments.ts'
import { generator } from '../../support/random.ts'
import { event } from '../cache/archive-fixture.ts'
import { assistant, everything, never, query, recordOf, testEngine, unreadable } from './engine-fixture.ts'

const pageRecords = 5_000

test('an archive is the same loaded from snapshots, by one thread or two, as it was when followed from its beginning', async () => {
  const random = generator(7)
  const { add, engine, writer, db } = await testEngine()
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
  for (let parts = (await engine()).partsToSave(); parts.length > 0; parts = (await engine()).partsToSave()) writer.saveSegments(parts)

  add('c1', [...[3, 500, 60_000, segmentRows + 5].map(made), unreadable('{"broken":1}'), made(count), made(count + 1)])
  const followed = await engine()
  const [some] = (await followed.page(everything, 'oldest', null, 1, never)).events
  writer.tag(some?.id ?? '', ['urgent'], [], '2024-05-01T00:00:00.000Z')
  await engine()

  for (const loaded of [await Engine.load(db, () => {}, assistant), await Engine.load(db, () => {}, null)]) {
    expect(loaded.state.stored.size).toBeGreaterThan(0)
    const { order } = loaded.state
    expect(order.timedCount).toBe(followed.state.order.timedCount)
    expect(
      Buffer.from(order.rows.slice(0, order.count).buffer).equals(Buffer.from(followed.state.order.rows.slice(0, order.count).buffer)),
    ).toBe(true)
    for (const asked of [everything, query({ kind: 'field', field: 'tag', anyOf: [{ pieces: ['urgent'] }] })]) {
      expect(await loaded.count(asked, never)).toBe(await followed.count(asked, never))
      expect(await loaded.facets(asked, facetFields, 20, never)).toEqual(await followed.facets(asked, facetFields, 20, never))
      expect(await loaded.window(asked, 'newest', 0, 50, never)).toMatchObject({
        rows: (await followed.window(asked, 'newest', 0, 50, never)).rows,
      })
    }
  }
})
