import { describe, expect, it } from 'vitest'
import type { PracticeServices } from '../../src-main/demo/index.ts'
import { at, get, list, nowMs, shape, start, type Answer } from './support.ts'

const ask = ({ lytics }: PracticeServices, path: string): Promise<Answer> =>
  get(`${lytics.baseUrl}${path}`, { authorization: lytics.credential['token'] ?? '' })
const ids = (answer: Answer): readonly string[] => list(answer.body, 'data').map((event) => String(at(event, 'id')))
const everything = 'after=now-3y&before=now'
const truth = ({ lytics }: PracticeServices): readonly string[] => lytics.groundTruth().map(({ externalId }) => externalId)

/** The vendor's sample records. */
const samples = [
  {
    id: '13564999017e8b0e9994ff16411fd19b',
    ts: '1465584982676',
    priority: 2,
    subject_type: 'topic-document',
    subject_id: '-1894399319812759219',
    verb: 'created',
    account_id: 'fake46b7afad96f3a4e4b41cee40ecd6',
  },
  {
    id: 'c57172d7d22e1c7ac4c80ce713e6e7cb',
    ts: '1465844458666',
    priority: 2,
    subject_type: 'entity',
    subject_id: 'user/email/a.user@customers.example',
    verb: 'clustered',
    related: [{ type: 'segment', id: '791734b084019d99c82a475264464304' }],
    account_id: 'fake46b7afad96f3a4e4b41cee40ecd6',
    context: { in: '2016-06-13T18:58:29Z' },
  },
]

describe('version 1', () => {
  it('lists records shaped like the vendor’s samples, oldest first, to the end', async () => {
    const services = await start()
    const found: string[] = []
    for (let start = 0; ; start += 100) {
      const answer = await ask(services, `/api/event?${everything}&limit=100&start=${start}`)
      for (const sample of samples) {
        const alike = list(answer.body, 'data').find((event) => at(event, 'subject_type') === sample.subject_type)
        if (alike !== undefined) expect(shape(alike)).toEqual(shape(sample))
      }
      found.push(...ids(answer))
      if (ids(answer).length < 100) break
    }
    expect(found).toEqual(truth(services))
  })

  it('has twenty to a page, and never more than a hundred', async () => {
    const services = await start()
    expect(ids(await ask(services, `/api/event?${everything}`))).toHaveLength(20)
    expect(ids(await ask(services, `/api/event?${everything}&limit=5000`))).toHaveLength(100)
    services.lytics.quirks.overLimit = 'reject'
    expect((await ask(services, `/api/event?${everything}&limit=101`)).status).toBe(400)
  })

  it('with neither bound asks for an empty window, as documented, unless before means now', async () => {
    const services = await start()
    services.lytics.append(3)
    services.clock.set(nowMs + 1000)
    expect(ids(await ask(services, '/api/event'))).toEqual([])
    services.lytics.quirks.beforeDefault = 'now'
    expect(ids(await ask(services, '/api/event')).length).toBeGreaterThanOrEqual(3)
  })

  it('reads date math, days and RFC-3339 times, the last only while it is accepted', async () => {
    const services = await start()
    const weekAgo = new Date(nowMs - 7 * 86_400_000).toISOString()
    const expected = services.lytics
      .groundTruth()
      .filter(({ timeMs }) => timeMs > nowMs - 7 * 86_400_000)
      .map(({ externalId }) => externalId)
    expect(expected.length).toBeGreaterThan(0)
    expect(ids(await ask(services, '/api/event?after=now-1w&before=now&limit=100'))).toEqual(expected)
    expect(ids(await ask(services, `/api/event?after=${weekAgo}&before=now&limit=100`))).toEqual(expected)
    expect((await ask(services, '/api/event?after=2026-03-03&before=now')).status).toBe(200)
    services.lytics.quirks.rfc3339 = 'rejected'
    expect((await ask(services, `/api/event?after=${weekAgo}&before=now`)).status).toBe(400)
    services.lytics.quirks.rfc3339 = 'ignored'
    const threeDays = services.lytics
      .groundTruth()
      .filter(({ timeMs }) => timeMs > nowMs - 3 * 86_400_000)
      .map(({ externalId }) => externalId)
    expect(ids(await ask(services, `/api/event?after=${weekAgo}&before=now&limit=100`))).toEqual(threeDays)
  })

  it('refuses a start that is no number, as in the vendor’s own example', async () => {
    const services = await start()
    expect((await ask(services, '/api/event?type=segment&start=now-2w&limit=100&verb=created')).status).toBe(400)
  })

  it('filters by the subject and the verb', async () => {
    const services = await start()
    const answer = await ask(services, `/api/event?${everything}&limit=100&type=segment&verb=created`)
    expect(new Set(list(answer.body, 'data').map((event) => `${String(at(event, 'subject_type'))} ${String(at(event, 'verb'))}`))).toEqual(
      new Set(['segment created']),
    )
    const segment = String(at(answer.body, 'data', 0, 'subject_id'))
    const ofSegment = await ask(services, `/api/event?${everything}&id=${segment}`)
    expect(new Set(list(ofSegment.body, 'data').map((event) => at(event, 'subject_id')))).toEqual(new Set([segment]))
  })

  it('shows no actor, and gives a status that is sometimes a text', async () => {
    const services = await start()
    const answers = [1, 2, 3].map(() => ask(services, `/api/event?${everything}&limit=1`))
    const bodies = await Promise.all(answers)
    expect(new Set(bodies.map(({ body }) => body['status']))).toEqual(new Set([200, 'success']))
    expect(bodies[0]?.text).not.toContain('user_id')
  })

  it('fetches one event, and says Not Found under status 200', async () => {
    const services = await start()
    const [id = ''] = truth(services)
    expect(at((await ask(services, `/api/event/${id}`)).body, 'data', 'id')).toBe(id)
    const missing = await ask(services, '/api/event/0000')
    expect([missing.status, missing.body]).toEqual([200, { data: null, message: 'Not Found', status: 200 }])
  })

  it('keeps the events of other accounts apart', async () => {
    const services = await start()
    const accounts = await ask(services, '/api/account')
    const other = String(at(accounts.body, 'data', 1, 'id'))
    expect(ids(await ask(services, `/api/event?${everything}&limit=100&account_id=${other}`))).toHaveLength(25)
    expect((await ask(services, `/api/event?${everything}&account_id=unknown`)).status).toBe(403)
  })

  it('takes the token raw, without Bearer', async () => {
    const services = await start()
    const { baseUrl, credential } = services.lytics
    const answer = await get(`${baseUrl}/api/event`, { authorization: `Bearer ${credential['token']}` })
    expect([answer.status, answer.body]).toEqual([401, { data: null, message: 'Not authorized', status: 401 }])
  })
})

