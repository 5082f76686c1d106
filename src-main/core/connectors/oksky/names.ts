import type { NameFact, NameLookUp, NameRef, ServiceClient } from '../define.ts'
import { fieldsOf, idOf, listOf, textOf, type Fields } from '../kit/fields.ts'
import { bodyFields } from '../kit/sign-in.ts'
import { apiPath, attributesOf, personName, relatedId } from './json-api.ts'

/** Kinds of object that live in a room. */
export const kindsInRooms: ReadonlySet<string> = new Set(['message', 'member', 'support'])

/** Services that answered a request for included rooms with a refusal: they give the room's id without being asked. */
const refusesToInclude = new WeakSet<ServiceClient>()

/** The most ids a filter takes, and the largest page. */
const batchSize = 100

export const okskyLookUps: Readonly<Record<string, NameLookUp>> = {
  user: { batchSize, fetch: ofKind('users', personFact) },
  room: { batchSize, fetch: ofKind('rooms', roomFact) },
  ...Object.fromEntries(
    [...kindsInRooms].map((kind): [string, NameLookUp] => [kind, { batchSize, tellsWorkspace: true, fetch: inRooms(kind) }]),
  ),
}

/**
 * The people among the `included` resources of an answer to a request that included only people. Joined by id alone:
 * relationships call everybody `users`, the resources themselves are `administrators`, `customers`…
 */
export function includedPeople(body: Fields | null): NameFact[] {
  return listOf(body?.['included']).flatMap((entry) => personFact(fieldsOf(entry)))
}

function ofKind(path: string, factsOf: (resource: Fields | null) => NameFact[]): NameLookUp['fetch'] {
  return async function* (client, refs) {
    yield (await ask(client, path, refs, null)).data.flatMap(factsOf)
  }
}

/** Which room each lives in, and the names of the rooms, as far as they come along. */
function inRooms(kind: string): NameLookUp['fetch'] {
  return async function* (client, refs) {
    const { data, included } = await ask(client, `${kind}s`, refs, 'room')
    yield [...data.flatMap((found) => objectFact(kind, found)), ...included.flatMap(roomFact)]
  }
}

interface Answer {
  readonly data: readonly (Fields | null)[]
  readonly included: readonly (Fields | null)[]
}

async function ask(client: ServiceClient, path: string, refs: readonly NameRef[], include: string | null): Promise<Answer> {
  const query: (readonly [string, string])[] = [
    ['filter[id]', refs.map(({ id }) => id).join(',')],
    ['page[size]', String(batchSize)],
  ]
  const request = async (more: typeof query) =>
    client.request(`${apiPath}/${path}`, { query: [...query, ...more], accept: [400, 403, 404] })
  const asksToInclude = include !== null && !refusesToInclude.has(client)
  let response = await request(asksToInclude ? [['include', include]] : [])
  if (response.status === 400 && asksToInclude) {
    refusesToInclude.add(client)
    response = await request([])
  }
  const body = response.status === 200 ? bodyFields(response) : null
  return { data: listOf(body?.['data']).map(fieldsOf), included: listOf(body?.['included']).map(fieldsOf) }
}

function personFact(resource: Fields | null): NameFact[] {
  const id = idOf(resource?.['id'])
  if (id === null) return []
  const attributes = attributesOf(resource)
  const family = (textOf(resource?.['type']) ?? 'users').toLowerCase().replace(/s$/, '')
  return [
    { kind: 'user', id, name: personName(attributes), email: textOf(attributes['email']), parent: { kind: 'user-family', id: family } },
  ]
}

function roomFact(resource: Fields | null): NameFact[] {
  return objectFact('room', resource)
}

function objectFact(kind: string, resource: Fields | null): NameFact[] {
  const id = idOf(resource?.['id'])
  if (id === null) return []
  const attributes = attributesOf(resource)
  const roomId = kindsInRooms.has(kind) ? (relatedId(resource, 'room') ?? idOf(attributes['room_id'])) : null
  return [{ kind, id, name: textOf(attributes['name']), parent: roomId === null ? null : { kind: 'room', id: roomId } }]
}
