import { describe, expect, it } from 'vitest'
import { TrailviewError } from '../../../src-main/contract/errors.ts'
import type { NameLookUp, NameRef, RawRecord, ServiceClient, ServiceResponse } from '../../../src-main/core/connectors/define.ts'
import type { KnownName } from '../../../src-main/core/cache/archive.ts'
import { RunNames } from '../../../src-main/core/connectors/runtime/names.ts'
import { mapRecord, preparePages } from '../../../src-main/core/connectors/runtime/pull.ts'
import { recordOf } from '../../../src-main/core/connectors/runtime/records.ts'

const now = '2026-03-10T12:00:00.000Z'

const record = (value: unknown): RawRecord => recordOf(new TextEncoder().encode(JSON.stringify(value)))
const records = (...ids: string[]): RawRecord[] => ids.map((user) => record({ user }))

/** Names over a service that knows the given users, with a count of what it was asked; `isSingle`: it tells only one at a time. */
function namesOver(
  people: Readonly<Record<string, string>>,
  { batchSize = 50, isSingle = false, known = [] as KnownName[], failure = null as TrailviewError | null } = {},
) {
  const asked: (readonly string[])[] = []
  let requestCount = 0
  const answer: ServiceResponse = {
    status: 200,
    headers: {},
    bytes: new Uint8Array(),
    url: new URL('https://api.example.com'),
    text: () => '',
    json: () => null,
  }
  const client: ServiceClient = {
    baseUrl: new URL('https://api.example.com'),
    request: () => {
      requestCount++
      return failure === null ? Promise.resolve(answer) : Promise.reject(failure)
    },
    allowOrigin: () => undefined,
    aheadMs: 0,
    tame: (text) => text,
    get requestCount() {
      return requestCount
    },
  }
  const user: NameLookUp = {
    batchSize,
    async *fetch(asking, refs) {
      for (const some of isSingle ? refs.map((ref) => [ref]) : [refs]) {
        const ids = some.map(({ id }) => id)
        asked.push(ids)
        await asking.request('/users')
        yield ids.flatMap((id) => (people[id] === undefined && !isSingle ? [] : [{ kind: 'user', id, name: people[id] ?? null }]))
      }
    },
  }
  const names = new RunNames({
    definition: {
      lookUps: { user },
      wantedNames: ({ value }) => [{ kind: 'user', id: String((value as { user: unknown }).user) }],
    },
    client,
    options: {},
    nowMs: Date.parse(now),
    known: (refs: readonly NameRef[]) => Promise.resolve(known.filter(({ id }) => refs.some((ref) => ref.id === id))),
  })
  return { names, asked, requests: () => requestCount, addRequests: (count: number) => (requestCount += count) }
}

