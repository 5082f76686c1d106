import fc from 'fast-check'
import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import { fromIso, merge } from '../../../src-main/core/collect/spans.ts'
import { minuteMs, openBench, practiceConnector, PracticeService, startMs, type Bench } from './practice.ts'

type Fault = NonNullable<PracticeService['faults'][number]>

const refuse =
  (status: number, body = '', headers: Record<string, string> = {}): Fault =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body)

const faults: Readonly<Record<string, Fault | null>> = {
  none: null,
  reset: (_request, response, body) => {
    response.writeHead(200, { 'content-length': body.length + 100 })
    response.write(body.slice(0, body.length / 2), () => response.destroy())
  },
  'truncated JSON': (_request, response, body) => void response.end(body.slice(0, body.length * 0.7)),
  'web page': refuse(200, '<html>Sign in</html>'),
  '500 page': refuse(500, '<html>oops</html>', { 'content-type': 'text/html' }),
  '503': refuse(503, '', { 'retry-after': '3' }),
  '429 seconds': refuse(429, '', { 'retry-after': '20' }),
  '429 date': refuse(429, '', { 'retry-after': new Date(startMs + 30_000).toUTCString(), date: new Date(startMs).toUTCString() }),
  '429 reset': refuse(429, '', { 'x-ratelimit-reset-v2-api': '15' }),
  '429 silent': refuse(429),
  '401': refuse(401),
  drip: (_request, response, body) => void drip(response, body),
}

async function drip(response: ServerResponse, body: string): Promise<void> {
  for (let at = 0; at < body.length; at += 200) await new Promise((resolve) => response.write(body.slice(at, at + 200), resolve))
  response.end()
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'collect' } as const) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), afterRequests: fc.nat(12) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('insert' as const), count: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'change' } as const) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.nat(3000) }) },
)

const schedule = fc.record({
  history: fc.array(fc.nat(800 * 24 * 60), { minLength: 5, maxLength: 120 }),
  faults: fc.array(fc.constantFrom(...Object.keys(faults), 'none', 'none', 'none', 'none'), { maxLength: 60 }),
  insertsDuringWalks: fc.array(fc.boolean(), { maxLength: 30 }),
  steps: fc.array(step, { minLength: 3, maxLength: 8 }),
})

it.each(['time', 'sequence'] as const)(
  'loses nothing, doubles nothing and claims nothing false through any faults and interruptions, walking by %s',
  async (plan) => {
    await fc.assert(
      fc.asyncProperty(schedule, async ({ history, faults: names, insertsDuringWalks, steps }) => {
        const service = new PracticeService()
        await service.listen()
        const bench = await openBench([service], practiceConnector(plan))
        try {
          service.faults.push(...names.map((name) => faults[name] ?? null))
          let lastId = 0
          const insert = (count: number): void => {
            // Some ids are left out and filled in later, as a database does whose transactions end out of order.
            for (let i = 0; i < count; i++) {
              lastId += i % 3 === 0 ? 2 : 1
              service.add({ id: lastId, atMs: bench.clock.nowMs - (2 + (i % 7)) * minuteMs })
              if (i % 3 === 1) service.add({ id: lastId - 2, atMs: bench.clock.nowMs - 2 * minuteMs })
            }
          }
          for (const minutes of history.toSorted((a, b) => b - a)) service.add({ id: ++lastId, atMs: startMs - (minutes + 5) * minuteMs })
          const counted = { added: 0 }
          const inserts = [...insertsDuringWalks]

          const collect = async (cancelAfter: number): Promise<boolean> => {
            const before = [...service.events.values()]
            let left = cancelAfter
            service.onRequest = () => {
              if (inserts.shift() === true) insert(2)
              if (left-- === 0) void bench.collector.cancel('practice-0')
            }
            const [run] = await bench.collect()
            service.onRequest = () => undefined
            counted.added += run?.added ?? 0
            const isDone = run?.status === 'done'
            // What was added later may lie in a span called complete before; only a run that ended well must have found it.
            await expectTrueCoverage(bench, isDone ? before : before.filter(({ id }) => id <= history.length))
            return isDone
          }

          for (const action of steps) {
            if (action.kind === 'collect') await collect(Infinity)
            if (action.kind === 'cancel') await collect(action.afterRequests)
            if (action.kind === 'insert') insert(action.count)
            if (action.kind === 'pass') bench.clock.nowMs += action.minutes * minuteMs
            if (action.kind === 'change') for (const event of service.events.values()) if (event.id === lastId) event.text = 'changed'
          }
          service.faults.length = 0
          inserts.length = 0
          bench.clock.nowMs += 20 * minuteMs
          expect(await collect(Infinity)).toBe(true)

          const archived = await bench.ids()
          expect(archived.length).toBe(new Set(archived).size)
          expect(archived.map(Number).toSorted((a, b) => a - b)).toEqual([...service.events.keys()].toSorted((a, b) => a - b))
          expect(counted.added).toBe(archived.length)
          const coverage = await bench.archive.reader.coverage(null)
          expect(coverage.every(({ state }) => state === 'complete')).toBe(true)
          expect(merge(coverage.map(fromIso))).toEqual([expect.objectContaining({ from: -Infinity })])
        } finally {
          await bench.close()
          service.close()
        }
      }),
      { numRuns: 8, seed: 20260301, endOnFailure: true },
    )
  },
)

/** Everything of these that lies in a span called complete must be archived. */
async function expectTrueCoverage(bench: Bench, events: readonly { readonly id: number; readonly atMs: number }[]): Promise<void> {
  const archived = new Set(await bench.ids())
  const complete = (await bench.archive.reader.coverage(null)).filter(({ state }) => state === 'complete').map(fromIso)
  expect(events.filter(({ id, atMs }) => !archived.has(String(id)) && complete.some(({ from, to }) => from <= atMs && atMs < to))).toEqual(
    [],
  )
}
