import type { FoundUser, NameFact, NameLookUp, ServiceClient } from '../define.ts'
import { fieldsOf, idOf, listOf, textOf, type Fields } from '../kit/fields.ts'
import { bodyFields } from '../kit/sign-in.ts'
import { isNotFound } from './api.ts'

/** The most ids asked for one by one after the list did not have them: most of those are gone. */
const mostSingles = 10
const absentStatuses = [400, 403, 404, 405, 500]

/** Names of one kind: the list of all first, then one by one what it lacks. */
function lookUp(kind: string): NameLookUp {
  return {
    batchSize: 200,
    fetch: async (client, ids) => {
      const known = new Map((await listOfKind(client, kind)).map((fact) => [fact.id, fact]))
      for (const id of ids.filter((wanted) => !known.has(wanted)).slice(0, mostSingles)) {
        const fact = factOf(kind, await single(client, `/api/${kind}/${encodeURIComponent(id)}`))
        if (fact !== null) known.set(id, { ...fact, id })
      }
      return ids.flatMap((id) => known.get(id) ?? [])
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

/** Name or id of the account the token belongs to; null when it may not be seen. */
export async function currentAccount(client: ServiceClient): Promise<string | null> {
  const fact = factOf('account', await single(client, '/api/account/current'))
  return fact === null ? null : (fact.name ?? fact.id)
}

async function listOfKind(client: ServiceClient, kind: string): Promise<readonly NameFact[]> {
  const response = await client.request(`/api/${kind}`, { accept: absentStatuses })
  const body = response.status === 200 ? bodyFields(response) : null
  return listOf(body?.['data']).flatMap((entry) => factOf(kind, fieldsOf(entry)) ?? [])
}

/** One object, with or without the usual envelope; null when the service says in any of its ways that it is not there. */
async function single(client: ServiceClient, path: string): Promise<Fields | null> {
  const response = await client.request(path, { accept: absentStatuses })
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
