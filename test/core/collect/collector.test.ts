import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TrailviewError } from '../../../src-main/contract/errors.ts'
import type { CollectionRun } from '../../../src-main/contract/model/collection.ts'
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

const bench = async (
  plan: 'time' | 'sequence' = 'time',
  services = [service],
  settings: Parameters<typeof openBench>[2] = {},
): Promise<Bench> => {
  const opened = await openBench(services, practiceConnector(plan), settings)
  open.push(opened)
  return opened
}

/** Events of the last two years, more of them recently. */
const history = (count: number): { id: number; atMs: number }[] =>
  Array.from({ length: count }, (_unused, index) => ({
    id: count - index,
    atMs: startMs - 5 * minuteMs - Math.round((index / count) ** 3 * 730 * dayMs),
  }))

const status500: PracticeService['faults'][number] = (_request, response) => void response.writeHead(500).end()
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)

describe('a run', () => {
  it('collects everything, says which span is complete, and counts exactly', async () => {
    service.add(...history(95))
    const { collect, ids, archive } = await bench()
    const [run] = await collect()
    expect(run).toMatchObject({ status: 'done', added: 95, changed: 0, unchanged: 0, late: 0, gone: 0, unmapped: 0, error: null })
    expect(run?.coverage).toEqual([null, new Date(startMs - minuteMs).toISOString()])
    expect((await ids()).toSorted()).toEqual(
      history(95)
        .map(({ id }) => String(id))
        .toSorted(),
    )
    expect(await archive.reader.coverage(null)).toEqual([
      expect.objectContaining({ from: null, to: run?.coverage?.[1], state: 'complete' }),
    ])
    expect(run?.requests).toBe(service.requests.length)
  })

  it('stays small when there is nothing new: the overlap, in one window', async () => {
    service.add(...history(95))
    const { collect, clock } = await bench()
    await collect()
    clock.nowMs += 60 * minuteMs
    service.requests.length = 0
    const [run] = await collect()
    expect(run).toMatchObject({ status: 'done', added: 0, changed: 0 })
    expect(service.requests.length).toBeLessThanOrEqual(2)
  })

  it('marks what comes late, what changed and what is gone', async () => {
    service.add(...history(40))
    const { collect, ids, clock } = await bench()
    await collect()
    clock.nowMs += 5 * minuteMs
    service.add({ id: 100, atMs: startMs - 7 * minuteMs })
    const changed = service.events.get(40)
    if (changed !== undefined) changed.text = 'another text'
    expect((await collect())[0]).toMatchObject({ added: 1, late: 1, changed: 1, gone: 0 })
    service.events.delete(20)
    clock.nowMs += 5 * minuteMs
    expect((await collect({ full: true }))[0]).toMatchObject({ added: 0, late: 0, changed: 0, gone: 1, unchanged: 40 })
    expect([await ids('late'), await ids('revision'), await ids('gone')]).toEqual([['100'], ['40'], ['20']])
    expect(await ids()).toHaveLength(41)
  })

  it.each(['time', 'sequence'] as const)('calls nothing complete that is yet to happen where this clock is ahead (%s)', async (plan) => {
    service.add(...history(30))
    const { collect, ids, clock, archive } = await bench(plan)
    const serviceNow = () => clock.nowMs - 120 * minuteMs
    service.nowMs = serviceNow
    for (const event of service.events.values()) service.add({ ...event, atMs: event.atMs - 120 * minuteMs })
    expect((await collect())[0]).toMatchObject({ status: 'done', added: 30 })
    const ends = (await archive.reader.coverage(null)).flatMap(({ state, to }) => (state === 'complete' ? [Date.parse(to)] : []))
    expect(Math.max(...ends)).toBeLessThanOrEqual(serviceNow())
    expect(Math.max(...ends)).toBeGreaterThan(serviceNow() - 2 * minuteMs)

    service.add({ id: 900, atMs: serviceNow() + 5 * minuteMs })
    clock.nowMs += 60 * minuteMs
    expect((await collect())[0]).toMatchObject({ status: 'done', added: 1, late: 0 })
    expect(await ids()).toContain('900')
  })

  it('counts an event once although inserts push it onto two pages', async () => {
    service.add(...history(60))
    const { collect, ids } = await bench()
    let next = 1000
    service.onRequest = (url) => {
      if (Number(url.searchParams.get('offset')) > 0 && next < 1020) service.add({ id: next++, atMs: startMs - 2 * minuteMs })
    }
    const [run] = await collect()
    const archived = await ids()
    expect(new Set(archived).size).toBe(archived.length)
    expect((run?.added ?? 0) + (run?.changed ?? 0) + (run?.unchanged ?? 0)).toBe(archived.length)
    service.onRequest = () => undefined
    await collect()
    expect((await ids()).length).toBe(service.events.size)
  })

  it('keeps unreadable records, and goes on', async () => {
    service.add(...history(12))
    service.events.set(500, { id: 'no number', atMs: startMs - 10 * minuteMs, text: '' } as never)
    service.events.set(501, { id: 501, atMs: startMs - 10 * minuteMs, text: '\ud800\u0000<b>=1+1' })
    const { collect, ids } = await bench()
    expect((await collect())[0]).toMatchObject({ status: 'done', added: 14, unmapped: 1 })
    expect(await ids('unmapped')).toHaveLength(1)
  })

  it('leaves a failed span failed, collects the others, and mends it later', async () => {
    service.add(...history(95))
    const { collect, archive, ids } = await bench()
    let requests = 0
    service.onRequest = (url) => {
      const age = startMs - Number(url.searchParams.get('to'))
      if (age > dayMs - 10 * minuteMs && age < 2 * dayMs && requests++ < 5) service.faults.unshift(status500)
    }
    const [run] = await collect()
    expect(run).toMatchObject({ status: 'failed', error: { code: 'SERVICE_UNAVAILABLE', isRetryable: true } })
    const states = (await archive.reader.coverage(null)).map(({ state }) => state)
    expect(states.toSorted()).toEqual(['complete', 'complete', 'failed'])
    expect(run?.coverage?.[0]).not.toBeNull()
    const [second] = await collect()
    expect(second).toMatchObject({ status: 'done' })
    expect((await archive.reader.coverage(null)).map(({ state }) => state)).toEqual(['complete'])
    expect(await ids()).toHaveLength(95)
  })

  it('keeps to --since, and fills in the rest when asked without', async () => {
    service.add(...history(50))
    const { collect, ids } = await bench()
    const since = startMs - 30 * dayMs
    await collect({ since: new Date(since).toISOString() })
    expect(await ids()).toHaveLength(history(50).filter(({ atMs }) => atMs >= since).length)
    await collect()
    expect(await ids()).toHaveLength(50)
  })

  it('walks anew when options that narrow the collection change', async () => {
    service.add(...history(30))
    const { collect, archive, connections, ids } = await bench()
    await collect()
    for (const connection of connections) await archive.writer.saveConnection({ ...connection, options: { only: 'files' } })
    const [run] = await collect()
    expect(run).toMatchObject({ added: 0, unchanged: 30, gone: 0, coverage: [null, expect.any(String)] })
    expect(await ids('gone')).toEqual([])
  })
})

