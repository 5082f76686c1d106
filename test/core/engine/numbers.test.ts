import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Assistant } from '../../../src-main/core/cache/engine/threads/assistant.ts'
import { Counter } from '../../../src-main/core/cache/engine/counting/counter.ts'
import { Engine } from '../../../src-main/core/cache/engine/engine.ts'
import { NarrowColumn } from '../../../src-main/core/cache/engine/columns/narrow-column.ts'
import { parseQuery } from '../../../src-main/core/query/parse.ts'
import { record } from '../cache/archive-fixture.ts'
import { never, query, testEngine } from './engine-fixture.ts'

const parsed = (text: string) => query(parseQuery(text, { zone: 'UTC', nowMs: 0 }).tree)

test('a combination finds the same by few candidates as by a pass over all', async () => {
  const { add, engine } = await testEngine()
  const made = Array.from({ length: 3_000 }, (_, i) => ({
    externalId: `e${i}`,
    occurredAt: new Date(Date.UTC(2024, 0, 1) + i * 1_000).toISOString(),
    workspace: { kind: 'workspace', id: `w${i % 60}`, name: `Room ${i % 60}` },
    object: { kind: 'file', id: `f${i % 7}`, name: `plan ${i % 7}.pdf` },
    summary: `Somebody touched plan ${i % 7}.pdf`,
  }))
  add(
    'c1',
    made.map((event) => record(event)),
  )
  const loaded = await engine()
  // One workspace of sixty leaves few rows, thirty of them do not.
  for (const wanted of [['w5'], Array.from({ length: 30 }, (_, i) => `w${i}`)]) {
    const expected = made
      .filter(({ workspace, object }) => wanted.includes(workspace.id) && object.id === 'f3')
      .map(({ externalId }) => externalId)
    const asked = parsed(`workspace:${wanted.join()} "plan 3"`)
    const { events } = await loaded.page(asked, 'oldest', null, 5_000, never)
    expect(events.map(({ externalId }) => externalId)).toEqual(expected)
    expect(await loaded.count(asked, never)).toBe(expected.length)
    expect((await loaded.window(asked, 'oldest', 3, 4, never)).rows.map(({ event }) => event.externalId)).toEqual(expected.slice(3, 7))
  }
})

test('one thread goes on alone when the other that helps it has ended', async () => {
  const { add, engine, db } = await testEngine()
  add(
    'c1',
    Array.from({ length: 200 }, (_, i) => record({ externalId: `e${i}`, summary: `Somebody touched plan ${i % 4}` })),
  )
  const ended = new Assistant({ home: '', keyHex: null, workerUrl: 'data:text/javascript,process.exit()', leastRows: 0 })
  const alone = await Engine.load(db, () => {}, ended)
  for (const asked of [parsed('"plan 3"'), parsed('somebody -"plan 1"')]) {
    expect(await alone.count(asked, never)).toBe(await (await engine()).count(asked, never))
    expect(await alone.facets(asked, ['actor', 'action'], 5, never)).toEqual(
      await (await engine()).facets(asked, ['actor', 'action'], 5, never),
    )
  }
})

test('offers the values of a field that hold a text, with exact counts, the most frequent first', async () => {
  const { add, engine } = await testEngine()
  const made = (count: number, name: string, kind: string): void =>
    add(
      'c1',
      Array.from({ length: count }, (_, i) =>
        record({
          externalId: `${name} ${i}`,
          actor: { id: `u-${name}`, name: `Ada ${name}`, email: null, kind: 'user' },
          object: { kind, id: `o-${name}`, name: `${name} plan` },
          workspace: { kind: 'workspace', id: `w-${name}`, name: `Room ${name}` },
        }),
      ),
    )
  made(3, 'North', 'file')
  made(5, 'South', 'file')
  made(4, 'East', 'segment')
  const loaded = await engine()
  const offered = async (field: string, text: string) =>
    (await loaded.completeValue(field, text, 2, never)).map(({ label, count }) => `${label} ${count}`)
  expect(await offered('actor', 'ada')).toEqual(['Ada South 5', 'Ada East 4'])
  expect(await offered('object', 'plan')).toEqual(['South plan 5', 'East plan 4'])
  expect(await offered('file', 'plan')).toEqual(['South plan 5', 'North plan 3'])
  expect(await offered('workspace', 'w-n')).toEqual(['Room North 3'])
  expect(await offered('kind', '')).toEqual(['file 8', 'segment 4'])
  expect(await offered('actor', 'nobody')).toEqual([])
})

