import { describe, expect, it } from 'vitest'
import type { PracticeServices } from '../../src-main/demo/index.ts'
import { at, get, list, nowMs, start, type Answer } from './support.ts'

const listLytics = ({ lytics }: PracticeServices, query = ''): Promise<Answer> =>
  get(`${lytics.baseUrl}/v2/event?after=2020-01-01T00:00:00Z&before=2099-01-01T00:00:00Z&limit=100${query}`, {
    authorization: lytics.credential['token'] ?? '',
  })

describe.each(['onehub', 'lytics', 'oksky', 'cloudfoundry'] as const)('live changes at %s', (name) => {
  it('appends now and late, changes, vanishes, and keeps count', async () => {
    const services = await start()
    const service = services[name]
    const before = new Map(service.groundTruth().map((event) => [event.externalId, event.payload]))

    const added = [...service.append(2), ...service.appendLate(3_600_000)]
    expect(new Set(added.map(({ externalId }) => externalId)).size).toBe(3)
    expect(added.some(({ externalId }) => before.has(externalId))).toBe(false)
    expect(added.map(({ timeMs }) => Math.floor(timeMs / 1000))).toEqual([nowMs / 1000, nowMs / 1000, nowMs / 1000 - 3600])

    const [victim = '', patient = ''] = before.keys()
    const once = service.change(patient)
    const twice = service.change(patient)
    expect(new Set([before.get(patient), once.payload, twice.payload]).size).toBe(3)
    expect(once.timeMs).toBe(twice.timeMs)

    service.vanish(victim)
    expect(service.vanished().map(({ externalId }) => externalId)).toEqual([victim])
    const after = service.groundTruth()
    expect(after).toHaveLength(before.size + 2)
    expect(after.find(({ externalId }) => externalId === patient)?.payload).toBe(twice.payload)
    expect(service.rewrite(patient, () => '{}').payload).toBe('{}')
    expect(() => service.change('no such id')).toThrow(RangeError)
  })

  it('damages records in every way, each differently', async () => {
    const service = (await start())[name]
    const events = service.groundTruth().slice(0, 4)
    const damaged = (['no-id', 'bad-time', 'wrong-types', 'not-an-object'] as const).map((how, index) =>
      service.damage(events[index]?.externalId ?? '', how),
    )
    expect(damaged.every(({ isDamaged }) => isDamaged)).toBe(true)
    for (const [index, { payload }] of damaged.entries()) expect(payload).not.toBe(events[index]?.payload)
    expect(typeof JSON.parse(damaged[3]?.payload ?? '')).toBe('string')
    expect(damaged[1]?.payload).toContain('some time ago')
  })
})

describe('during a walk', () => {
  it('runs an action just before the nth list request', async () => {
    const services = await start()
    const [first] = services.lytics.groundTruth()
    services.lytics.onListRequest(1, () => services.lytics.vanish(first?.externalId ?? ''))
    expect((await listLytics(services)).text).toContain(first?.externalId)
    expect((await listLytics(services)).text).not.toContain(first?.externalId)
  })

  it('lists the same events out of order', async () => {
    const services = await start()
    const listed = async (): Promise<readonly unknown[]> => list((await listLytics(services)).body, 'data').map((event) => at(event, 'id'))
    const ordered = await listed()
    services.lytics.reorder(5)
    expect(await listed()).not.toEqual(ordered)
    services.lytics.reorder(null)
    expect(await listed()).toEqual(ordered)
  })

  it('expires tokens at once where they expire', async () => {
    const services = await start()
    const { clientId = '', clientSecret = '', username = '', password = '' } = services.onehub.credential
    const form = new URLSearchParams({ grant_type: 'password', client_id: clientId, client_secret: clientSecret, username, password })
    const token = (await (await fetch(`${services.onehub.baseUrl}/oauth/token`, { method: 'POST', body: form })).json()) as {
      access_token: string
    }
    services.onehub.faults.inject({ kind: 'expire-tokens' }, { skip: 1 })
    const ask = (): Promise<Answer> => get(`${services.onehub.baseUrl}/activity/`, { authorization: `Bearer ${token.access_token}` })
    expect([(await ask()).status, (await ask()).status]).toEqual([200, 401])
  })
})

describe('starting and closing', () => {
  it('frees the ports it was given', async () => {
    const first = await start()
    const port = Number(new URL(first.lytics.baseUrl).port)
    await first.close()
    const second = await start({ ports: { lytics: port } })
    expect(second.lytics.baseUrl).toBe(`http://127.0.0.1:${port}`)
    await expect(start({ ports: { lytics: port } })).rejects.toThrow('EADDRINUSE')
  })

  it('lets events arrive by themselves when asked to', async () => {
    const services = await start({ arrivalEveryMs: 1 })
    const count = (): number => services.all.reduce((sum, service) => sum + service.groundTruth().length, 0)
    const before = count()
    while (count() === before) await new Promise((resolve) => setTimeout(resolve, 1))
    expect(count()).toBeGreaterThan(before)
  })
})