describe('version 2', () => {
  const window = `after=2020-01-01T00:00:00Z&before=${new Date(nowMs + 1).toISOString()}`

  it('shows who did it, byte for byte the ground truth', async () => {
    const services = await start()
    const answer = await ask(services, `/v2/event?${window}&limit=100`)
    for (const { payload } of services.lytics.groundTruth().slice(0, 100)) expect(answer.text).toContain(payload)
    const deed = list(answer.body, 'data').find((event) => at(event, 'user_id') !== undefined)
    const user = await ask(services, `/api/user/${String(at(deed, 'user_id'))}`)
    expect(String(at(user.body, 'data', 'email'))).toMatch(/@meridian\.example$/)
  })

  it('wants date-times and its own error envelope', async () => {
    const services = await start()
    const answer = await ask(services, '/v2/event?after=now-3d&before=now')
    expect([answer.status, at(answer.body, 'errors', 0, 'code')]).toEqual([400, 'BADREQ-001'])
  })

  it('can be switched off', async () => {
    const services = await start()
    services.lytics.quirks.isV2On = false
    const answer = await ask(services, `/v2/event?${window}`)
    expect([answer.status, at(answer.body, 'errors', 0, 'code')]).toEqual([404, 'NOTFOUND-003'])
    expect(at(JSON.parse(services.lytics.groundTruth()[0]?.payload ?? ''), 'ts')).toBeDefined()
  })
})

describe('names', () => {
  it('finds a user by e-mail, an account without envelope, a segment, and says when a segment is gone', async () => {
    const services = await start()
    expect(at((await ask(services, '/api/user/matthew.anderson%40meridian.example')).body, 'data', 'name')).toBe('Matthew Anderson')
    expect((await ask(services, '/api/account/current')).body['name']).toBe('Meridian Holdings')
    const segments = await ask(services, '/api/segment')
    const id = String(at(segments.body, 'data', 0, 'id'))
    expect(at((await ask(services, `/api/segment/${id}`)).body, 'data', 'id')).toBe(id)
    expect((await ask(services, '/api/segment/gone')).body['message']).toBe('Not Found')
    expect((await ask(services, '/api/user/gone')).status).toBe(404)
  })
})