describe('an interruption', () => {
  it('is told within a moment, keeps what was collected, and the next run goes on where this one stopped', async () => {
    service.add(...history(300))
    const { collect, collector, ids, archive } = await bench()
    const started = Promise.withResolvers<undefined>()
    service.onRequest = async (url) => {
      if (Number(url.searchParams.get('offset')) !== 50) return
      started.resolve(undefined)
      await new Promise(() => undefined)
    }
    const running = collect()
    await started.promise
    expect(await collector.cancel('practice-0')).toBe(true)
    expect((await running)[0]).toMatchObject({ status: 'cancelled', error: null })
    const before = (await ids()).length
    expect(before).toBeGreaterThan(0)
    expect((await archive.reader.coverage(null)).every(({ state }) => state === 'complete')).toBe(true)
    service.onRequest = () => undefined
    service.requests.length = 0
    const [second] = await collect()
    expect(second).toMatchObject({ status: 'done' })
    expect(await ids()).toHaveLength(300)
    expect(service.requests.some((url) => url.includes('offset=50'))).toBe(true)
    expect(await collector.cancel('practice-0')).toBe(false)
  })

  it('of a walk by id never hides what was not reached yet', async () => {
    service.add(...history(100))
    const { collect, collector, ids } = await bench('sequence')
    expect((await collect())[0]).toMatchObject({ status: 'done', added: 100 })
    service.add(...Array.from({ length: 150 }, (_unused, index) => ({ id: 101 + index, atMs: startMs - 3 * minuteMs })))
    const reached = Promise.withResolvers<undefined>()
    service.onRequest = async (url) => {
      if (url.searchParams.get('page') !== '6') return
      reached.resolve(undefined)
      await new Promise(() => undefined)
    }
    const running = collect()
    await reached.promise
    await collector.cancel('practice-0')
    await running
    service.onRequest = () => undefined
    service.add(...Array.from({ length: 30 }, (_unused, index) => ({ id: 251 + index, atMs: startMs - 2 * minuteMs })))
    expect((await collect())[0]).toMatchObject({ status: 'done' })
    expect(await ids()).toHaveLength(280)
    service.requests.length = 0
    expect((await collect())[0]).toMatchObject({ status: 'done', added: 0 })
    expect(service.requests.length).toBeLessThanOrEqual(3)
  })
})

