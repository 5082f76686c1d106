import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CollectionRun } from '../../../src-main/contract/model/collection.ts'
import type { StoredConnection } from '../../../src-main/core/cache/archive.ts'
import type { Account, ConnectorDefinition } from '../../../src-main/core/connectors/define.ts'
import { dayMs, minuteMs, openBench, practiceConnector, PracticeService, startMs, type Bench } from './practice.ts'

let service: PracticeService
const open: Bench[] = []

beforeEach(async () => {
  service = new PracticeService()
  await service.listen()
})

afterEach(async () => {
  for (const bench of open.splice(0)) await bench.close()
  service.close()
})

const accounts: Readonly<Record<string, Account>> = { ada: { id: '1', name: 'Ada' }, bob: { id: '2', name: 'Bob' } }

/** The account stands in an option, which narrows nothing; a link is made anew for another one, as for another credential. */
const asAccount = (plan: 'time' | 'sequence'): ConnectorDefinition => ({
  ...practiceConnector(plan),
  account: ({ options }) => Promise.resolve(accounts[options['as'] ?? ''] ?? null),
})

/** One event a day, the highest id an hour ago: what an account is shown. */
const shown = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_unused, index) => ({
    id: from + index,
    atMs: startMs - 60 * minuteMs - (60 - from - index) * dayMs,
  }))
const idsOf = (from: number, to: number) => shown(from, to).map(({ id }) => String(id))

const spans = (events: Bench, state: string) =>
  events.archive.reader.coverage(null).then((all) => all.filter((span) => span.state === state).map(({ from, to }) => [from, to]))

