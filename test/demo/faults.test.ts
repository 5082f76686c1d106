import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scheduleFaults, type Fault, type PracticeServices, type RateLimitShape } from '../../src-main/demo/index.ts'
import { get, list, nowMs, start, type Answer } from './support.ts'

const headersOf = ({ lytics }: PracticeServices): Record<string, string> => ({ authorization: lytics.credential['token'] ?? '' })
const ask = (services: PracticeServices): Promise<Answer> =>
  get(`${services.lytics.baseUrl}/api/event?after=now-3y&before=now&limit=50`, headersOf(services))
const struck = async (services: PracticeServices, fault: Fault): Promise<Answer> => {
  services.lytics.faults.inject(fault)
  return ask(services)
}

describe('faults of the transport', () => {
  it.each<Fault>([{ kind: 'reset-before-reply' }, { kind: 'reset-mid-body' }, { kind: 'stall', stallMs: 20 }])(
    'breaks the connection: %j',
    async (fault) => {
      const services = await start()
      await expect(struck(services, fault)).rejects.toThrow()
      expect((await ask(services)).status).toBe(200)
      expect(services.lytics.faults.log.map((entry) => entry.fault)).toEqual([fault])
      expect(services.lytics.requestLog.map((entry) => entry.fault)).toEqual([fault.kind, null])
    },
  )

  it('cuts JSON off in the middle under a length that fits', async () => {
    const services = await start()
    const whole = await ask(services)
    const half = await struck(services, { kind: 'truncated-json' })
    expect(half.status).toBe(200)
    expect(whole.text.startsWith(half.text)).toBe(true)
    expect(half.text.length).toBeLessThan(whole.text.length)
    expect(() => JSON.parse(half.text) as unknown).toThrow()
  })

  it.each<[Fault, number, RegExp]>([
    [{ kind: 'server-error', status: 502, body: 'html' }, 502, /^<html>/],
    [{ kind: 'server-error', status: 500, body: 'json' }, 500, /^\{"data":null/],
    [{ kind: 'server-error', status: 503, body: 'empty' }, 503, /^$/],
    [{ kind: 'html-200' }, 200, /^<html>/],
    [{ kind: 'wrong-types' }, 200, /"items":"none"/],
  ])('answers %j', async (fault, status, text) => {
    const services = await start()
    const answer = await struck(services, fault)
    expect(answer.status).toBe(status)
    expect(answer.text).toMatch(text)
  })

  it.each<Fault>([
    { kind: 'encoded', encoding: 'gzip' },
    { kind: 'encoded', encoding: 'deflate' },
    { kind: 'encoded', encoding: 'br' },
    { kind: 'chunked' },
    { kind: 'slow-drip', pieces: 5, pauseMs: 1 },
  ])('changes only the way of delivery: %j', async (fault) => {
    const services = await start()
    services.lytics.quirks.status = 'number'
    const plain = await ask(services)
    const answer = await struck(services, fault)
    expect(answer.text).toBe(plain.text)
    expect(answer.headers.get('content-length') === plain.headers.get('content-length')).toBe(false)
  })

  it('sends more than anybody should read, as JSON', async () => {
    const services = await start()
    const answer = await struck(services, { kind: 'oversized', sizeBytes: 3_000_000 })
    expect(answer.text.length).toBeGreaterThanOrEqual(3_000_000)
    expect(Object.keys(answer.body)).toEqual(['padding'])
  })

  it('sends elsewhere, by redirect and by the link to the next page', async () => {
    const services = await start()
    const redirect = await struck(services, { kind: 'redirect', origin: 'http://elsewhere.example' })
    expect([redirect.status, redirect.headers.get('location')]).toEqual([
      302,
      'http://elsewhere.example/api/event?after=now-3y&before=now&limit=50',
    ])

    const token = services.cloudfoundry.otherCredentials.find((credential) => 'accessToken' in credential)?.['accessToken']
    for (const path of ['/v2/events', '/v3/audit_events']) {
      services.cloudfoundry.faults.inject({ kind: 'foreign-next-link', origin: 'http://elsewhere.example' })
      const page = await get(`${services.cloudfoundry.baseUrl}${path}`, { authorization: `bearer ${token}` })
      expect(page.text).toMatch(/"next(_url)?":(\{"href":)?"http:\/\/elsewhere\.example\/v/)
    }
  })
})

describe('rate limits', () => {
  const seconds = String(nowMs / 1000 + 7)
  it.each<[RateLimitShape, Record<string, string | null>]>([
    ['retry-after-seconds', { 'retry-after': '7', 'content-type': 'application/json; charset=utf-8' }],
    ['retry-after-date', { 'retry-after': new Date(nowMs + 7000).toUTCString() }],
    ['x-ratelimit', { 'x-ratelimit-reset': seconds, 'x-ratelimit-remaining': '0', 'retry-after': null }],
    ['x-ratelimit-v2-api', { 'x-ratelimit-reset-v2-api': seconds, 'x-ratelimit-reset': null, 'content-type': 'text/plain; charset=utf-8' }],
    ['text-plain', { 'retry-after': '7', 'content-type': 'text/plain; charset=utf-8' }],
    ['html', { 'retry-after': null, 'x-ratelimit-reset': null, 'content-type': 'text/html' }],
  ])('says 429 as %s', async (shape, expected) => {
    const services = await start()
    const answer = await struck(services, { kind: 'rate-limit', shape, waitSeconds: 7 })
    expect(answer.status).toBe(429)
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, answer.headers.get(name)]))).toEqual(expected)
  })
})

