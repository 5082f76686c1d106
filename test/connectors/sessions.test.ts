import { describe, expect, it } from 'vitest'
import { serviceIds } from '../../src-main/contract/model/audit-event.ts'
import type { ConnectorDefinition, NameFact, ServiceClient } from '../../src-main/core/connectors/define.ts'
import { definitions, linkTo, Memory, payloadsOf, practice, textOf, walk, walkPages } from './walking.ts'
import { answer, serve, serveScript } from './runtime/practice-server.ts'

const { onehub, lytics, oksky, cloudfoundry } = definitions
const code = (wanted: string) => expect.objectContaining({ code: wanted }) as Error

/** Everything a look-up of these ids tells. */
async function namesOf(definition: ConnectorDefinition, client: ServiceClient, kind: string, ids: readonly string[]): Promise<NameFact[]> {
  const facts: NameFact[] = []
  const refs = ids.map((id) => ({ kind, id }))
  for await (const told of definition.lookUps[kind]?.fetch(client, refs, {}) ?? []) facts.push(...told)
  return facts
}

describe('signing in', () => {
  it.each(serviceIds)('%s: every form of credential works', async (id) => {
    const services = await practice(300)
    const service = services[id]
    for (const credential of [service.credential, ...service.otherCredentials]) {
      const pages = await walk(definitions[id], { baseUrl: service.baseUrl, credential })
      expect(payloadsOf(pages)).toHaveLength(service.groundTruth().length)
    }
  })

  it.each(serviceIds)('%s: test() says in a sentence what can be seen', async (id) => {
    const services = await practice(300)
    const { sentence } = await definitions[id].test(linkTo(definitions[id], services[id]).client(), {})
    expect(sentence).toMatch(/^(Onehub|Lytics|OK SKY|Cloud Foundry) answered.*\.$/)
  })

  it.each(serviceIds)('%s: a wrong credential is refused with a sentence that repeats nothing of it', async (id) => {
    const services = await practice(300)
    const credential = Object.fromEntries(Object.keys(services[id].credential).map((key) => [key, `wrong-secret-${key}`]))
    const failing = walk(definitions[id], { baseUrl: services[id].baseUrl, credential })
    await expect(failing).rejects.toThrow(code('SERVICE_UNAUTHORIZED'))
    await expect(failing).rejects.not.toThrow(/wrong-secret/)
  })

  it.each(serviceIds)('%s: an incomplete credential is told before anything is asked', async (id) => {
    const script = await serveScript(answer(200, '{}'))
    await expect(walk(definitions[id], { baseUrl: script.baseUrl.href, credential: { other: 'x' } })).rejects.toThrow(
      code('CREDENTIAL_MISSING'),
    )
    expect(script.requests).toHaveLength(0)
  })

  it.each(['onehub', 'cloudfoundry'] as const)('%s: a token that ends in mid-walk is renewed by refresh token', async (id) => {
    const services = await practice(800)
    const service = services[id]
    service.onListRequest(2, () => service.expireTokens())
    const options = id === 'cloudfoundry' ? { 'results-per-page': '40' } : {}
    expect(payloadsOf(await walk(definitions[id], service, { options }))).toHaveLength(service.groundTruth().length)
  })

  it('cloudfoundry: a replaced refresh token is stored before it is used, and used from then on', async () => {
    const services = await practice(400)
    const service = services.cloudfoundry
    service.quirks.isRefreshTokenRotating = true
    const credential = service.otherCredentials.find((other) => 'refreshToken' in other)
    if (credential === undefined) throw new Error('no refresh token')
    const saved: unknown[] = []
    const link = linkTo(cloudfoundry, { baseUrl: service.baseUrl, credential }, {}, saved)
    const memory = new Memory()
    for (let run = 0; run < 3; run++) {
      for await (const page of walkPages(cloudfoundry, service, { link, memory })) expect(page.records.length).toBeGreaterThanOrEqual(0)
      service.expireTokens()
    }
    expect(saved.length).toBeGreaterThanOrEqual(2)
    expect(saved.at(-1)).not.toEqual(credential)
  })

  it.each<[string, (uaa: string) => Readonly<Record<string, object>>]>([
    ['as uaa at the root', (href) => ({ '/': { links: { uaa: { href }, login: { href: 'http://127.0.0.1:1' } } } })],
    ['as login at the root', (href) => ({ '/': { links: { uaa: null, login: { href: `${href}/` } } } })],
    ['as token endpoint in /v2/info', (uaa) => ({ '/v2/info': { token_endpoint: uaa, authorization_endpoint: 'http://127.0.0.1:1' } })],
    ['as authorization endpoint in /v2/info', (uaa) => ({ '/': { links: {} }, '/v2/info': { authorization_endpoint: uaa } })],
  ])('cloudfoundry: the sign-in address is found %s', async (_where, said) => {
    const uaa = await serveScript(answer(200, '{"access_token":"found-token","expires_in":600}'))
    const api = await serve((request, response) => {
      const body =
        said(uaa.baseUrl.origin)[request.url ?? ''] ?? (request.url === '/v3/apps' ? { by: request.headers.authorization } : null)
      response.writeHead(body === null ? 404 : 200).end(JSON.stringify(body))
    })
    const link = linkTo(cloudfoundry, { baseUrl: api.origin, credential: { username: 'a', password: 'b' } })
    expect((await link.client().request('/v3/apps')).json()).toEqual({ by: 'bearer found-token' })
    expect(uaa.requests).toMatchObject([{ method: 'POST', url: '/oauth/token', body: 'grant_type=password&username=a&password=b' }])
  })

  it('cloudfoundry: a sign-in address without a trace of one is told', async () => {
    const baseUrl = await serve((_request, response) => void response.writeHead(404).end('nothing'))
    await expect(walk(cloudfoundry, { baseUrl: baseUrl.href, credential: { username: 'a', password: 'b' } })).rejects.toThrow(
      code('SERVICE_UNEXPECTED'),
    )
  })
})