describe('names of a run', () => {
  it('are asked for in batches, once, and only when the archive does not know them', async () => {
    const { names, asked } = namesOver({ a: 'Ada', b: 'Ben' }, { known: [{ kind: 'user', id: 'c', name: 'Cleo', checkedAt: now }] })
    await names.prepare(records('a', 'b', 'c', 'a'), [])
    await names.prepare(records('a', 'b', 'c'), [])
    expect(asked).toEqual([['a', 'b']])
    expect(['a', 'b', 'c'].map((id) => names.get({ kind: 'user', id })?.name)).toEqual(['Ada', 'Ben', 'Cleo'])
    expect(names.takeLearnt()).toHaveLength(2)
    expect(names.takeLearnt()).toEqual([])
  })

  it('that the service does not know are remembered as such', async () => {
    const { names, asked } = namesOver({})
    await names.prepare(records('gone'), [])
    await names.prepare(records('gone'), [])
    expect(asked).toHaveLength(1)
    expect(names.takeLearnt()).toEqual([{ kind: 'user', id: 'gone', name: null }])
  })

  it('that came along with a page are not asked for, and a new name replaces the old one', async () => {
    const { names, asked } = namesOver({}, { known: [{ kind: 'user', id: 'a', name: 'Ada Byron', checkedAt: now }] })
    await names.prepare(records('a'), [])
    await names.prepare(records('a'), [{ kind: 'user', id: 'a', name: 'Ada Lovelace' }])
    expect(asked).toEqual([])
    expect(names.get({ kind: 'user', id: 'a' })?.name).toBe('Ada Lovelace')
    expect(names.takeLearnt()).toHaveLength(1)
  })

  it('are asked for again after a day; what the service no longer knows keeps its name', async () => {
    const known = ['a', 'b', 'fresh'].map((id) => ({
      kind: 'user',
      id,
      name: `Old ${id}`,
      checkedAt: id === 'fresh' ? now : '2026-03-08T12:00:00.000Z',
    }))
    const { names, asked } = namesOver({ a: 'New a' }, { known })
    await names.prepare(records('a', 'b', 'fresh'), [])
    await names.prepare(records('a', 'b', 'fresh'), [])
    expect(asked).toEqual([['a', 'b']])
    expect(['a', 'b', 'fresh'].map((id) => names.get({ kind: 'user', id })?.name)).toEqual(['New a', 'Old b', 'Old fresh'])
    expect(names.takeLearnt().map(({ name }) => name)).toEqual(['New a', 'Old b'])
  })

  it('asked for in vain are asked for again after a week', async () => {
    const asLong = (id: string, checkedAt: string) => ({ kind: 'user', id, name: null, checkedAt })
    const known = [asLong('recent', '2026-03-04T12:00:00.000Z'), asLong('long ago', '2026-03-02T12:00:00.000Z')]
    const { names, asked } = namesOver({}, { known })
    await names.prepare(records('recent', 'long ago'), [])
    expect(asked).toEqual([['long ago']])
  })

  it('take a few requests of a run, or a tenth; records that go without say so until they are named', async () => {
    const ids = Array.from({ length: 300 }, (_unused, index) => `u${index}`)
    const people = Object.fromEntries(ids.map((id) => [id, id]))
    const { names, asked, addRequests } = namesOver(people, { batchSize: 1 })
    const all = records(...ids)
    const lacking = (): number => all.filter((one) => names.lacks(one)).length
    await names.prepare(all, [])
    expect([asked.length, lacking(), names.canAsk]).toEqual([3, 297, false])
    addRequests(90)
    await names.prepare(all, [])
    expect([asked.length, lacking(), names.canAsk]).toEqual([10, 290, false])
  })

  it('stop at the share in the midst of a batch that turns out to need a request for each; what was told is kept', async () => {
    const ids = Array.from({ length: 50 }, (_unused, index) => `u${index}`)
    const people = Object.fromEntries(ids.slice(1).map((id) => [id, id]))
    const { names, addRequests, requests } = namesOver(people, { isSingle: true })
    const all = records(...ids)
    const lacking = (): number => all.filter((one) => names.lacks(one)).length
    await names.prepare(all, [])
    expect([requests(), lacking(), names.takeLearnt().length]).toEqual([3, 47, 3])
    addRequests(90)
    await names.prepare(all, [])
    expect([requests(), lacking(), names.takeLearnt().length]).toEqual([100, 40, 7])
  })

  it('are asked for in the order of how many records want them', async () => {
    const { names, asked } = namesOver({ a: 'Ada', b: 'Ben', c: 'Cleo', d: 'Dora' }, { batchSize: 1 })
    await names.prepare(records('d', 'a', 'b', 'c', 'c', 'b', 'c', 'a', 'a', 'a'), [])
    expect(asked).toEqual([['a'], ['c'], ['b']])
  })

  it('that cannot be looked up leave the records without them; when the run itself is over, that is said once they are stored', async () => {
    const forbidden = namesOver({}, { failure: new TrailviewError('SERVICE_FORBIDDEN', 'No.') })
    await forbidden.names.prepare(records('a'), [])
    await forbidden.names.prepare(records('b'), [])
    expect(forbidden.asked).toHaveLength(1)
    expect(forbidden.names.takeLearnt()).toEqual([])
    expect(() => forbidden.names.throwIfOver()).not.toThrow()
    const refused = namesOver({}, { failure: new TrailviewError('SERVICE_UNAUTHORIZED', 'No.') })
    await refused.names.prepare(records('a'), [])
    expect([refused.names.canAsk, refused.names.lacks(record({ user: 'a' }))]).toEqual([false, true])
    expect(() => refused.names.throwIfOver()).toThrow('No.')
    const cancelled = namesOver({}, { failure: new TrailviewError('CALL_CANCELLED', 'No more.') })
    await expect(cancelled.names.prepare(records('a'), [])).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
  })
})

describe('a record', () => {
  const { names } = namesOver({})
  const event = { externalId: '1', occurredAt: '2026-03-01T00:00:00.000Z' } as never

  it.each<[string, Parameters<typeof mapRecord>[0]['map'], string]>([
    ['whose mapping throws', () => JSON.parse('{') as never, 'shape'],
    ['without an id', () => ({ event: { ...(event as object), externalId: '' } as never }), 'no id'],
    [
      'with a time outside the calendar',
      () => ({ event: { ...(event as object), occurredAt: '2026-13-01T00:00:00.000Z' } as never }),
      'time',
    ],
    ['before the year 1', () => ({ event: { ...(event as object), occurredAt: '0000-01-01T00:00:00.000Z' } as never }), 'time'],
  ])('%s is kept as unreadable, with the reason', (_what, map, reason) => {
    const raw = record({ user: 'a' })
    expect(mapRecord({ map }, raw, names, {})).toMatchObject({
      payload: raw.bytes,
      event: null,
      unmappedReason: expect.stringContaining(reason) as string,
    })
  })

  it('never gets lost among those of its page', async () => {
    const page = { records: [record(1), recordOf(new TextEncoder().encode('{"a":')), record({ user: 'a' })] }
    const prepared = await preparePages({ map: () => ({ event }) }, [page], names, {})
    expect(prepared.records.map(({ payload }) => payload)).toEqual(page.records.map(({ bytes }) => bytes))
    expect(prepared.records.map(({ event: mapped }) => mapped !== null)).toEqual([true, false, true])
  })
})
