import type { Account, FoundUser, NameFact, NameLookUp, ServiceClient } from '../define.ts'
import { fieldsOf, idOf, listOf, textOf, type Fields } from '../kit/fields.ts'
import { bodyFields } from '../kit/sign-in.ts'
import { isNotFound } from './api.ts'

const untoldStatuses = [400, 403, 404, 405]
const absentStatuses = [...untoldStatuses, 500]

/** Kinds that have a list of all beside single look-ups. */
const listedKinds: ReadonlySet<string> = new Set(['user', 'account', 'segment'])

/** Names of one kind: all of them from the list where there is one, else one by one. */
function lookUp(kind: string): NameLookUp {
  return {
    batchSize: 1,
    async *fetch(client, refs) {
      const list = listedKinds.has(kind) ? await listOfKind(client, kind) : null
      if (list !== null) {
        yield list
        return
      }
      for (const { id } of refs) {
        const fact = factOf(kind, await single(client, `/api/${kind}/${encodeURIComponent(id)}`))
        yield [fact === null ? { kind, id, name: null } : { ...fact, id }]
      }
    },
  }
}

export const lyticsLookUps: Readonly<Record<string, NameLookUp>> = Object.fromEntries(
  ['user', 'account', 'segment', 'work', 'auth'].map((kind) => [kind, lookUp(kind)]),
)

/** A user by e-mail; null when there is none. */
export async function findLyticsUser(client: ServiceClient, email: string): Promise<FoundUser | null> {
  const fact = factOf('user', await single(client, `/api/user/${encodeURIComponent(email)}`))
  return fact === null ? null : { id: fact.id, name: fact.name, email: fact.email ?? null }
}

/** The account the token belongs to; null when it may not be seen. Rejects where the service fails to answer. */
export async function currentAccount(client: ServiceClient): Promise<Account | null> {
  const fact = factOf('account', await single(client, '/api/account/current', untoldStatuses))
  return fact === null ? null : { id: fact.id, name: fact.name ?? fact.id }
}

/** Kinds whose list was asked for, and whether there is one; by the client they were asked with, one for each run. */
const listsAsked = new WeakMap<ServiceClient, Map<string, boolean>>()

/** All of a kind the first time in a run, nothing more after that; null where there is no list, or one that goes on elsewhere. */
async function listOfKind(client: ServiceClient, kind: string): Promise<readonly NameFact[] | null> {
  const asked = listsAsked.get(client) ?? new Map<string, boolean>()
  listsAsked.set(client, asked)
  const hasList = asked.get(kind)
  if (hasList !== undefined) return hasList ? [] : null
  const list = await readList(client, kind)
  asked.set(kind, list !== null)
  return list
}

async function readList(client: ServiceClient, kind: string): Promise<readonly NameFact[] | null> {
  const response = await client.request(`/api/${kind}`, { accept: absentStatuses })
  const body = response.status === 200 ? bodyFields(response) : null
  if (!Array.isArray(body?.['data']) || (body['_next'] ?? '') !== '') return null
  return listOf(body['data']).flatMap((entry) => factOf(kind, fieldsOf(entry)) ?? [])
}

/** One object, with or without the usual envelope; null when the service says in any of its ways that it is not there. */
async function single(client: ServiceClient, path: string, accept = absentStatuses): Promise<Fields | null> {
  const response = await client.request(path, { accept })
  const body = response.status === 200 ? bodyFields(response) : null
  if (body === null || isNotFound(body)) return null
  return body['data'] === undefined ? body : fieldsOf(body['data'])
}

function factOf(kind: string, fields: Fields | null): NameFact | null {
  const id = idOf(fields?.['id'])
  if (fields === null || id === null) return null
  const name = ['name', 'workflow', 'provider_name', 'slug_name'].map((key) => textOf(fields[key])).find((text) => text !== null) ?? null
  return kind === 'user' ? { kind, id, name, email: textOf(fields['email']) } : { kind, id, name }
}