describe('whose account it is', () => {
  const accountOf = (definition: ConnectorDefinition, where: Parameters<typeof linkTo>[1], options = {}) => {
    const link = linkTo(definition, where, options)
    return link.account(link.client())
  }

  it('onehub: the e-mail address signed in with; not told of an access token', async () => {
    const { onehub: service } = await practice(50)
    const credentials = [service.credential, ...service.otherCredentials]
    const told = await Promise.all(credentials.map((credential) => accountOf(onehub, { baseUrl: service.baseUrl, credential })))
    expect(told).toEqual(
      credentials.map(({ username }) => (username === undefined ? null : { id: username.toLowerCase(), name: username })),
    )
    expect(told.filter((account) => account !== null)).toHaveLength(1)
  })

  it('lytics: the account of the token, unless an option names one; asked once', async () => {
    const { lytics: service } = await practice(50)
    const link = linkTo(lytics, service)
    const client = link.client()
    const told = await link.account(client)
    expect(told?.id).toMatch(/^[0-9a-f]+$/)
    expect(await link.account(client)).toEqual(told)
    expect(client.requestCount).toBe(1)
    expect(await accountOf(lytics, service, { account_id: told?.id ?? '' })).toBeNull()
  })

  it('lytics: a token that may not see its account tells nothing', async () => {
    const script = await serveScript(answer(403, '{"message":"Not authorized","status":403}'))
    expect(await accountOf(lytics, { baseUrl: script.baseUrl.href, credential: { token: 'token-token' } })).toBeNull()
  })

  it('oksky: not told', async () => {
    const { oksky: service } = await practice(50)
    expect(await accountOf(oksky, service)).toBeNull()
    expect(service.requestLog).toHaveLength(0)
  })

  const part = (claims: unknown) => Buffer.from(JSON.stringify(claims)).toString('base64url')
  it.each([
    [
      { sub: 'u-1', user_id: 'u-1', user_name: 'ada' },
      { id: 'u-1', name: 'ada' },
    ],
    [
      { sub: 'auditor', client_id: 'auditor' },
      { id: 'auditor', name: 'auditor' },
    ],
    [
      { sub: 7, user_name: 'ada' },
      { id: '7', name: 'ada' },
    ],
    [{ sub: ['u-1'], user_name: 'ada' }, null],
    [
      { user_id: 'u-1', user_name: 'the-secret-word\n of ada' },
      { id: 'u-1', name: '… of ada' },
    ],
    ['no object', null],
  ])('cloudfoundry: from the token that says %j', async (claims, account) => {
    const credential = { accessToken: `e30.${part(claims)}.the-secret-word` }
    const link = linkTo(cloudfoundry, { baseUrl: 'http://127.0.0.1:9', credential: { ...credential, password: 'the-secret-word' } })
    expect(await link.account(link.client())).toEqual(account)
  })

  it('cloudfoundry: not told of a token that is no JSON web token', async () => {
    for (const accessToken of ['opaque-token', 'a.b.c', 'e30.bm8ganNvbg.x', `e30.${part({ sub: 'x' })}`]) {
      expect(await accountOf(cloudfoundry, { baseUrl: 'http://127.0.0.1:9', credential: { accessToken } })).toBeNull()
    }
  })
})

