import { describe, expect, it } from 'vitest'
import type { PracticeServices } from '../../src-main/demo/index.ts'
import { at, get, list, nowMs, post, shape, start, type Answer } from './support.ts'

const bearer = ({ cloudfoundry }: PracticeServices): Record<string, string> => ({
  authorization: `bearer ${cloudfoundry.otherCredentials.find((credential) => 'accessToken' in credential)?.['accessToken']}`,
})
const ask = (services: PracticeServices, path: string): Promise<Answer> => get(`${services.cloudfoundry.baseUrl}${path}`, bearer(services))
const truth = ({ cloudfoundry }: PracticeServices): readonly string[] => cloudfoundry.groundTruth().map(({ externalId }) => externalId)
const sorted = (values: readonly string[]): readonly string[] => [...values].sort()
const v2Ids = (answer: Answer): readonly string[] => list(answer.body, 'resources').map((event) => String(at(event, 'metadata', 'guid')))
const v3Ids = (answer: Answer): readonly string[] => list(answer.body, 'resources').map((event) => String(at(event, 'guid')))
const cli = { authorization: `Basic ${Buffer.from('cf:').toString('base64')}` }

const v2Fields = [
  'entity.actee', 'entity.actee_name', 'entity.actee_type', 'entity.actor', 'entity.actor_name', 'entity.actor_type', 'entity.organization_guid', 'entity.space_guid',
  'entity.timestamp', 'entity.type', 'metadata.created_at', 'metadata.guid', 'metadata.updated_at', 'metadata.url',
] // prettier-ignore

