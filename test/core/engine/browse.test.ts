import fc from 'fast-check'
import { expect, test } from 'vitest'
import { eventOrderSchema, type EventOrder } from '../../../src-main/contract/model/query.ts'
import type { AuditEvent } from '../../../src-main/contract/model/audit-event.ts'
import { matches } from '../../../src-main/core/query/oracle.ts'
import { everything, never, oracleEvents, query, recordOf, testEngine, unreadable } from './engine-fixture.ts'
import { anyEvent, anyTree } from './query-arbitraries.ts'

const orders = eventOrderSchema.options

/** The list as it must read: by time, then by arrival; what has no time comes last; newest first is the exact reverse of each part. */
function inOrder(events: readonly AuditEvent[], arrival: ReadonlyMap<string, number>, order: EventOrder): readonly string[] {
  const sign = order === 'oldest' ? 1 : -1
  return events
    .toSorted((a, b) => {
      if ((a.occurredAt === null) !== (b.occurredAt === null)) return a.occurredAt === null ? 1 : -1
      const byTime = Date.parse(a.occurredAt ?? '') - Date.parse(b.occurredAt ?? '')
      return sign * (byTime || (arrival.get(a.id) ?? 0) - (arrival.get(b.id) ?? 0))
    })
    .map(({ id }) => id)
}

test('shows any window, page and place of a list as the whole list has it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { minLength: 1, maxLength: 60 }),
      fc.nat(3),
      anyTree,
      fc.constantFrom(...orders),
      fc.integer({ min: 1, max: 9 }),
      async (events, unreadableCount, tree, order, size) => {
        const archive = await testEngine()
        archive.add('c1', [
          ...Array.from({ length: unreadableCount }, (_, i) => unreadable(`{"broken":${i}}`)),
          ...events.map((event) => recordOf(event)),
        ])
        const engine = await archive.engine()
        const all = await oracleEvents(engine)
        const arrival = new Map<string, number>()
        for (const [seq, id] of archive.db.prepare<[], [number, string]>('SELECT seq, lower(hex(key)) FROM identity_recent').raw().all())
          arrival.set(id, seq)
        const expected = inOrder(
          all.filter((facts) => matches(facts, tree)).map(({ event }) => event),
          arrival,
          order,
        )

        const paged: string[] = []
        for (let cursor: string | null = null, isFirst = true; isFirst || cursor !== null; isFirst = false) {
          const page = await engine.page(query(tree), order, cursor, size, never)
          paged.push(...page.events.map(({ id }) => id))
          cursor = page.next
        }
        expect(paged).toEqual(expected)

        for (let first = 0; first <= expected.length; first += size) {
          const window = await engine.window(query(tree), order, first, size, never)
          expect(window.rows.map(({ event }) => event.id)).toEqual(expected.slice(first, first + size))
          expect(window.total).toBe(expected.length)
        }
        const begin = await (await archive.engine()).first(query(tree), order, size, never)
        expect(begin.rows.map(({ event }) => event.id)).toEqual(expected.slice(0, size))
        expect([expected.length, null]).toContain(begin.total)
        expect((await engine.first(query(tree), order, size, never)).total).toBe(expected.length)
        for (const [row, id] of expected.entries()) expect(await engine.locate(query(tree), order, { id }, never)).toBe(row)
        for (const facts of all)
          if (!expected.includes(facts.event.id)) expect(await engine.locate(query(tree), order, { id: facts.event.id }, never)).toBe(null)

        const timeOf = new Map(all.map(({ event }) => [event.id, event.occurredAt]))
        const instant = '2024-03-31T00:10:00.000Z'
        const row = expected.findIndex((id) => {
          const at = timeOf.get(id) ?? null
          return at !== null && (order === 'newest' ? at <= instant : at >= instant)
        })
        expect(await engine.locate(query(tree), order, { instant }, never)).toBe(row < 0 ? null : row)
      },
    ),
    { numRuns: 40 },
  )
})

test('pages on by key while events arrive before and after the place', async () => {
  const archive = await testEngine()
  const at = (minute: number, id: string) =>
    recordOf({
      externalId: id,
      occurredAt: new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString(),
      occurredAtOriginal: '',
      actor: null,
      action: 'x',
      verb: 'read',
      object: null,
      workspace: null,
      related: [],
      outcome: 'unknown',
      summary: id,
    })
  archive.add('c1', [at(1, 'a'), at(2, 'b'), at(3, 'c'), at(4, 'd')])
  const first = await (await archive.engine()).page(everything, 'newest', null, 2, never)
  expect(first.events.map(({ externalId }) => externalId)).toEqual(['d', 'c'])
  archive.add('c1', [at(9, 'newer'), at(0, 'older')])
  const second = await (await archive.engine()).page(everything, 'newest', first.next, 10, never)
  expect(second.events.map(({ externalId }) => externalId)).toEqual(['b', 'a', 'older'])
  expect(second.next).toBe(null)
})