describe.each(['time', 'sequence'] as const)('a connection whose credential becomes that of another account (%s)', (plan) => {
  let bench: Bench
  let connection: StoredConnection
  const signInAs = async (as: string, ...events: readonly [number, number]): Promise<void> => {
    service.events.clear()
    service.add(...shown(...events))
    service.requests.length = 0
    await bench.archive.writer.saveConnection({ ...connection, options: { as } })
  }
  const collect = async (full = false): Promise<CollectionRun | undefined> => {
    bench.clock.nowMs += 60 * minuteMs
    return (await bench.collect({ full }))[0]
  }

  beforeEach(async () => {
    bench = await openBench([service], asAccount(plan))
    open.push(bench)
    const [first] = bench.connections
    if (first === undefined) throw new Error('no connection')
    connection = first
    await signInAs('ada', 1, 40)
    expect(await collect()).toMatchObject({ status: 'done', added: 40 })
  })

  it('is not collected, says so, and goes on with the earlier account', async () => {
    const complete = await spans(bench, 'complete')
    await signInAs('bob', 21, 60)
    const run = await collect()
    expect(run).toMatchObject({
      status: 'failed',
      added: 0,
      gone: 0,
      coverage: null,
      error: { code: 'ACCOUNT_CHANGED', isRetryable: false },
    })
    expect(run?.error?.message).toMatch(/Practice 0 belongs to "Bob".*as "Ada".*--full/)
    expect(service.requests).toEqual([])
    expect(await spans(bench, 'complete')).toEqual(complete)
    expect(await spans(bench, 'failed')).toHaveLength(1)
    expect(await bench.collector.status()).toMatchObject([{ activity: 'paused', sentence: run?.error?.message }])
    const { signal } = new AbortController()
    const changed = { ...connection, options: { as: 'bob' } }
    expect(await bench.access.test(changed, null, signal)).toMatchObject({
      isOk: false,
      code: 'ACCOUNT_CHANGED',
      sentence: run?.error?.message,
    })

    await signInAs('ada', 1, 40)
    service.add({ id: 61, atMs: bench.clock.nowMs })
    expect(await bench.access.test({ ...connection, options: { as: 'ada' } }, null, signal)).toMatchObject({ isOk: true, account: 'Ada' })
    expect(await collect()).toMatchObject({ status: 'done', added: 1, gone: 0 })
    expect(await spans(bench, 'failed')).toEqual([])
  })

  it('is collected from the beginning when asked to, and nothing of the first account is called gone or late', async () => {
    await signInAs('bob', 21, 60)
    expect(await collect(true)).toMatchObject({ status: 'done', added: 20, unchanged: 20, late: 0, gone: 0, error: null })
    expect((await bench.ids()).toSorted()).toEqual(idsOf(1, 60).toSorted())
    expect(await collect()).toMatchObject({ status: 'done', added: 0, late: 0 })
    service.events.delete(55)
    expect(await collect(true)).toMatchObject({ gone: 1 })
    expect(await bench.ids('gone')).toEqual(['55'])

    // An event that only the first account was shown cannot be asked for.
    const { events } = await bench.archive.reader.page({ tree: { kind: 'all' }, zone: 'UTC' }, 'oldest', null, 1)
    const [oldest] = events
    if (oldest === undefined) throw new Error('no event')
    await expect(bench.access.refetch(oldest, new AbortController().signal)).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' })
    expect(await bench.ids('gone')).toEqual(['55'])

    await signInAs('ada', 1, 40)
    await expect(bench.access.refetch(oldest, new AbortController().signal)).rejects.toMatchObject({ code: 'ACCOUNT_CHANGED' })
    expect(await collect()).toMatchObject({ status: 'failed', error: { code: 'ACCOUNT_CHANGED' } })
    service.events.delete(3)
    expect(await collect(true)).toMatchObject({ status: 'done', added: 0, gone: 1 })
    expect((await bench.ids('gone')).toSorted()).toEqual(['3', '55'])
  })

  it('takes no place in a list over that another account stopped at', async () => {
    const reached = Promise.withResolvers<undefined>()
    await signInAs('bob', 1, 60)
    service.onRequest = async (url) => {
      if (url.searchParams.get(plan === 'time' ? 'offset' : 'page') !== (plan === 'time' ? '10' : '2')) return
      reached.resolve(undefined)
      await new Promise(() => undefined)
    }
    const running = collect(true)
    await reached.promise
    expect(await bench.collector.cancel(connection.id)).toBe(true)
    expect(await running).toMatchObject({ status: 'cancelled' })
    service.onRequest = () => undefined
    // Begun with the other account, it goes on with it.
    expect(await collect()).toMatchObject({ status: 'done' })
    expect((await bench.ids()).toSorted()).toEqual(idsOf(1, 60).toSorted())
  })

  it('is taken for the one before where the service does not tell', async () => {
    await signInAs('nobody', 1, 40)
    service.add({ id: 61, atMs: bench.clock.nowMs })
    expect(await collect()).toMatchObject({ status: 'done', added: 1 })
    await signInAs('bob', 1, 60)
    expect(await collect()).toMatchObject({ status: 'failed', error: { code: 'ACCOUNT_CHANGED' } })
  })

  it('may be another one at another address, and is known again at the first', async () => {
    const second = new PracticeService()
    await second.listen()
    try {
      const at = async (baseUrl: string, as: string) => bench.archive.writer.saveConnection({ ...connection, baseUrl, options: { as } })
      await bench.archive.writer.saveFact(`first address of ${connection.id}`, connection.baseUrl)
      second.add(...shown(10, 20))
      await at(second.baseUrl, 'bob')
      expect(await collect()).toMatchObject({ status: 'done', error: null })
      await at(service.baseUrl, 'bob')
      expect(await collect()).toMatchObject({ status: 'failed', error: { code: 'ACCOUNT_CHANGED' } })
      service.requests.length = 0
      await at(service.baseUrl, 'ada')
      expect(await collect()).toMatchObject({ status: 'done', added: 0, gone: 0 })
      expect(service.requests.length).toBeLessThanOrEqual(6)
    } finally {
      second.close()
    }
  })
})