describe('discovery and sign-in', () => {
  const uaa = async (services: PracticeServices): Promise<string> =>
    `${String(at((await get(services.cloudfoundry.baseUrl)).body, 'links', 'uaa', 'href'))}/oauth/token`

  it('names the authorization server at the root and in /v2/info, on an origin of its own', async () => {
    const services = await start()
    const info = await get(`${services.cloudfoundry.baseUrl}/v2/info`)
    expect(await uaa(services)).toBe(`${String(info.body['token_endpoint'])}/oauth/token`)
    expect(info.body['token_endpoint']).not.toBe(services.cloudfoundry.baseUrl)
  })

  it('grants by password and by refresh token, which is replaced and then refused', async () => {
    const services = await start()
    const url = await uaa(services)
    const { username = '', password = '' } = services.cloudfoundry.credential
    const first = await post(url, { grant_type: 'password', username, password }, cli)
    expect(Object.keys(first.body).sort()).toEqual(['access_token', 'expires_in', 'jti', 'refresh_token', 'scope', 'token_type'])
    expect(
      (await get(`${services.cloudfoundry.baseUrl}/v3/audit_events`, { authorization: `bearer ${String(first.body['access_token'])}` }))
        .status,
    ).toBe(200)

    const form = { grant_type: 'refresh_token', refresh_token: String(first.body['refresh_token']) }
    const second = await post(url, form, cli)
    expect(second.body['refresh_token']).not.toBe(form.refresh_token)
    const again = await post(url, form, cli)
    expect([again.status, again.body['error']]).toEqual([401, 'invalid_token'])
    services.cloudfoundry.quirks.isRefreshTokenRotating = false
    const third = await post(url, { grant_type: 'refresh_token', refresh_token: String(second.body['refresh_token']) }, cli)
    expect(third.body['refresh_token']).toBe(second.body['refresh_token'])
  })

  it('grants to a client of its own without a refresh token', async () => {
    const services = await start()
    const client = services.cloudfoundry.otherCredentials.find((credential) => 'clientId' in credential)
    const basic = Buffer.from(`${client?.['clientId']}:${client?.['clientSecret']}`).toString('base64')
    const answer = await post(await uaa(services), { grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` })
    expect([answer.status, 'refresh_token' in answer.body]).toEqual([200, false])
  })

  it('refuses a wrong password, and everybody without the client’s header', async () => {
    const services = await start()
    const url = await uaa(services)
    const { username = '' } = services.cloudfoundry.credential
    const wrong = await post(url, { grant_type: 'password', username, password: 'wrong' }, cli)
    expect([wrong.status, wrong.body]).toEqual([401, { error: 'unauthorized', error_description: 'Bad credentials' }])
    expect((await post(url, { grant_type: 'password', ...services.cloudfoundry.credential })).status).toBe(401)
  })

  it('tells an expired token from none, each version in its own shape', async () => {
    const services = await start()
    const { username = '', password = '' } = services.cloudfoundry.credential
    const { body } = await post(await uaa(services), { grant_type: 'password', username, password }, cli)
    const headers = { authorization: `bearer ${String(body['access_token'])}` }
    services.clock.set(nowMs + 600_000)
    const { baseUrl } = services.cloudfoundry
    expect((await get(`${baseUrl}/v2/events`, headers)).body).toEqual({
      description: 'Invalid Auth Token',
      error_code: 'CF-InvalidAuthToken',
      code: 1000,
    })
    expect((await get(`${baseUrl}/v3/audit_events`, headers)).body).toEqual({
      errors: [{ code: 1000, title: 'CF-InvalidAuthToken', detail: 'Invalid Auth Token' }],
    })
    expect(at((await get(`${baseUrl}/v3/audit_events`)).body, 'errors', 0, 'code')).toBe(10002)
  })
})

describe('version 2', () => {
  it('lists records shaped like the vendor’s sample, 50 to a page, following next_url to the end', async () => {
    const services = await start()
    const found: string[] = []
    let next: unknown = '/v2/events'
    while (typeof next === 'string') {
      const answer = await ask(services, next)
      for (const event of list(answer.body, 'resources')) expect(shape(event)).toEqual(expect.arrayContaining(v2Fields))
      expect(v2Ids(answer).length).toBeLessThanOrEqual(50)
      found.push(...v2Ids(answer))
      next = answer.body['next_url']
    }
    expect(found).toEqual(truth(services))
  })

  it.each([
    ['>=', (event: number, bound: number) => event >= bound],
    ['<=', (event: number, bound: number) => event <= bound],
    ['>', (event: number, bound: number) => event > bound],
    ['<', (event: number, bound: number) => event < bound],
    [':', (event: number, bound: number) => event === bound],
  ])('compares timestamps in whole seconds: %s', async (operator, passes) => {
    const services = await start()
    const events = services.cloudfoundry.groundTruth()
    const bound = events[75]?.timeMs ?? 0
    const q = encodeURIComponent(`timestamp${operator}${new Date(bound + 700).toISOString()}`)
    const expected = events.filter(({ timeMs }) => passes(timeMs, bound)).map(({ externalId }) => externalId)
    expect((await ask(services, `/v2/events?results-per-page=100&q=${q}`)).body['total_results']).toBe(expected.length)
  })

  it('joins conditions, in one q or several, and keeps them in next_url', async () => {
    const services = await start()
    const type = encodeURIComponent('type IN audit.app.update,audit.app.start')
    const since = encodeURIComponent('timestamp>=2024-03-01 00:00:00-04:00')
    const separate = await ask(services, `/v2/events?q=${type}&q=${since}&results-per-page=5&order-direction=desc`)
    const joined = await ask(services, `/v2/events?q=${type}%3B${since}&results-per-page=5&order-direction=desc`)
    expect(v2Ids(joined)).toEqual(v2Ids(separate))
    const types = list(separate.body, 'resources').map((event) => at(event, 'entity', 'type'))
    expect(types.every((each) => each === 'audit.app.update' || each === 'audit.app.start')).toBe(true)
    const next = new URLSearchParams(String(separate.body['next_url']).split('?')[1])
    expect([next.getAll('q').length, next.get('page'), next.get('results-per-page'), next.get('order-direction')]).toEqual([
      2,
      '2',
      '5',
      'desc',
    ])
    const actee = String(at(separate.body, 'resources', 0, 'entity', 'actee'))
    expect(Number((await ask(services, `/v2/events?q=actee:${actee}`)).body['total_results'])).toBeGreaterThan(0)
  })

  it.each([
    'q=colour:red',
    'q=timestamp>never',
    'results-per-page=101',
    'results-per-page=0',
    'page=0',
    'order-direction=up',
    'inline-relations-depth=4',
  ])('refuses %s with 10005', async (query) => {
    const services = await start()
    const answer = await ask(services, `/v2/events?${query}`)
    expect([answer.status, answer.body['code'], answer.body['error_code']]).toEqual([400, 10005, 'CF-BadQueryParameter'])
  })

  it('accepts the parameters about relations, which events do not have', async () => {
    const services = await start()
    const plain = await ask(services, '/v2/events')
    const answer = await ask(
      services,
      '/v2/events?inline-relations-depth=1&orphan-relations=0&exclude-relations=space&include-relations=space',
    )
    expect(v2Ids(answer)).toEqual(v2Ids(plain))
  })

  it('can cap deep paging', async () => {
    const services = await start()
    services.cloudfoundry.quirks.maxTotalResults = 100
    expect((await ask(services, '/v2/events?page=2')).status).toBe(200)
    expect((await ask(services, '/v2/events?page=3')).body['description']).toContain('(page * per_page) must be less than 100')
  })

  it('can be off in both shapes, while /v2/info still answers', async () => {
    const services = await start()
    services.cloudfoundry.quirks.v2 = 'off-json'
    expect((await ask(services, '/v2/events')).body).toEqual({ errors: [{ code: 10000, title: 'CF-NotFound', detail: 'Unknown request' }] })
    expect(at((await ask(services, '/')).body, 'links', 'cloud_controller_v2')).toBeUndefined()
    expect((await ask(services, '/v2/info')).body['support']).toBe('CF API v2 is disabled')
    services.cloudfoundry.quirks.v2 = 'off-text'
    const answer = await ask(services, '/v2/events')
    expect([answer.status, answer.text]).toEqual([404, 'V2 endpoints disabled'])
  })
})

describe('version 3', () => {
  it('lists byte for byte the ground truth, following absolute links to null', async () => {
    const services = await start()
    const found: string[] = []
    let next: unknown = `${services.cloudfoundry.baseUrl}/v3/audit_events?order_by=created_at`
    let text = ''
    while (typeof next === 'string') {
      const answer = await get(next, bearer(services))
      text += answer.text
      found.push(...v3Ids(answer))
      next = at(answer.body, 'pagination', 'next', 'href')
    }
    expect(sorted(found)).toEqual(sorted(truth(services)))
    for (const { payload } of services.cloudfoundry.groundTruth()) expect(text).toContain(payload)
  })

  it('divides time into half-open slices without a gap', async () => {
    const services = await start()
    const cut = '2025-06-01T00:00:00Z'
    const before = await ask(services, `/v3/audit_events?per_page=5000&created_ats[lt]=${cut}`)
    const after = await ask(services, `/v3/audit_events?per_page=5000&created_ats[gte]=${cut}`)
    expect(v3Ids(before).length).toBeGreaterThan(0)
    expect(sorted([...v3Ids(before), ...v3Ids(after)])).toEqual(sorted(truth(services)))
  })

  it.each([
    'created_ats[gt]=2025-01-01T00:00:00.5Z',
    'created_ats[gt]=2025-01-01T00:00:00%2B01:00',
    'per_page=5001',
    'page=0',
    'order_by=name',
    'q=type:app.crash',
  ])('refuses %s with 10005', async (query) => {
    const services = await start()
    const answer = await ask(services, `/v3/audit_events?${query}`)
    expect([answer.status, at(answer.body, 'errors', 0, 'code')]).toEqual([400, 10005])
  })

  it('filters by type, target, space and organisation', async () => {
    const services = await start()
    const [event] = list((await ask(services, '/v3/audit_events?types=audit.app.update')).body, 'resources')
    const filters = {
      target_guids: at(event, 'target', 'guid'),
      space_guids: at(event, 'space', 'guid'),
      organization_guids: at(event, 'organization', 'guid'),
    }
    for (const [name, value] of Object.entries(filters)) {
      expect(v3Ids(await ask(services, `/v3/audit_events?per_page=5000&${name}=${String(value)}`))).toContain(at(event, 'guid'))
    }
    expect(v3Ids(await ask(services, `/v3/audit_events?per_page=5000&target_guids[not]=${String(filters.target_guids)}`))).not.toContain(
      at(event, 'guid'),
    )
  })

  it('looks names up in batches and leaves out what it does not know', async () => {
    const services = await start()
    const spaces = await ask(services, '/v3/spaces?include=organization&per_page=5000')
    const guid = String(at(spaces.body, 'resources', 0, 'guid'))
    expect(list((await ask(services, `/v3/spaces?guids=${guid},gone`)).body, 'resources')).toHaveLength(1)
    expect(list(spaces.body, 'included', 'organizations').length).toBeGreaterThan(0)
    expect(at((await ask(services, '/v3/apps?include=space.organization')).body, 'included', 'spaces', 0, 'name')).toBeDefined()
    expect(at((await ask(services, '/v3/users')).body, 'resources', 0, 'username')).toBe('matthew.anderson')
    expect(at((await ask(services, `/v2/spaces/${guid}`)).body, 'entity', 'name')).toBe(at(spaces.body, 'resources', 0, 'name'))
  })
})

describe('limits', () => {
  it('forgets events after the retention, in a daily job, when switched on', async () => {
    const services = await start()
    const all = truth(services).length
    services.cloudfoundry.quirks.retentionDays = 31
    const kept = Number((await ask(services, '/v2/events')).body['total_results'])
    expect(kept).toBeLessThan(all)
    expect(truth(services)).toHaveLength(kept)
    expect(kept).toBeGreaterThan(0)
  })

  it('counts requests, tells the rest in both families of headers, and says when to come back', async () => {
    const services = await start()
    services.cloudfoundry.quirks.requestsPerHour = 30
    services.cloudfoundry.quirks.v2RequestsPerHour = 1
    const first = await ask(services, '/v2/events')
    expect([
      first.headers.get('x-ratelimit-limit'),
      first.headers.get('x-ratelimit-remaining'),
      first.headers.get('x-ratelimit-limit-v2-api'),
    ]).toEqual(['30', '27', '1'])
    const second = await ask(services, '/v2/events')
    expect([second.status, second.headers.get('content-type'), second.headers.get('retry-after'), second.body['code']]).toEqual([
      429,
      'text/plain; charset=utf-8',
      '3600',
      10018,
    ])
    expect((await ask(services, '/v3/audit_events')).status).toBe(200)
    services.clock.set(nowMs + 3_600_000)
    expect((await ask(services, '/v2/events')).status).toBe(200)
  })
})
