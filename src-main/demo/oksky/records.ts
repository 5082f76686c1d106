import { plainName } from '../generator/names.ts'
import type { People, Person } from '../generator/people.ts'
import { createPool, type Pool } from '../generator/pool.ts'
import type { EventSource } from '../practice-service.ts'
import { createRandom } from '../random.ts'
import type { PracticeEvent } from '../types.ts'

export interface OkskyEvent extends PracticeEvent {
  readonly sequence: number
  readonly userId: number
  readonly kind: string
  readonly resourceType: string | null
  readonly resourceId: number | null
}

/** A visitor of the web site, signed in without an account. */
export interface OkskyCustomer {
  readonly id: number
  /** Digits of the moment of the first visit. */
  readonly name: string
  readonly createdMs: number
}

export interface OkskyRoom {
  readonly id: number
  name: string
  readonly kind: 'support_room' | 'direct_room' | 'group_room'
  readonly createUserId: number
  readonly createdMs: number
}

/** A customer organisation. */
export interface OkskyClient {
  readonly id: number
  readonly title: string
}

/** Something that lives in a room. */
export interface OkskyTenant {
  readonly id: number
  readonly roomId: number
  readonly userId: number
  readonly createdMs: number
}

/** Rooms, messages, members and supports as they stand after the events made so far. */
export interface OkskyWorld extends EventSource<OkskyEvent> {
  readonly people: readonly Person[]
  readonly customers: Pool<OkskyCustomer>
  readonly clients: Pool<OkskyClient>
  readonly rooms: Pool<OkskyRoom>
  readonly messages: Pool<OkskyTenant>
  readonly members: Pool<OkskyTenant>
  readonly supports: Pool<OkskyTenant>
}

interface Deed {
  readonly kind: string
  readonly resourceType: string | null
  readonly resourceId: number | null
}

const deedWeights: readonly (readonly [string, number])[] = [
  ['signin', 26],
  ['signout', 9],
  ['create Message', 34],
  ['update Message', 4],
  ['destroy Message', 2],
  ['create Room', 4],
  ['update Room', 4],
  ['destroy Room', 0.5],
  ['create Member', 5],
  ['destroy Member', 1],
  ['create Support', 4],
  ['update Support', 4],
  ['create Client', 1],
  ['create SupportDraftMessage', 1.5],
]

/** First id of the visitors; the organisation's own users have small ids. */
const firstCustomerId = 10_001

export const createOkskyWorld = (seed: string, people: People, fromMs: number): OkskyWorld => {
  const random = createRandom(`${seed}/oksky`)
  const customers = createPool<OkskyCustomer>()
  const clients = createPool<OkskyClient>()
  const rooms = createPool<OkskyRoom>()
  const messages = createPool<OkskyTenant>()
  const members = createPool<OkskyTenant>()
  const supports = createPool<OkskyTenant>()
  const lastIds = new Map<string, number>()
  const skippedSequences: number[] = []
  let lastSequence = 0

  const nextId = (type: string, first = 1): number => {
    const id = lastIds.has(type) ? (lastIds.get(type) ?? 0) + 1 : first
    lastIds.set(type, id)
    return id
  }
  const customer = (timeMs: number): OkskyCustomer => {
    const known = customers.recent(random)
    if (known !== undefined && random.chance(0.7)) return known
    const digits = new Date(timeMs).toISOString().replace(/\D/g, '').slice(2, 14)
    return customers.add({
      id: nextId('Customer', firstCustomerId),
      name: `${digits}${String(random.int(10_000)).padStart(4, '0')}`,
      createdMs: timeMs,
    })
  }
  const addRoom = (userId: number, timeMs: number): OkskyRoom =>
    rooms.add({
      id: nextId('Room'),
      name: plainName(random),
      kind: random.pick(['support_room', 'support_room', 'group_room', 'direct_room']),
      createUserId: userId,
      createdMs: timeMs,
    })
  for (let count = 0; count < 6; count += 1) addRoom(people.reader.okskyId, fromMs)

  const inRoom = (type: string, pool: Pool<OkskyTenant>, userId: number, timeMs: number): OkskyTenant =>
    pool.add({ id: nextId(type), roomId: (rooms.recent(random) ?? addRoom(userId, timeMs)).id, userId, createdMs: timeMs })
  const tenants = new Map<string, Pool<OkskyTenant>>([
    ['Message', messages],
    ['Member', members],
    ['Support', supports],
  ])

  const resourceDeed = (action: string, type: string, userId: number, timeMs: number): Deed => {
    const deed = (resourceId: number): Deed => ({ kind: `obj_${action}`, resourceType: type, resourceId })
    const pool = tenants.get(type)
    if (pool !== undefined) {
      const item = (action === 'create' ? undefined : pool.recent(random)) ?? inRoom(type, pool, userId, timeMs)
      if (action === 'destroy') pool.remove(item)
      return deed(item.id)
    }
    if (type === 'Client') return deed(clients.add({ id: nextId(type), title: plainName(random) }).id)
    if (type !== 'Room') return deed(nextId(type))
    const room = (action === 'create' ? undefined : rooms.recent(random)) ?? addRoom(userId, timeMs)
    if (action === 'update') room.name = plainName(random)
    if (action === 'destroy' && rooms.size > 4) rooms.remove(room)
    return deed(room.id)
  }

  const make = (sequence: number, timeMs: number): OkskyEvent => {
    const secondMs = Math.floor(timeMs / 1000) * 1000
    const what = random.weighted(deedWeights)
    const isByVisitor = (what === 'signin' || what === 'create Message') && random.chance(0.2)
    const userId = isByVisitor ? customer(secondMs).id : people.actor(random, timeMs).okskyId
    const [action = '', type] = what.split(' ')
    const deed = type === undefined ? { kind: action, resourceType: null, resourceId: null } : resourceDeed(action, type, userId, secondMs)
    return { id: String(sequence), sequence, timeMs: secondMs, userId, ...deed }
  }

  return {
    people: people.all,
    customers,
    clients,
    rooms,
    messages,
    members,
    supports,
    next: (timeMs) => {
      lastSequence += 1
      // Numbers are given out before rows are written: some rows appear later than their successors, some never.
      if (random.chance(0.05)) {
        skippedSequences.push(lastSequence)
        lastSequence += 1
      }
      return make(lastSequence, timeMs)
    },
    late: (timeMs) => make(skippedSequences.pop() ?? (lastSequence += 1), timeMs),
  }
}
