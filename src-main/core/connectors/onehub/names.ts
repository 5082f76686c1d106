import type { NameFact, NameLookUp, ServiceClient } from '../define.ts'
import { fieldsOf, idOf, listOf, sentence, textOf, type Fields } from '../kit/fields.ts'

/** The most workspaces whose members are read for one batch of users. */
const mostMemberLists = 25
const mostPages = 40

/** Every workspace the account is invited to comes in one list, so one batch is one or few requests. */
export const workspaceLookUp: NameLookUp = {
  batchSize: 500,
  fetch: async (client, ids) => (await workspacesOf(client)).filter(({ id }) => ids.includes(id)),
}

/** Onehub has no list of users; people are found in the member lists of workspaces. */
export const userLookUp: NameLookUp = {
  batchSize: 500,
  fetch: async (client, ids) => {
    const found = new Map<string, NameFact>()
    for (const { id } of (await workspacesOf(client)).slice(0, mostMemberLists)) {
      for (const rolemap of await itemsOf(client, `/workspaces/${id}/rolemaps`, 'rolemap')) {
        const fact = userFact(fieldsOf(rolemap['user']))
        if (fact !== null && ids.includes(fact.id)) found.set(fact.id, fact)
      }
      if (found.size === ids.length) break
    }
    return [...found.values()]
  },
}

/** The workspaces the account sees. */
export async function workspacesOf(client: ServiceClient): Promise<readonly NameFact[]> {
  return (await itemsOf(client, '/workspaces', 'workspace')).flatMap((workspace) => {
    const id = idOf(workspace['id'])
    return id === null ? [] : [{ kind: 'workspace', id, name: textOf(workspace['name']) }]
  })
}

function userFact(user: Fields | null): NameFact | null {
  const id = idOf(user?.['id'])
  const name = sentence(textOf(user?.['first_name']), textOf(user?.['last_name']))
  return id === null ? null : { kind: 'user', id, name: name === '' ? null : name, email: textOf(user?.['email']) }
}

/** All items of a list of names, out of their one-key envelopes; a list that may not be read is empty. */
async function itemsOf(client: ServiceClient, path: string, envelope: string): Promise<readonly Fields[]> {
  const all: Fields[] = []
  const seen = new Set<string>()
  for (let number = 1; number <= mostPages; number++) {
    const response = await client.request(path, { query: all.length === 0 ? [] : [['offset', String(all.length)]], accept: [403, 404] })
    if (response.status >= 400) return all
    const body = response.json()
    const items = Array.isArray(body) ? body : listOf(fieldsOf(body)?.['items'])
    const fresh: Fields[] = []
    for (const item of items) {
      const fields = fieldsOf(fieldsOf(item)?.[envelope]) ?? fieldsOf(item)
      const key = JSON.stringify(fields)
      if (fields !== null && !seen.has(key)) fresh.push(fields)
      seen.add(key)
    }
    all.push(...fresh)
    const perPage = Number(fieldsOf(body)?.['per_page'])
    if (fresh.length === 0 || !(perPage > 0) || items.length < perPage) return all
  }
  return all
}