describe('single events, people and file trails', () => {
  it.each(['lytics', 'oksky', 'cloudfoundry'] as const)('%s: an event fetched again has the bytes of the list', async (id) => {
    const services = await practice(400)
    const [event] = services[id].groundTruth()
    const client = linkTo(definitions[id], services[id]).client()
    const memory = new Memory()
    const fetched = await definitions[id].fetchOne?.(client, event?.externalId ?? '', {}, memory)
    expect(fetched && textOf(fetched)).toBe(event?.payload)
    services[id].vanish(event?.externalId ?? '')
    expect(await definitions[id].fetchOne?.(client, event?.externalId ?? '', {}, memory)).toBeNull()
  })

  it('cloudfoundry v2: the same', async () => {
    const services = await practice(400)
    services.cloudfoundry.quirks.isV3On = false
    const [event] = services.cloudfoundry.groundTruth()
    const client = linkTo(cloudfoundry, services.cloudfoundry).client()
    const fetched = await cloudfoundry.fetchOne?.(client, event?.externalId ?? '', {}, new Memory())
    expect(fetched && textOf(fetched)).toBe(event?.payload)
  })

  it.each(['evt_1f', '12 ', '7'])('oksky: the event %j is asked for by its id, and gone only where nothing is found', async (id) => {
    const record = `{"id":"${id}","type":"user_events"}`
    const data = (records: string) => answer(200, `{"data":[${records}]}`, { 'content-type': 'application/vnd.api+json' })
    const script = await serveScript(
      data(record),
      data('{"id":"11"},{"id":"12"}'),
      data(''),
      ...Array.from({ length: 4 }, () => answer(400)),
    )
    const client = linkTo(oksky, { baseUrl: script.baseUrl.href, credential: { token: 'token-token' } }).client()
    const fetchOne = async () => oksky.fetchOne?.(client, id, {}, new Memory())
    const fetched = await fetchOne()
    expect(fetched && textOf(fetched)).toBe(record)
    expect(new URL(script.requests[0]?.url ?? '', script.baseUrl).searchParams.get('filter[id]')).toBe(id)
    await expect(fetchOne()).rejects.toThrow(code('SERVICE_UNEXPECTED'))
    expect(await fetchOne()).toBeNull()
    await expect(fetchOne()).rejects.toThrow(code('SERVICE_BAD_REQUEST'))
  })

  it('oksky: an id that the filter would take apart is not asked for', async () => {
    const script = await serveScript(answer(200, '{"data":[]}'))
    const client = linkTo(oksky, { baseUrl: script.baseUrl.href, credential: { token: 'token-token' } }).client()
    await expect(oksky.fetchOne?.(client, '1,2', {}, new Memory())).rejects.toThrow(code('NOT_SUPPORTED'))
    expect(script.requests).toEqual([])
  })

  it('cloudfoundry: where the filter is passed over, the address of the event tells', async () => {
    const list = answer(200, '{"resources":[{"guid":"other"}]}')
    const script = await serveScript(list, answer(200, '{"guid":"wanted"}'), list, answer(404))
    const client = linkTo(cloudfoundry, { baseUrl: script.baseUrl.href, credential: { accessToken: 'token-token' } }).client()
    const fetchOne = async () => cloudfoundry.fetchOne?.(client, 'wanted', { api: 'v3' }, new Memory())
    const fetched = await fetchOne()
    expect(fetched && textOf(fetched)).toBe('{"guid":"wanted"}')
    expect(await fetchOne()).toBeNull()
  })

  it('lytics: an error while fetching one event is not taken for its absence', async () => {
    const script = await serveScript(answer(500, '{"data":null,"message":"database is down","status":500}'))
    const client = linkTo(lytics, { baseUrl: script.baseUrl.href, credential: { token: 'token-token' } }).client()
    await expect(lytics.fetchOne?.(client, 'x', { api: 'v1' }, new Memory())).rejects.toThrow(code('SERVICE_UNAVAILABLE'))
  })

  it('lytics: a user by e-mail', async () => {
    const services = await practice(400)
    const client = linkTo(lytics, services.lytics).client()
    const ids = services.lytics.groundTruth().map(({ payload }) => (JSON.parse(payload) as { user_id?: string }).user_id ?? '')
    const [known] = await namesOf(lytics, client, 'user', ids)
    expect(await lytics.findUser?.(client, known?.email ?? '')).toEqual({ id: known?.id, name: known?.name, email: known?.email })
    expect(await lytics.findUser?.(client, 'nobody@nowhere.example')).toBeNull()
  })

  it('onehub: the whole trail of a file, where the role allows it', async () => {
    const services = await practice(6_000)
    const service = services.onehub
    const client = linkTo(onehub, service).client()
    const byFile = new Map<string, string[]>()
    for (const { payload } of service.groundTruth()) {
      const id = /\/files\/(\d+)/.exec(payload)?.[1]
      if (id !== undefined) byFile.set(id, [...(byFile.get(id) ?? []), payload])
    }
    const readable: number[] = []
    const refused: unknown[] = []
    for (const [fileId, payloads] of [...byFile].sort((a, b) => b[1].length - a[1].length).slice(0, 60)) {
      try {
        const got: string[] = []
        const context = {
          client,
          options: {},
          memory: new Memory(),
          resume: null,
          signal: new AbortController().signal,
          nowMs: 0,
          report: () => undefined,
          fileId,
        }
        for await (const page of onehub.walkFileTrail?.(context) ?? []) got.push(...page.records.map(textOf))
        expect(new Set(got).size).toBe(got.length)
        for (const payload of payloads) expect(got).toContain(payload)
        readable.push(payloads.length)
      } catch (error) {
        refused.push(error)
      }
    }
    expect(Math.max(...readable)).toBeGreaterThan(5)
    for (const error of refused)
      expect(error).toMatchObject({ code: 'SERVICE_FORBIDDEN', message: expect.stringContaining('Moderator or above') as string })
    expect(refused.length).toBeGreaterThan(0)
  })

  it.each(serviceIds)('%s: names come in batches and reach the mapped events', async (id) => {
    const services = await practice(600)
    const definition = definitions[id]
    const client = linkTo(definition, services[id]).client()
    const records = (await walk(definition, services[id])).flatMap((page) => page.records)
    for (const [kind, { batchSize }] of Object.entries(definition.lookUps)) {
      const refs = records.flatMap((record) => definition.wantedNames(record, { get: () => undefined })).filter((ref) => ref.kind === kind)
      const ids = new Set(refs.map(({ id }) => id))
      const livesInRoom = ['message', 'member', 'support'].includes(kind)
      const facts: NameFact[] = []
      const distinct = [...ids].slice(0, 20)
      for (let at = 0; at < distinct.length; at += batchSize)
        facts.push(...(await namesOf(definition, client, kind, distinct.slice(at, at + batchSize))))
      for (const fact of facts) expect(livesInRoom ? [kind, 'room'] : [kind]).toContain(fact.kind)
      const wanted = facts.filter((fact) => ids.has(fact.id))
      if (ids.size > 3 && !livesInRoom) expect(wanted.some(({ name }) => name !== null)).toBe(true)
    }
  })
})

