import { describe, expect, it } from 'vitest'
import type { PracticeServices } from '../../src-main/demo/index.ts'
import { at, get, list, shape, start, type Answer } from './support.ts'

const mediaType = 'application/vnd.api+json'
const headers = ({ oksky }: PracticeServices): Record<string, string> => ({
  'x-access-token': oksky.credential['token'] ?? '',
  accept: mediaType,
  'content-type': mediaType,
})
const ask = (services: PracticeServices, path: string): Promise<Answer> =>
  get(`${services.oksky.baseUrl}/rapi/v1${path}`, headers(services))
const ids = (answer: Answer): readonly number[] => list(answer.body, 'data').map((event) => Number(at(event, 'id')))
const truth = ({ oksky }: PracticeServices): readonly number[] =>
  oksky
    .groundTruth()
    .map(({ externalId }) => Number(externalId))
    .sort((a, b) => a - b)
const refusal = (answer: Answer): readonly unknown[] => [answer.status, at(answer.body, 'errors', 0, 'code')]

/** The vendor's sample record. */
const sample = {
  id: '3',
  type: 'user_events',
  links: { self: 'https://tenant.example/rapi/v1/user_events/3' },
  attributes: { resource_type: 'Room', kind: 'obj_create', resource_id: 1, created_at_unix: 1542602860 },
  relationships: {
    user: {
      links: {
        self: 'https://tenant.example/rapi/v1/user_events/3/relationships/user',
        related: 'https://tenant.example/rapi/v1/user_events/3/user',
      },
      data: { type: 'users', id: '2' },
    },
  },
}

describe('/user_events', () => {
  it('lists records shaped like the vendor’s sample, 25 to a page, by ascending id', async () => {
    const services = await start()
    const answer = await ask(services, '/user_events')
    for (const event of list(answer.body, 'data')) expect(shape(event)).toEqual(shape(sample))
    expect(ids(answer)).toEqual(truth(services).slice(0, 25))
    expect(at(answer.body, 'meta', 'record_count')).toBe(truth(services).length)
    for (const { payload } of services.oksky.groundTruth().slice(0, 20)) expect(answer.text).toContain(payload)
    expect(answer.headers.get('content-type')).toBe(mediaType)
  })

  it('links percent-encoded pages, repeating what was asked, until there is no next', async () => {
    const services = await start()
    const first = await ask(services, '/user_events?page[size]=40&sort=-id')
    expect(Object.keys(at(first.body, 'links') as object)).toEqual(['first', 'next', 'last'])
    expect(at(first.body, 'links', 'next')).toBe(
      `${services.oksky.baseUrl}/rapi/v1/user_events?sort=-id&page%5Bnumber%5D=2&page%5Bsize%5D=40`,
    )
    const found = [...ids(first)]
    let next = at(first.body, 'links', 'next')
    while (typeof next === 'string') {
      const answer = await get(next, headers(services))
      found.push(...ids(answer))
      next = at(answer.body, 'links', 'next')
    }
    expect(found).toEqual(truth(services).toReversed())
  })

  it.each([
    ['page[size]=101', '118'],
    ['page[number]=0', '118'],
    ['sort=-name', '114'],
    ['include=room', '112'],
    ['filter[kind]=signin', '102'],
    ['limit=3', '105'],
  ])('refuses %s with code %s', async (query, code) => {
    const services = await start()
    expect(refusal(await ask(services, `/user_events?${query}`))).toEqual([400, code])
  })

  it('can be told not to sort', async () => {
    const services = await start()
    services.oksky.quirks.isSortOn = false
    expect(refusal(await ask(services, '/user_events?sort=-id'))).toEqual([400, '114'])
  })

  it('filters by ids', async () => {
    const services = await start()
    const wanted = truth(services).slice(10, 13)
    expect(ids(await ask(services, `/user_events?filter[id]=${wanted.join(',')},999999`))).toEqual(wanted)
  })

  it('includes users under types of their own, with the fields asked for', async () => {
    const services = await start()
    const answer = await ask(services, '/user_events?include=user&fields[users]=name,email&page[size]=100')
    const referred = new Set(list(answer.body, 'data').map((event) => at(event, 'relationships', 'user', 'data', 'type')))
    const included = list(answer.body, 'included')
    expect(referred).toEqual(new Set(['users']))
    expect(new Set(included.map((user) => at(user, 'type')))).toEqual(new Set(['administrators', 'customers']))
    for (const user of included) expect(shape(at(user, 'attributes'))).toEqual(['email', 'name'])
  })

  it('has gaps in its ids, into which late events fall', async () => {
    const services = await start()
    const before = new Set(truth(services))
    const [late] = services.oksky.appendLate(60_000)
    expect(Number(late?.externalId)).toBeLessThan(Math.max(...before))
    expect(before.has(Number(late?.externalId))).toBe(false)
  })
})

describe('headers', () => {
  it.each([
    ['x-access-token', 'wrong', 401],
    ['accept', 'application/json', 406],
    ['content-type', 'application/json', 415],
  ])('refuses %s: %s with %i', async (name, value, status) => {
    const services = await start()
    const answer = await get(`${services.oksky.baseUrl}/rapi/v1/user_events`, { ...headers(services), [name]: value })
    expect(answer.status).toBe(status)
    expect(shape(at(answer.body, 'errors', 0))).toEqual(['code', 'detail', 'status', 'title'])
  })

  it('can refuse the address of the caller', async () => {
    const services = await start()
    services.oksky.quirks.isAddressRefused = true
    const answer = await ask(services, '/user_events')
    expect([answer.status, at(answer.body, 'errors', 0, 'title')]).toEqual([
      403,
      'Invalid IP Address. Did you set the VALID_IPS environment variable?',
    ])
  })
})

describe('names', () => {
  it('answers with users, rooms and what lives in rooms', async () => {
    const services = await start()
    expect(at((await ask(services, '/users/1')).body, 'data', 'links', 'self')).toBe(`${services.oksky.baseUrl}/rapi/v1/administrators/1`)
    const messages = await ask(services, '/messages?page[size]=1')
    const room = String(at(messages.body, 'data', 0, 'relationships', 'room', 'data', 'id'))
    expect(room).toMatch(/^\d+$/)
    const rooms = await ask(services, '/rooms?filter[id]=1,2')
    expect(list(rooms.body, 'data').map((each) => at(each, 'type'))).toEqual(['rooms', 'rooms'])
    expect((await ask(services, '/rooms/999999')).status).toBe(404)
    const name = String(at(rooms.body, 'data', 0, 'attributes', 'name'))
    const alike = await ask(services, `/rooms?filter[name_like]=${encodeURIComponent(name.slice(0, 5).toUpperCase())}`)
    expect(list(alike.body, 'data').map((each) => at(each, 'attributes', 'name'))).toContain(name)
    for (const collection of ['members', 'supports', 'clients']) expect((await ask(services, `/${collection}`)).status).toBe(200)
  })

  it('fetches one event and the user behind it, and the events of a user', async () => {
    const services = await start()
    const [id] = truth(services)
    const event = await ask(services, `/user_events/${id}`)
    const user = String(at(event.body, 'data', 'relationships', 'user', 'data', 'id'))
    expect(at((await ask(services, `/user_events/${id}/user`)).body, 'data', 'id')).toBe(user)
    expect(ids(await ask(services, `/users/${user}/user_events?page[size]=100`))).toContain(id)
  })
})
