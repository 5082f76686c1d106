import fc from 'fast-check'
import { expect, test } from 'vitest'
import { facetFields } from '../../../src-main/contract/model/query.ts'
import { facetValues, matches } from '../../../src-main/core/query/oracle.ts'
import { Engine } from '../../../src-main/core/cache/engine/engine.ts'
import { fold } from '../../../src-main/core/lib/fold.ts'
import { assistant, never, oracleEvents, query, recordOf, testEngine, unreadable } from './engine-fixture.ts'
import { anyEvent, anyTree } from './query-arbitraries.ts'

const scenario = fc.record({
  first: fc.array(anyEvent, { minLength: 1, maxLength: 30 }),
  second: fc.array(anyEvent, { maxLength: 20 }),
  unreadable: fc.nat(2),
  marked: fc.array(fc.tuple(fc.nat(), fc.constantFrom('status', 'tag', 'note', 'gone', 'change', 'break', 'name')), { maxLength: 6 }),
  trees: fc.array(anyTree, { minLength: 12, maxLength: 12 }),
  isLoadedAnew: fc.boolean(),
})

test('finds, counts, pages and tells the facets of what the plain meaning of a query matches', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ first, second, unreadable: unreadableCount, marked, trees, isLoadedAnew }) => {
      const archive = await testEngine()
      archive.add(
        'c1',
        first.map((event) => ({ ...recordOf(event), lacksNames: true })),
      )
      // The engine is asked in between, so that the rest reaches it by catching up.
      await archive.engine()
      archive.add('c2', [
        ...second.map((event) => recordOf(event)),
        ...Array.from({ length: unreadableCount }, (_, i) => unreadable(`{"broken":${i}}`)),
      ])
      const before = await archive.engine()
      const seen = await oracleEvents(before)
      // Answers that are kept must not outlive what follows.
      for (const tree of trees) await before.facets(query(tree), facetFields, 1_000, never)
      for (const [pick, what] of marked) {
        const id = seen[pick % seen.length]?.event.id ?? ''
        if (what === 'status') archive.writer.markReview([id], 'reviewed', '2024-05-01T00:00:00.000Z')
        if (what === 'tag') archive.writer.tag(id, ['Urgent', 'é'], [], '2024-05-01T00:00:00.000Z')
        if (what === 'note') archive.writer.note(id, 'A note about Ännä', '2024-05-01T00:00:00.000Z')
        if (what === 'gone') archive.writer.markGone(id, 'all', '2024-05-01T00:00:00.000Z')
        const event = first[pick % first.length]
        if (what === 'change' && event !== undefined)
          archive.add('c1', [recordOf({ ...event, occurredAt: '2024-03-31T01:30:00.000Z', action: 'x' })])
        if (what === 'break' && event !== undefined) archive.add('c1', [{ ...unreadable('{}'), externalId: event.externalId }])
        const other = first.at(-1)
        if (what === 'name' && event !== undefined && other !== undefined) {
          const { actor, object, workspace, summary } = other
          const records = [{ ...recordOf({ ...event, actor, object, workspace, summary }), payload: Buffer.from(JSON.stringify(event)) }]
          archive.writer.nameEvents({ runId: 'r2', connection: 'c1', records, names: [], at: '2024-05-01T00:00:00.000Z' })
        }
      }
      const engine = isLoadedAnew ? await Engine.load(archive.db, () => {}, assistant) : await archive.engine()
      const all = await oracleEvents(engine)
      for (const tree of trees) {
        const expected = all.filter((facts) => matches(facts, tree))
        const ids = expected.map(({ event }) => event.id)
        const page = await engine.page(query(tree), 'oldest', null, 100_000, never)
        expect(
          page.events.map((event) => event.id),
          JSON.stringify(tree),
        ).toEqual(ids)
        expect(page.next).toBe(null)
        expect(await engine.count(query(tree), never)).toBe(ids.length)
        const facets = await engine.facets(query(tree), facetFields, 1_000, never)
        for (const field of facetFields) {
          const counts = new Map<string, number>()
          for (const facts of expected)
            for (const value of facetValues(facts, field)) counts.set(fold(value), (counts.get(fold(value)) ?? 0) + 1)
          const found = new Map<string, number>()
          for (const { value, count } of facets[field] ?? []) found.set(fold(value), (found.get(fold(value)) ?? 0) + count)
          expect(found, `${field} of ${JSON.stringify(tree)}`).toEqual(counts)
        }
      }
    }),
    { numRuns: 25 },
  )
})