describe('error bodies', () => {
  const said = (id: (typeof serviceIds)[number], body: string) => {
    const bytes = Buffer.from(body)
    return definitions[id].readError({
      status: 400,
      headers: {},
      bytes,
      url: new URL('https://example.com/'),
      text: () => body,
      json: () => JSON.parse(body) as unknown,
    })
  }
  it.each([
    ['onehub', '{"error":"invalid_grant","error_description":"No"}', { code: 'invalid_grant', message: 'No' }],
    ['onehub', '{"errors":{"name":["is taken"]}}', { code: null, message: 'name is taken' }],
    ['onehub', '{"errors":{}}', null],
    ['onehub', '<html>', null],
    ['lytics', '{"data":null,"message":"Not authorized","status":401}', { code: '401', message: 'Not authorized' }],
    ['lytics', '{"errors":[{"code":"BADREQ-001","message":"Bad"}],"status":400}', { code: 'BADREQ-001', message: 'Bad' }],
    [
      'oksky',
      '{"errors":[{"status":"400","code":"114","title":"Bad sort","detail":"id is not a valid sort"}]}',
      { code: '114', message: 'id is not a valid sort' },
    ],
    ['oksky', '{"erros":[{"code":401,"title":"Unauthorized"}]}', { code: '401', message: 'Unauthorized' }],
    [
      'cloudfoundry',
      '{"description":"Bad","error_code":"CF-BadQueryParameter","code":10005}',
      { code: 'CF-BadQueryParameter', message: 'Bad' },
    ],
    [
      'cloudfoundry',
      '{"errors":[{"code":10000,"title":"CF-NotFound","detail":"Unknown request"}]}',
      { code: 'CF-NotFound', message: 'Unknown request' },
    ],
    [
      'cloudfoundry',
      '{"error":"unauthorized","error_description":"Bad credentials"}',
      { code: 'unauthorized', message: 'Bad credentials' },
    ],
    ['cloudfoundry', 'V2 endpoints disabled', { code: null, message: 'V2 endpoints disabled' }],
    ['cloudfoundry', '<html><body>429</body></html>', null],
  ] as const)('%s: %s', (id, body, expected) => {
    expect(said(id, body)).toEqual(expected)
  })
})