test('offers namesakes by their ids, and says where each is known', async () => {
  const { add, engine } = await testEngine()
  const of = (id: string, name: string, count: number) =>
    Array.from({ length: count }, (_, i) => record({ externalId: `${id} ${i}`, actor: { id, name, email: null, kind: 'user' } }))
  add('c1', [...of('u1', 'Ada', 4), ...of('u2', 'Ada Byron', 1)])
  add('c2', [...of('u3', 'Ada', 3), ...of('u4', 'Grace', 2)])
  const loaded = await engine()
  expect(await loaded.completeValue('actor', 'a', 4, never)).toEqual([
    { insert: 'u1', label: 'Ada', count: 4, services: ['onehub'] },
    { insert: 'u3', label: 'Ada', count: 3, services: ['lytics'] },
    { insert: 'Grace', label: 'Grace', count: 2, services: ['lytics'] },
    { insert: 'Ada Byron', label: 'Ada Byron', count: 1, services: ['onehub'] },
  ])
})

test('a facet of one id in two connections shows both names', async () => {
  const { add, engine } = await testEngine()
  const of = (name: string) => [record({ externalId: name, actor: { id: 'u7', name, email: null, kind: 'user' } })]
  add('c1', of('Ada'))
  add('c2', of('Grace'))
  const { actor } = await (await engine()).facets(parsed(''), ['actor'], 5, never)
  expect(actor).toMatchObject([{ value: 'u7', count: 2 }])
  expect(actor?.[0]?.label.split(' / ').toSorted()).toEqual(['Ada', 'Grace'])
  expect(actor?.[0]?.services?.toSorted()).toEqual(['lytics', 'onehub'])
})

test('a facet counts together what its filter does not tell apart, in the spelling most events have', async () => {
  const { add, engine } = await testEngine()
  const of = (action: string, count: number) =>
    Array.from({ length: count }, (_, at) =>
      record({ externalId: `${action} ${at}`, action, object: { kind: action, id: `o${at}`, name: null } }),
    )
  add('c1', [...of('upload', 2), ...of('Upload', 3), ...of('ÚPLOAD', 1), ...of('Delete', 4)])
  const now = await engine()
  const facets = await now.facets(parsed(''), ['action', 'kind'], 5, never)
  for (const field of ['action', 'kind'] as const) {
    expect(facets[field]).toEqual([
      { value: 'Upload', label: 'Upload', count: 6 },
      { value: 'Delete', label: 'Delete', count: 4 },
    ])
    for (const { value, count } of facets[field] ?? []) expect(await now.count(parsed(`${field}:"${value}"`), never)).toBe(count)
  }
})

test('a counter of few numbers and of many gives back what was counted', () => {
  const size = 50_000
  fc.assert(
    fc.property(fc.integer({ min: 1, max: size - 1 }), fc.integer({ min: 1, max: 60 }), (step, top) => {
      const counter = new Counter()
      counter.reserve(size, 0xffff)
      for (const round of [1, 2]) {
        const expected = new Map<number, number>()
        for (let number = 1; number < size; number += step) {
          const count = round + (number % 5)
          // The number 0 is none.
          for (let added = 0; added < count; added++) counter.addEach(Uint32Array.of(number, 0, number), 1 + (added % 2))
          expected.set(number, count)
        }
        const found = new Map<number, number>()
        counter.counts.forEach((count, number) => (count > 0 && number > 0 ? found.set(number, count) : found))
        expect(found).toEqual(expected)
        const ranked = [...expected].toSorted((a, b) => b[1] - a[1] || a[0] - b[0])
        expect(counter.top(top)).toEqual(ranked.slice(0, top).map(([number]) => number))
        counter.clear()
      }
    }),
    {
      numRuns: 25,
      examples: [
        [1, 10],
        [40_000, 3],
      ],
    },
  )
})

test('a narrow column widens for what it is given', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3_000), fc.constantFrom(0, 1, 255, 256, 65_535, 65_536, 4_294_967_295))), (values) => {
      const column = new NarrowColumn()
      const expected = new Map<number, number>()
      for (const [number, value] of values) {
        if (value % 2 === 0) column.set(number, value)
        else column.setAll(number, Uint32Array.of(value))
        expected.set(number, value)
        for (const [known, wanted] of expected) expect(column.at(known)).toBe(wanted)
      }
    }),
  )
})