describe('trouble', () => {
  it('of one connection never delays another', async () => {
    const other = new PracticeService()
    await other.listen()
    try {
      service.add(...history(20))
      other.add(...history(20))
      const { collector, archive } = await bench('time', [service, other])
      service.onRequest = () => new Promise(() => undefined)
      const [stuck, free] = await collector.start({ connections: [], since: null, until: null, full: false, trigger: 'asked' })
      expect(await collector.whenFinished(free?.id ?? '')).toMatchObject({ connection: 'practice-1', status: 'done', added: 20 })
      expect(collector.progress().map(({ runId }) => runId)).toEqual([stuck?.id])
      expect((await collector.status()).map(({ activity }) => activity)).toEqual(['running', 'idle'])
      await collector.cancel('practice-0')
      expect((await archive.reader.runs(null, 10)).map(({ status }) => status).toSorted()).toEqual(['cancelled', 'done'])
    } finally {
      other.close()
    }
  })

  it('with the credential pauses the connection until it changes', async () => {
    service.faults.push(
      ...times(2, (_request: unknown, response: { writeHead(status: number): { end(): void } }) => response.writeHead(401).end()),
    )
    const { collect, collector } = await bench()
    expect((await collect())[0]).toMatchObject({ status: 'failed', error: { code: 'SERVICE_UNAUTHORIZED' } })
    expect(service.requests).toHaveLength(2)
    expect(await collector.status()).toMatchObject([{ activity: 'paused', sentence: expect.stringContaining('credential') as string }])
    collector.connectionChanged('practice-0')
    expect(await collector.status()).toMatchObject([{ activity: 'idle', sentence: null }])
  })

  it('with the network is a state with the next time to look', async () => {
    const { collect, collector } = await bench()
    service.close()
    expect((await collect())[0]).toMatchObject({ status: 'failed', error: { code: 'SERVICE_UNREACHABLE', isRetryable: true } })
    expect(await collector.status()).toMatchObject([{ activity: 'offline', completeTo: null }])
  })

  it('with the disk ends the run with its sentence, keeps what was stored, and goes on when there is room', async () => {
    service.add(...history(95))
    const { collect, archive, ids } = await bench()
    const { commitPage } = archive.writer
    let pages = 0
    const whenFull: typeof commitPage = (page) =>
      ++pages > 5 ? Promise.reject(new TrailviewError('DISK_FULL', 'The disk is full.', { retryable: true })) : commitPage(page)
    Object.assign(archive.writer, { commitPage: whenFull })
    const [run] = await collect()
    expect(run).toMatchObject({ status: 'failed', error: { code: 'DISK_FULL', message: 'The disk is full.' } })
    expect(await ids()).toHaveLength(run?.added ?? -1)
    Object.assign(archive.writer, { commitPage })
    expect((await collect())[0]).toMatchObject({ status: 'done' })
    expect(await ids()).toHaveLength(95)
  })

  it('with a limit is waited out, and told', async () => {
    service.add(...history(5))
    service.faults.push((_request, response) => void response.writeHead(429, { 'retry-after': '90' }).end())
    const { collect, told, clock } = await bench()
    expect((await collect())[0]).toMatchObject({ status: 'done', added: 5 })
    expect(clock.nowMs).toBeGreaterThanOrEqual(startMs + 90_000)
    expect(told.status.length).toBeGreaterThanOrEqual(4)
  })
})