describe('answers that must not be believed', () => {
  it.each([
    ['lytics', '{"data":"none","message":"success","status":200}', 'SERVICE_UNEXPECTED'],
    ['lytics', '{"message":"success","status":200}', 'SERVICE_UNEXPECTED'],
    ['lytics', '{"data":null,"message":"index is down","status":200}', 'SERVICE_UNEXPECTED'],
    ['lytics', '{"data":[],"message":"boom","status":"error"}', 'SERVICE_UNEXPECTED'],
    ['lytics', '{"data":null,"message":"Not authorized","status":401}', 'SERVICE_UNAUTHORIZED'],
    ['lytics', '{"data":null,"message":"Not yours","status":403}', 'SERVICE_FORBIDDEN'],
    ['onehub', '{"items":{}}', 'SERVICE_UNEXPECTED'],
    ['oksky', '{"data":{}}', 'SERVICE_UNEXPECTED'],
    ['oksky', '{"data":[{"id":"2"}],"links":{"next":"https://elsewhere.example/rapi/v1/user_events"}}', 'SERVICE_OTHER_ORIGIN'],
    ['cloudfoundry', '{"resources":7}', 'SERVICE_UNEXPECTED'],
    [
      'cloudfoundry',
      '{"resources":[],"pagination":{"total_results":9,"next":{"href":"https://elsewhere.example/v3"}}}',
      'SERVICE_OTHER_ORIGIN',
    ],
  ] as const)('%s: %s', async (id, body, expected) => {
    const script = await serveScript(answer(200, body, { 'content-type': 'application/json' }))
    const credential = { token: 'token-token', accessToken: 'token-token' }
    const options = id === 'lytics' ? { api: 'v2' } : {}
    await expect(walk(definitions[id], { baseUrl: script.baseUrl.href, credential }, { options })).rejects.toThrow(code(expected))
  })

  it('lytics: a failure within a success is told in one line without the token', async () => {
    const script = await serveScript(answer(200, '{"data":null,"message":"token\\n\\u001b[2J token-token \\u202ewrong","status":500}'))
    const failing = walk(lytics, { baseUrl: script.baseUrl.href, credential: { token: 'token-token' } }, { options: { api: 'v2' } })
    await expect(failing).rejects.toThrow('"token [2J … wrong"')
  })

  it('cloudfoundry: a refused sign-in is told in one line without what was sent', async () => {
    const basic = Buffer.from('robot:client-secret').toString('base64')
    const uaa = await serve((request, response) => {
      const links = `{"links":{"uaa":{"href":"http://${request.headers.host}"}}}`
      const refusal = `{"error":"x","error_description":"no\\u001b[2J client-secret, ${basic}, robot"}`
      response.writeHead(request.url === '/' ? 200 : 401).end(request.url === '/' ? links : refusal)
    })
    const failing = walk(cloudfoundry, { baseUrl: uaa.href, credential: { clientId: 'robot', clientSecret: 'client-secret' } })
    await expect(failing).rejects.toThrow('It says: no [2J …, …, robot.')
  })

  it('oksky: the placeholder host of the documentation is no link', async () => {
    const script = await serveScript(
      answer(200, '{"data":[{"id":"1"}],"meta":{"record_count":1},"links":{"first":"https://{YOUR_OKSKY_DOMAIN}/rapi/v1/user_events"}}'),
    )
    expect(await walk(oksky, { baseUrl: script.baseUrl.href, credential: { token: 'token-token' } })).toHaveLength(1)
  })
})
