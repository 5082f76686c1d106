import { request } from 'undici'
import { describe, expect, it } from 'vitest'
import type { PracticeServices } from '../../src-main/demo/index.ts'
import { at, get, list, nowMs, post, shape, start, type Answer } from './support.ts'

const bearer = ({ onehub }: PracticeServices): Record<string, string> => ({
  authorization: `Bearer ${onehub.otherCredentials[0]?.['accessToken']}`,
})
const activity = (services: PracticeServices, query = ''): Promise<Answer> =>
  get(`${services.onehub.baseUrl}/activity/${query}`, bearer(services))
const ids = (answer: Answer): readonly string[] => list(answer.body, 'items').map((item) => String(at(item, 'event', 'id')))

const walk = async (services: PracticeServices, query: string, step: number): Promise<readonly string[]> => {
  const found: string[] = []
  for (let offset = 0; ; offset += step) {
    const page = ids(await activity(services, `?offset=${offset}${query}`))
    found.push(...page)
    if (page.length < 30) return found
  }
}
const truthIds = ({ onehub }: PracticeServices): readonly string[] => onehub.groundTruth().map(({ externalId }) => externalId)
const sorted = (values: readonly string[]): readonly string[] => [...values].sort()

/** The vendor's sample record. */
const sample = {
  event: {
    id: 5063247,
    updated_at: '2016-01-18T11:16:53-08:00',
    detail:
      '<subject>Matthew Anderson</subject> <predicate>viewed</predicate> the <object><a href="/workspaces/4137/files/849607">onehub-logo.png</a> File</object> <complement>(7 KB)</complement> in the <object><a href="/workspaces/4137">Testing the API</a> Workspace</object>',
    workspace_id: 4137,
    user_id: 481,
  },
}

describe('sign-in', () => {
  const tokenForm = (services: PracticeServices, changes: Record<string, string> = {}): Record<string, string> => {
    const { clientId = '', clientSecret = '', username = '', password = '' } = services.onehub.credential
    return { grant_type: 'password', client_id: clientId, client_secret: clientSecret, username, password, ...changes }
  }

  it('gives a token for the password and a new one for the refresh token', async () => {
    const services = await start()
    const url = `${services.onehub.baseUrl}/oauth/token`
    const first = await post(url, tokenForm(services))
    expect(first.status).toBe(200)
    expect(Object.keys(first.body).sort()).toEqual(['access_token', 'expires_in', 'refresh_token'])
    expect((await get(`${services.onehub.baseUrl}/activity/`, { authorization: `Bearer ${first.body['access_token']}` })).status).toBe(200)

    services.onehub.expireTokens()
    expect((await get(`${services.onehub.baseUrl}/activity/`, { authorization: `Bearer ${first.body['access_token']}` })).status).toBe(401)
    const second = await post(url, tokenForm(services, { grant_type: 'refresh_token', refresh_token: String(first.body['refresh_token']) }))
    expect((await get(`${services.onehub.baseUrl}/activity/`, { authorization: `Bearer ${second.body['access_token']}` })).status).toBe(200)
  })

  it('lets tokens expire by the clock', async () => {
    const services = await start()
    services.onehub.quirks.tokenLifetimeSeconds = 60
    const { body } = await post(`${services.onehub.baseUrl}/oauth/token`, tokenForm(services))
    const headers = { authorization: `Bearer ${body['access_token']}` }
    services.clock.set(nowMs + 59_000)
    expect((await get(`${services.onehub.baseUrl}/activity/`, headers)).status).toBe(200)
    services.clock.set(nowMs + 60_000)
    expect((await get(`${services.onehub.baseUrl}/activity/`, headers)).status).toBe(401)
  })

  it.each([
    [{ password: 'wrong' }, 401, 'invalid_grant'],
    [{ client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ grant_type: 'refresh_token', refresh_token: 'wrong' }, 401, 'invalid_grant'],
    [{ grant_type: 'authorization_code' }, 400, 'unsupported_grant_type'],
  ])('refuses %j with %i %s', async (changes, status, error) => {
    const services = await start()
    const answer = await post(`${services.onehub.baseUrl}/oauth/token`, tokenForm(services, changes))
    expect([answer.status, answer.body['error']]).toEqual([status, error])
  })
})

