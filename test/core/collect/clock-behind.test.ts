import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { dayMs, minuteMs, openBench, practiceConnector, PracticeService, type Bench } from './practice.ts'

const cleanUps: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** A service whose clock, by which it times its events, is behind this computer's. */
async function behind(plan: 'time' | 'sequence', behindMs: number) {
  const service = new PracticeService()
  await service.listen()
  cleanUps.push(() => service.close())
  const bench = await openBench([service], practiceConnector(plan))
  cleanUps.push(() => bench.close())
  const state = { behindMs }
  const serviceNow = () => bench.clock.nowMs - state.behindMs
  service.nowMs = serviceNow
  let lastId = 0
  /** Events so long ago by the service's clock, the newest last. */
  const happen = (...agesMs: readonly number[]) => {
    const sorted = agesMs.toSorted((a, b) => b - a)
    service.add(...sorted.map((ageMs) => ({ id: ++lastId, atMs: serviceNow() - ageMs })))
  }
  return { service, bench, state, serviceNow, happen }
}

const completeSpans = async ({ archive }: Bench) =>
  (await archive.reader.coverage(null)).filter(({ state }) => state === 'complete').map(({ from, to }) => ({ from: from ?? '', to }))

/** Nothing is called complete that is yet to happen at the service, and what happened in a complete span is archived. */
async function expectTrueCoverage(bench: Bench, service: PracticeService, serviceNowMs: number): Promise<void> {
  const spans = await completeSpans(bench)
  const archived = new Set(await bench.ids())
  for (const { to } of spans) expect(Date.parse(to)).toBeLessThanOrEqual(serviceNowMs)
  for (const { id, atMs } of service.events.values()) {
    const at = new Date(atMs).toISOString()
    if (spans.some(({ from, to }) => from <= at && at < to)) expect(archived).toContain(String(id))
  }
}

const history = Array.from({ length: 30 }, (_unused, index) => 5 * minuteMs + index * 16 * dayMs)

describe.each(['time', 'sequence'] as const)('a service whose clock is behind (%s)', (plan) => {
  it.each([40, 9_000])('by %i days is asked little where nothing is new, and what happens is collected', async (days) => {
    const { service, bench, serviceNow, happen } = await behind(plan, days * dayMs)
    happen(...history)
    expect((await bench.collect())[0]).toMatchObject({ status: 'done', added: 30 })
    for (const added of [0, 2, 0]) {
      bench.clock.nowMs += 60 * minuteMs
      happen(...[40, 3].map((minutes) => minutes * minuteMs).slice(2 - added))
      const [run] = await bench.collect()
      expect(run).toMatchObject({ status: 'done', added, late: 0, gone: 0 })
      // Pages of the overlap, and the page after them that is empty.
      expect(run?.requests).toBeLessThanOrEqual(plan === 'time' ? 2 : 4)
      await expectTrueCoverage(bench, service, serviceNow())
      const [newest] = (await completeSpans(bench)).map(({ to }) => Date.parse(to)).toSorted((a, b) => b - a)
      expect(newest).toBeGreaterThan(serviceNow() - 2 * minuteMs)
    }
  })

  it('and is put right is collected without a gap', async () => {
    const { service, bench, state, serviceNow, happen } = await behind(plan, 40 * dayMs)
    happen(...history)
    await bench.collect()
    bench.clock.nowMs += 60 * minuteMs
    state.behindMs = 0
    happen(30 * dayMs, 8 * dayMs, dayMs, 10 * minuteMs)
    expect((await bench.collect())[0]).toMatchObject({ status: 'done', added: 4, late: 0 })
    await expectTrueCoverage(bench, service, serviceNow())
    bench.clock.nowMs += 60 * minuteMs
    const [run] = await bench.collect()
    expect(run).toMatchObject({ status: 'done', added: 0 })
    expect(run?.requests).toBeLessThanOrEqual(plan === 'time' ? 2 : 4)
  })

  it('calls nothing complete that happened behind the back of an interrupted walk', async () => {
    const { service, bench, serviceNow, happen } = await behind(plan, 120 * minuteMs)
    happen(...Array.from({ length: 40 }, (_unused, index) => (index + 3) * minuteMs))
    const interrupt = async () => {
      const reached = Promise.withResolvers<undefined>()
      service.onRequest = async (url) => {
        if (url.searchParams.get('offset') !== '20' && url.searchParams.get('page') !== '2') return
        reached.resolve(undefined)
        await new Promise(() => undefined)
      }
      const running = bench.collect()
      await reached.promise
      await bench.collector.cancel('practice-0')
      await running
      service.onRequest = () => undefined
    }
    await interrupt()
    bench.clock.nowMs += 180 * minuteMs
    happen(100 * minuteMs, 90 * minuteMs)
    // Only the walk that goes on is answered: what comes after it fails.
    let walks = 0
    service.onRequest = (url) => {
      if ((url.searchParams.get('offset') ?? url.searchParams.get('page')) === '0') walks++
      if (walks > 0) service.faults.push((_request, response) => void response.writeHead(403).end())
    }
    await bench.collect()
    await expectTrueCoverage(bench, service, serviceNow())
    service.onRequest = () => undefined
    service.faults.length = 0
    expect((await bench.collect())[0]).toMatchObject({ status: 'done' })
    await expectTrueCoverage(bench, service, serviceNow())
    expect(await bench.ids()).toHaveLength(service.events.size)
  })
})

it('whatever the clocks do, coverage is true after each run, and everything is collected in the end', async () => {
  const step = fc.record({
    passMs: fc.integer({ min: 1, max: 3 * 24 * 60 }).map((minutes) => minutes * minuteMs),
    /** The service's clock jumps ahead, never past this one's. */
    repairs: fc.integer({ min: 0, max: 3 }),
    agesMs: fc.array(
      fc.integer({ min: 1, max: 30 }).map((seconds) => seconds * 1000),
      { maxLength: 4 },
    ),
    stopsAfter: fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }),
  })
  const runs = fc.record({
    behindDays: fc.integer({ min: 0, max: 500 }),
    plan: fc.constantFrom('time' as const, 'sequence' as const),
    steps: fc.array(step, { minLength: 2, maxLength: 4 }),
  })
  await fc.assert(
    fc.asyncProperty(runs, async ({ behindDays, plan, steps }) => {
      const { service, bench, state, serviceNow, happen } = await behind(plan, behindDays * dayMs)
      happen(...history)
      for (const { passMs, repairs, agesMs, stopsAfter } of steps) {
        let requests = 0
        service.onRequest = () => {
          if (stopsAfter !== null && ++requests > stopsAfter)
            service.faults.push((_request, response) => void response.writeHead(403).end())
        }
        await bench.collect()
        service.onRequest = () => undefined
        service.faults.length = 0
        await expectTrueCoverage(bench, service, serviceNow())
        bench.clock.nowMs += passMs
        if (repairs === 0) state.behindMs = Math.floor(state.behindMs / 2)
        happen(...agesMs)
      }
      bench.clock.nowMs += 5 * minuteMs
      expect((await bench.collect())[0]).toMatchObject({ status: 'done' })
      await expectTrueCoverage(bench, service, serviceNow())
      expect(await bench.ids()).toHaveLength(service.events.size)
      for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
    }),
    { numRuns: 6 },
  )
}, 120_000)