describe('the schedule', () => {
  /** Resolves when the run log says so. */
  const until = async (opened: Bench, isThere: (runs: readonly CollectionRun[]) => boolean): Promise<readonly CollectionRun[]> => {
    for (;;) {
      const runs = (await opened.archive.reader.runs(null, 100)).filter(({ status }) => status !== 'running')
      if (isThere(runs)) return runs
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  it('collects on start and at each interval, and shows the next time', async () => {
    service.add(...history(5))
    const opened = await bench('time', [service], { runsSchedule: true, collectOnStart: true, intervalMinutes: 30 })
    const runs = await until(opened, ({ length }) => length >= 3)
    const starts = runs.map(({ startedAt }) => Date.parse(startedAt)).toSorted((a, b) => a - b)
    expect(starts.slice(1).every((atMs, index) => atMs - (starts[index] ?? 0) >= 30 * minuteMs)).toBe(true)
    // While a run is under way there is no next time; on this clock the next one may have begun already.
    let nextRunAt: string | null = null
    while (nextRunAt === null) nextRunAt = (await opened.collector.status())[0]?.nextRunAt ?? null
    expect(Date.parse(nextRunAt)).toBeGreaterThan(starts.at(-1) ?? 0)
  })

  it('looks whether a lost network is back before it begins another run', async () => {
    const opened = await bench('time', [service], { runsSchedule: true, intervalMinutes: 30 })
    const { baseUrl } = service
    service.close()
    expect((await opened.collect())[0]).toMatchObject({ error: { code: 'SERVICE_UNREACHABLE' } })
    const lost = opened.clock.nowMs
    while (opened.clock.nowMs < lost + 120 * minuteMs) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await opened.archive.reader.runs(null, 100)).toHaveLength(1)
    service = new PracticeService()
    service.add(...history(5))
    await service.listen(Number(new URL(baseUrl).port))
    const runs = await until(opened, ({ length }) => length >= 2)
    expect(runs.filter(({ status }) => status === 'failed')).toHaveLength(1)
  })
})

describe('single questions', () => {
  it('fetch an event again: unchanged, changed, gone', async () => {
    service.add(...history(3))
    const { collect, access, archive } = await bench()
    await collect()
    const { events } = await archive.reader.page({ tree: { kind: 'all' }, zone: 'UTC' }, 'newest', null, 1)
    const id = events[0]?.id ?? ''
    const refetch = async () => access.refetch((await archive.reader.get(id)).event, new AbortController().signal)
    expect(await refetch()).toBe('unchanged')
    const event = service.events.get(3)
    if (event !== undefined) event.text = 'another text'
    expect(await refetch()).toBe('changed')
    expect((await archive.reader.get(id)).revisions).toHaveLength(2)
    service.events.delete(3)
    expect(await refetch()).toBe('gone')
    expect((await archive.reader.get(id)).marks.goneSince).not.toBeNull()
  })

  it('test a connection with one call, and say in a sentence what went wrong', async () => {
    const { access, connections } = await bench()
    const [connection] = connections
    if (connection === undefined) throw new Error('no connection')
    const { signal } = new AbortController()
    expect(await access.test(connection, null, signal)).toMatchObject({ isOk: true, sentence: 'Answered 200.', code: null })
    service.faults.push((_request, response) => void response.writeHead(403).end())
    expect(await access.test(connection, { token: 'draft-token' }, signal)).toMatchObject({ isOk: false, code: 'SERVICE_FORBIDDEN' })
    await expect(access.pullFileTrail(connection, '1', signal)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' })
  })
})