describe('rules', () => {
  it('strikes the requests it was told to, as often as it was told to', async () => {
    const services = await start()
    services.lytics.faults.inject({ kind: 'html-200' }, { skip: 1, times: 2 })
    const types: (string | null)[] = []
    for (let count = 0; count < 4; count += 1) types.push((await ask(services)).headers.get('content-type'))
    expect(types.map((type) => type === 'text/html')).toEqual([false, true, true, false])
    expect(services.lytics.faults.pendingCount).toBe(0)
  })

  it('can strike sign-in alone', async () => {
    const services = await start()
    services.onehub.faults.inject({ kind: 'server-error', status: 500, body: 'html' }, { on: 'sign-in' })
    const headers = { authorization: `Bearer ${services.onehub.otherCredentials[0]?.['accessToken']}` }
    expect((await get(`${services.onehub.baseUrl}/activity/`, headers)).status).toBe(200)
    expect((await fetch(`${services.onehub.baseUrl}/oauth/token`, { method: 'POST' })).status).toBe(500)
  })

  it('makes every record of a page unreadable, and only those', async () => {
    const services = await start()
    const answer = await struck(services, { kind: 'unreadable-page' })
    expect(list(answer.body, 'data')).toHaveLength(50)
    expect(services.lytics.groundTruth().filter(({ isDamaged }) => isDamaged)).toHaveLength(50)
  })
})

describe('schedules', () => {
  it('are the same for the same seed, come to an end, and never strike three times in a row', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, intensity) => {
        const schedule = scheduleFaults(seed, intensity)
        expect(scheduleFaults(seed, intensity)).toEqual(schedule)
        const at = new Set(schedule.map(({ atListRequest }) => atListRequest))
        expect(at.size).toBe(schedule.length)
        for (const request of at) {
          expect(request).toBeLessThan(60)
          expect(at.has(request + 1) && at.has(request + 2)).toBe(false)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('strike as planned and leave a log', async () => {
    const services = await start()
    const schedule = scheduleFaults(3, 0.4, { requests: 20 })
    services.lytics.faults.load(schedule)
    for (let count = 0; count < 20; count += 1) await ask(services).catch(() => null)
    expect(services.lytics.faults.log.map(({ requestIndex, fault }) => ({ atListRequest: requestIndex, fault }))).toEqual(schedule)
    expect((await ask(services)).status).toBe(200)
  })
})