describe('/activity', () => {
  it('lists records shaped like the vendor’s sample, byte for byte the ground truth', async () => {
    const services = await start()
    const answer = await activity(services)
    for (const item of list(answer.body, 'items')) expect(shape(item)).toEqual(shape(sample))
    for (const { payload } of services.onehub.groundTruth().slice(-30)) expect(answer.text).toContain(payload)
  })

  it('pages by items, newest first, to a short page, and tells no totals', async () => {
    const services = await start()
    expect(sorted(await walk(services, '', 30))).toEqual(sorted(truthIds(services)))
    const { body } = await activity(services, '?offset=30')
    expect([body['current_page'], body['per_page'], body['total_entries'], body['total_pages']]).toEqual([2, 30, 0, 0])
  })

  it('pages by pages when switched, and may tell the totals', async () => {
    const services = await start()
    services.onehub.quirks.offsetUnit = 'pages'
    services.onehub.quirks.totals = 'true'
    expect(sorted(await walk(services, '', 1))).toEqual(sorted(truthIds(services)))
    const { body } = await activity(services, '?offset=30')
    expect([body['current_page'], body['items'], body['total_entries']]).toEqual([31, [], services.onehub.groundTruth().length])
  })

  it('reads the other parameters from the query or from the body of the GET', async () => {
    const services = await start()
    const byQuery = ids(await activity(services, '?workspaces[]=4137&workspaces[]=4148&verbs[]=upload'))
    const { body } = await request(`${services.onehub.baseUrl}/activity/`, {
      method: 'GET',
      reset: false,
      headers: { ...bearer(services), 'content-type': 'application/json' },
      body: JSON.stringify({ workspaces: [4137, 4148], verbs: ['upload'] }),
    })
    expect(at(await body.json(), 'items', 0, 'event', 'id')).toBe(Number(byQuery[0]))
    const events = services.onehub
      .groundTruth()
      .filter(({ payload }) => /"workspace_id":(4137|4148)/.test(payload) && payload.includes('>uploaded<'))
    expect(sorted(await walk(services, '&workspaces[]=4137&workspaces[]=4148&verbs[]=upload', 30))).toEqual(
      sorted(events.map(({ externalId }) => externalId)),
    )
  })

  it('narrows by actor and removes own events when filter_self is true', async () => {
    const services = await start()
    const all = services.onehub.groundTruth()
    const of = (userId: number, isOf: boolean): readonly string[] =>
      sorted(all.filter(({ payload }) => payload.includes(`"user_id":${userId}}`) === isOf).map(({ externalId }) => externalId))
    const own = 494
    expect(of(own, true).length).toBeGreaterThan(0)
    expect(sorted(await walk(services, '&actor=481', 30))).toEqual(of(481, true))
    expect(sorted(await walk(services, '&filter_self=true', 30))).toEqual(of(own, false))
  })

  it('reads times in the zone of the requesting user, unless switched, both bounds included', async () => {
    const services = await start()
    const event = services.onehub.groundTruth()[100]
    if (event === undefined) throw new Error('no event')
    const pacific = String(at(JSON.parse(event.payload), 'event', 'updated_at'))
    const [, year, month, day, clock, offset] = /^(\d+)-(\d+)-(\d+)T([\d:]+)([-+]\d\d:\d\d)$/.exec(pacific) ?? []
    const monthName = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][Number(month) - 1]
    const wall = `Mon, ${day} ${monthName} ${year} ${clock}`
    const bounds = (zone: string): string =>
      `?start_time=${encodeURIComponent(`${wall} ${zone}`)}&end_time=${encodeURIComponent(`${wall} ${zone}`)}`
    const ownZone = (offset ?? '').replace(':', '')

    expect(ids(await activity(services, bounds(ownZone)))).toContain(event.externalId)
    expect(ids(await activity(services, bounds('+0900')))).toContain(event.externalId)
    services.onehub.quirks.zone = 'text'
    expect(ids(await activity(services, bounds(ownZone)))).toContain(event.externalId)
    expect(ids(await activity(services, bounds('+0900')))).not.toContain(event.externalId)
  })

  it('ignores what it cannot read, silently, and what it was told to ignore', async () => {
    const services = await start()
    const everything = ids(await activity(services))
    expect(ids(await activity(services, '?start_time=yesterday&nonsense=1'))).toEqual(everything)
    services.onehub.quirks.ignoredParameters = ['workspaces']
    expect(ids(await activity(services, '?workspaces[]=4137'))).toEqual(everything)
  })
})

