import { EventStore } from '../event-store.ts'
import type { People } from '../generator/people.ts'
import { slice, type PracticeRequest, type Reply } from '../http/message.ts'
import type { ServiceParts } from '../practice-service.ts'
import { createRandom } from '../random.ts'
import type { PracticeClock } from '../types.ts'
import { errorBody, JsonApiError, mediaType, maxPageSize, pageLinks, parseListQuery, type ListQuery } from './json-api.ts'
import type { OkskyEvent, OkskyWorld } from './records.ts'
import { createCollections, type Collection, type Resource } from './resources.ts'

export interface OkskyQuirks {
  /** Without it every `sort` is refused: 400, code 114. */
  isSortOn: boolean
  /** The most events of a page, whatever more was asked for. */
  mostPerPage: number
  /** Whether `links` name the next page of events, or only the first and the last one. */
  hasNextLinks: boolean
  /** Refuses everybody because of the address they come from. */
  isAddressRefused: boolean
  /** Whether the `user` relationship carries `data`, or links alone. */
  hasRelationshipData: boolean
  /** Whether lists of messages, members and supports take `include=room`; without it, 400, code 112. */
  canIncludeRooms: boolean
}

const base = '/rapi/v1'
const eventAttributes = ['resource_type', 'kind', 'resource_id', 'created_at_unix'] as const

