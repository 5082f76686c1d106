import type { Person } from '../generator/people.ts'
import type { OkskyClient, OkskyCustomer, OkskyRoom, OkskyTenant, OkskyWorld } from './records.ts'

/** A resource before it is written as JSON:API. */
export interface Resource {
  readonly id: string
  /** The type it calls itself, which for users is not the one that relationships name. */
  readonly type: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** To-one relationships by name. */
  readonly relationships: Readonly<Record<string, { readonly type: string; readonly id: string }>>
}

const unix = (timeMs: number): number => Math.floor(timeMs / 1000)
/** The tenant's own time, nine hours ahead of UTC: `2018-11-19T13:43:16.000+09:00`. */
const tokyo = (timeMs: number): string => new Date(timeMs + 9 * 3_600_000).toISOString().replace('Z', '+09:00')
const users = (id: number): { type: string; id: string } => ({ type: 'users', id: String(id) })

const userAttributes = (
  uuid: string,
  username: string,
  name: string,
  email: string | null,
  createdMs: number,
): Record<string, unknown> => ({
  uuid,
  username,
  full_name: name,
  name,
  email,
  status: 'offline',
  timezone: 'Asia/Tokyo',
  is_active: true,
  language: 'ja',
  info: null,
  created_at: tokyo(createdMs),
  created_at_unix: unix(createdMs),
})

export const administrator = (person: Person, createdMs: number): Resource => ({
  id: String(person.okskyId),
  type: 'administrators',
  attributes: {
    ...userAttributes(person.cloudFoundryGuid, person.username, person.fullName, person.email, createdMs),
    user_type: 'Administrator',
  },
  relationships: {},
})

export const customer = ({ id, name, createdMs }: OkskyCustomer): Resource => ({
  id: String(id),
  type: 'customers',
  attributes: { ...userAttributes(`customer-${name}`, name, name, null, createdMs), user_type: 'Customer' },
  relationships: {},
})

export const room = ({ id, name, kind, createUserId, createdMs }: OkskyRoom): Resource => ({
  id: String(id),
  type: 'rooms',
  attributes: {
    name,
    description: null,
    is_private: kind === 'direct_room',
    kind,
    awaiting_support: false,
    is_external: kind === 'support_room',
    created_at: tokyo(createdMs),
    created_at_unix: unix(createdMs),
  },
  relationships: { create_user: users(createUserId) },
})

/** A message, member or support: the attributes differ, the room and the user do not. */
export const tenant = (type: 'messages' | 'members' | 'supports', { id, roomId, userId, createdMs }: OkskyTenant): Resource => {
  const created = { created_at: tokyo(createdMs), created_at_unix: unix(createdMs) }
  const attributes = {
    messages: { text: `message ${id}`, kind: 'text', room_id: roomId, ...created },
    members: { room_id: roomId, user_id: userId, ...created },
    supports: { status: 'open', room_id: roomId, user_id: userId, start_time_unix: unix(createdMs), end_time_unix: null },
  }[type]
  return { id: String(id), type, attributes, relationships: { room: { type: 'rooms', id: String(roomId) }, user: users(userId) } }
}

export const client = ({ id, title }: OkskyClient): Resource => ({
  id: String(id),
  type: 'clients',
  attributes: { title, code: `C-${String(id).padStart(5, '0')}` },
  relationships: {},
})

/** Whether a resource passes one filter with the values asked for. */
export type Filter = (resource: Resource, values: readonly string[]) => boolean

/** Collections beside `user_events`: what they hold now, and the filters they know. */
export interface Collection {
  readonly filters: Readonly<Record<string, Filter>>
  list(): readonly Resource[]
}

const byId: Filter = ({ id }, values) => values.includes(id)
const byAttribute =
  (name: string): Filter =>
  ({ attributes }, values) =>
    values.includes(String(attributes[name] ?? ''))
const byNameLike: Filter = ({ attributes }, [part = '']) => String(attributes['name']).toLowerCase().includes(part.toLowerCase())
const afterCreated: Filter = ({ attributes }, [second]) => Number(attributes['created_at_unix']) >= Number(second)
const beforeCreated: Filter = ({ attributes }, [second]) => Number(attributes['created_at_unix']) <= Number(second)

const filters = (names: readonly string[], others: Readonly<Record<string, Filter>> = {}): Readonly<Record<string, Filter>> => ({
  id: byId,
  ...Object.fromEntries(names.map((name) => [name, byAttribute(name)])),
  ...others,
})

/** The collections by path; `isThere` says whether a person's account still exists. */
export const createCollections = (
  world: OkskyWorld,
  isThere: (person: Person) => boolean,
  fromMs: number,
): ReadonlyMap<string, Collection> => {
  const users = (): readonly Resource[] => [
    ...world.people.filter((person) => isThere(person)).map((person) => administrator(person, fromMs)),
    ...world.customers.all.map(customer),
  ]
  const inRooms = (type: 'messages' | 'members' | 'supports') => (): readonly Resource[] =>
    world[type].all.map((item) => tenant(type, item))
  return new Map<string, Collection>([
    ['users', { filters: filters(['uuid']), list: users }],
    ['clients', { filters: filters(['title', 'code']), list: () => world.clients.all.map(client) }],
    ['rooms', { filters: filters(['name', 'kind'], { name_like: byNameLike }), list: () => world.rooms.all.map(room) }],
    [
      'messages',
      {
        filters: filters(['kind', 'room_id'], { after_created_at: afterCreated, before_created_at: beforeCreated }),
        list: inRooms('messages'),
      },
    ],
    ['members', { filters: filters(['room_id', 'user_id']), list: inRooms('members') }],
    ['supports', { filters: filters(['room_id', 'user_id', 'status']), list: inRooms('supports') }],
  ])
}