describe('audit trail of a file', () => {
  it('lists all events of the file to a moderator, with totals', async () => {
    const services = await start()
    const trail = services.onehub.groundTruth().find(({ payload }) => payload.includes('/workspaces/4137/files/'))
    const [, file] = /\/files\/(\d+)/.exec(trail?.payload ?? '') ?? []
    const answer = await get(`${services.onehub.baseUrl}/files/${file}/audit_trail`, bearer(services))
    expect(ids(answer)).toContain(trail?.externalId)
    expect(answer.body['total_entries']).toBe(ids(answer).length)
  })

  it('is refused below Moderator with 403, or 404', async () => {
    const services = await start({ events: 2_000 })
    const viewed = services.onehub.groundTruth().find(({ payload }) => payload.includes('/workspaces/4170/files/'))
    const [, file] = /\/files\/(\d+)/.exec(viewed?.payload ?? '') ?? []
    const url = `${services.onehub.baseUrl}/files/${file}/audit_trail`
    expect((await get(`${services.onehub.baseUrl}/workspaces/4170`, bearer(services))).text).toContain('"effective_role":"Viewer"')
    expect((await get(url, bearer(services))).status).toBe(403)
    services.onehub.quirks.auditTrailRefusal = 404
    expect((await get(url, bearer(services))).status).toBe(404)
  })
})

describe('names', () => {
  it('tells workspaces, with or without .json, files as they are now, and people through rolemaps', async () => {
    const services = await start()
    const { baseUrl } = services.onehub
    const all = await get(`${baseUrl}/workspaces.json`, bearer(services))
    expect(list(all.body, 'items').length).toBe(all.body['total_entries'])
    expect(at((await get(`${baseUrl}/workspaces/4137`, bearer(services))).body, 'workspace', 'name')).toBe('Northwind Data Room')
    const rolemaps = await get(`${baseUrl}/workspaces/4137/rolemaps`, bearer(services))
    expect(shape(at(rolemaps.body, 'items', 0, 'rolemap', 'user'))).toEqual([
      'address',
      'email',
      'first_name',
      'id',
      'last_name',
      'profile_photo_url',
    ])
    const folders = await get(`${baseUrl}/workspaces/4137/folders`, bearer(services))
    expect(at(folders.body, 'items', 0, 'folder', 'workspace_id')).toBe(4137)
    expect((await get(`${baseUrl}/files/1`, bearer(services))).status).toBe(404)
    expect((await get(`${baseUrl}/workspaces`)).status).toBe(401)
  })

  it('shows a renamed file under its new name and events under the old one', async () => {
    const services = await start()
    const renamed = services.onehub.groundTruth().findLast(({ payload }) => payload.includes('>renamed<'))
    const [, file, before] = /\/files\/(\d+)\\">([^<]*)<\/a>/.exec(renamed?.payload ?? '') ?? []
    const now = await get(`${services.onehub.baseUrl}/files/${file}`, bearer(services))
    expect(before).not.toBe('')
    expect(at(now.body, 'file', 'filename')).not.toBe(before)
  })
})