/** OK SKY (`/rapi/v1`, JSON:API) over a generated world. `origin` is asked when links are written. */
export const createOksky = (
  seed: string,
  people: People,
  world: OkskyWorld,
  events: readonly OkskyEvent[],
  clock: PracticeClock,
  fromMs: number,
  origin: () => string,
): ServiceParts<OkskyEvent, OkskyQuirks> => {
  const random = createRandom(`${seed}/oksky/secrets`)
  const quirks: OkskyQuirks = {
    isSortOn: true,
    mostPerPage: maxPageSize,
    hasNextLinks: true,
    isAddressRefused: false,
    hasRelationshipData: true,
    canIncludeRooms: true,
  }
  const credential = { token: random.hex(48) }
  const store = new EventStore(events, (left, right) => left.sequence - right.sequence)
  const collections = createCollections(world, (person) => people.isThere(person, clock.now()), fromMs)

  const document = (resource: Resource, fields: ReadonlySet<string> | undefined): unknown => {
    const self = `${origin()}${base}/${resource.type}/${resource.id}`
    const kept = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> =>
      Object.fromEntries(entries.filter(([name]) => fields === undefined || fields.has(name)))
    const relationships = Object.entries(resource.relationships).map(([name, data]) => {
      const links = { self: `${self}/relationships/${name}`, related: `${self}/${name}` }
      return [name, quirks.hasRelationshipData ? { links, data } : { links }] as const
    })
    return {
      id: resource.id,
      type: resource.type,
      links: { self },
      attributes: kept(Object.entries(resource.attributes)),
      ...(relationships.length === 0 ? {} : { relationships: kept(relationships) }),
    }
  }
  const eventResource = (event: OkskyEvent): Resource => ({
    id: event.id,
    type: 'user_events',
    attributes: {
      resource_type: event.resourceType,
      kind: event.kind,
      resource_id: event.resourceId,
      created_at_unix: event.timeMs / 1000,
    },
    relationships: { user: { type: 'users', id: String(event.userId) } },
  })
  const render = (event: OkskyEvent, fields?: ReadonlySet<string>): string =>
    store.edited(event.id, JSON.stringify(document(eventResource(event), fields)))

  const reply = (body: string): Reply => ({ status: 200, headers: { 'content-type': mediaType }, body })
  const notFound = (what: string): JsonApiError =>
    new JsonApiError(404, '404', 'Record not found', `The record identified by ${what} could not be found.`)

  const included = (shown: readonly OkskyEvent[], query: ListQuery): readonly unknown[] => {
    const wanted = new Set(shown.map(({ userId }) => String(userId)))
    const all = collections.get('users')?.list() ?? []
    return all.filter(({ id }) => wanted.has(id)).map((user) => document(user, query.fields.get(user.type) ?? query.fields.get('users')))
  }

  const sorted = (passing: readonly OkskyEvent[], sort: readonly string[]): readonly OkskyEvent[] => {
    const [first = 'id'] = sort
    if (first === 'id') return passing
    if (first === '-id') return passing.toReversed()
    const attribute = first.replace(/^-/, '')
    const direction = first.startsWith('-') ? -1 : 1
    const value = (event: OkskyEvent): unknown => eventResource(event).attributes[attribute]
    return passing.toSorted((left, right) => {
      const [a, b] = [value(left), value(right)]
      if (typeof a === 'number' && typeof b === 'number') return direction * (a - b)
      return direction * String(a ?? '').localeCompare(String(b ?? ''))
    })
  }

  const listEvents = (path: string, parameters: URLSearchParams, ofUser: number | null): Reply => {
    const rules = { filters: ['id'], sortable: ['id', ...eventAttributes], includable: ['user'], isSortOn: quirks.isSortOn }
    const asked = parseListQuery(parameters, 'user_events', rules)
    const query = { ...asked, pageSize: Math.min(asked.pageSize, quirks.mostPerPage) }
    const ids = query.filters.get('id')
    const idSet = ids === undefined ? null : new Set(ids)
    const passing = store.select(
      JSON.stringify([ids ?? null, ofUser]),
      (event) => (idSet === null || idSet.has(event.id)) && (ofUser === null || event.userId === ofUser),
    )
    const shown = slice(sorted(passing, query.sort), (query.pageNumber - 1) * query.pageSize, query.pageSize)
    const tail = JSON.stringify({
      ...(query.include.includes('user') ? { included: included(shown, query) } : {}),
      meta: { record_count: passing.length },
      links: { ...pageLinks(`${origin()}${path}`, query, passing.length), ...(quirks.hasNextLinks ? {} : { next: undefined }) },
    })
    const fields = query.fields.get('user_events')
    return {
      ...reply(`{"data":[${shown.map((event) => render(event, fields)).join(',')}],${tail.slice(1)}`),
      eventIds: shown.map(({ id }) => id),
    }
  }

  const roomsOf = (shown: readonly Resource[]): readonly Resource[] => {
    const wanted = new Set(shown.map(({ relationships }) => relationships['room']?.id))
    return (collections.get('rooms')?.list() ?? []).filter(({ id }) => wanted.has(id))
  }

  const listOthers = (path: string, type: string, collection: Collection, parameters: URLSearchParams): Reply => {
    const includable = quirks.canIncludeRooms && ['messages', 'members', 'supports'].includes(type) ? ['room'] : []
    const rules = { filters: Object.keys(collection.filters), sortable: ['id'], includable, isSortOn: quirks.isSortOn }
    const query = parseListQuery(parameters, type, rules)
    const passing = collection
      .list()
      .filter((resource) => [...query.filters].every(([name, values]) => collection.filters[name]?.(resource, values) ?? true))
    const ordered = query.sort[0] === '-id' ? passing.toReversed() : passing
    const shown = slice(ordered, (query.pageNumber - 1) * query.pageSize, query.pageSize)
    return reply(
      JSON.stringify({
        data: shown.map((resource) => document(resource, query.fields.get(resource.type) ?? query.fields.get(type))),
        ...(query.include.includes('room') ? { included: roomsOf(shown).map((room) => document(room, query.fields.get('rooms'))) } : {}),
        meta: { record_count: passing.length },
        links: pageLinks(`${origin()}${path}`, query, passing.length),
      }),
    )
  }

  const route = (request: PracticeRequest): Reply => {
    const { path } = request
    if (path === `${base}/user_events`) return listEvents(path, request.query, null)
    const [, ofUser] = /^\/rapi\/v1\/users\/(\d+)\/user_events$/.exec(path) ?? []
    if (ofUser !== undefined) return listEvents(path, request.query, Number(ofUser))

    const [, type = '', id, related] = /^\/rapi\/v1\/([a-z_]+)(?:\/(\d+))?(?:\/(user))?$/.exec(path) ?? []
    const plural = type === 'administrators' || type === 'customers' ? 'users' : type
    const collection = collections.get(related === undefined ? plural : 'users')
    if (type === 'user_events' && id !== undefined) {
      const event = store.find(id)
      if (event === undefined) throw notFound(id)
      if (related === undefined) return reply(`{"data":${render(event)}}`)
      const user = collection?.list().find((candidate) => candidate.id === String(event.userId))
      return reply(JSON.stringify({ data: user === undefined ? null : document(user, undefined) }))
    }
    if (collection === undefined || related !== undefined) throw new JsonApiError(404, '404', 'Not found', `There is nothing at ${path}.`)
    if (id === undefined) return listOthers(path, plural, collection, request.query)
    const resource = collection.list().find((candidate) => candidate.id === id)
    if (resource === undefined) throw notFound(id)
    return reply(JSON.stringify({ data: document(resource, undefined) }))
  }

  const handle = (request: PracticeRequest): Reply => {
    try {
      if (quirks.isAddressRefused) {
        throw new JsonApiError(
          403,
          '403',
          'Invalid IP Address. Did you set the VALID_IPS environment variable?',
          'The address is not on the list.',
        )
      }
      if (request.headers['x-access-token'] !== credential.token)
        throw new JsonApiError(401, '401', 'Unauthorized', 'The access token is missing or wrong.')
      const accept = request.headers['accept'] ?? ''
      if (accept !== mediaType && accept !== '*/*') {
        throw new JsonApiError(
          406,
          '406',
          'Not acceptable',
          `All requests must use the '${mediaType}' Accept without media type parameters.`,
        )
      }
      if (request.headers['content-type'] !== mediaType) {
        throw new JsonApiError(415, '415', 'Unsupported media type', `All requests must use the '${mediaType}' Content-Type.`)
      }
      if (request.method !== 'GET') throw new JsonApiError(405, '405', 'Method not allowed', 'The practice service is read-only.')
      return route(request)
    } catch (error) {
      if (error instanceof JsonApiError) return errorBody(error)
      throw error
    }
  }

  return {
    service: 'oksky',
    name: 'OK SKY (practice)',
    credential,
    otherCredentials: [],
    quirks,
    store,
    source: world,
    render: (event) => render(event),
    isVisible: () => true,
    revise: (element, revision) => {
      if (typeof element['attributes'] === 'object') element['attributes'] = { ...element['attributes'], note: `corrected ${revision}` }
    },
    classify: ({ path }) => (path.endsWith('/user_events') ? 'list' : 'other'),
    handle,
    errorReply: (status, message) => errorBody(new JsonApiError(status, String(status), message, message)),
    expireTokens: () => undefined,
  }
}
