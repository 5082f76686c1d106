import type { NameFact, NameLookUp, ServiceClient } from '../define.ts'
import { fieldsOf, idOf, listOf, sentence, textOf, type Fields } from '../kit/fields.ts'

const mostPages = 40

/** The workspaces the account is invited to come in one list, page by page. */
export const workspaceLookUp: NameLookUp = {
  batchSize: 500,
  fetch: (client) => workspacePages(client),
}

/** Onehub has no list of users; people are found in the member list of the workspace they did something in. */
export const userLookUp: NameLookUp = {
  batchSize: 500,
  async *fetch(client, refs) {
    for (const [workspaceId, sought] of Map.groupBy(refs, ({ listedIn }) => listedIn)) {
      if (workspaceId === undefined) continue
      const missing = new Set(sought.map(({ id }) => id))
      for await (const rolemaps of pagesOf(client, `/workspaces/${encodeURIComponent(workspaceId)}/rolemaps`, 'rolemap')) {
        const members = rolemaps.flatMap((rolemap) => userFact(fieldsOf(rolemap['user'])))
        for (const { id } of members) missing.delete(id)
        yield members
        if (missing.size === 0) break
      }
      yield [...missing].map((id) => ({ kind: 'user', id, name: null }))
    }
  },
}

/** The workspaces the account sees. */
export async function workspacesOf(client: ServiceClient): Promise<readonly NameFact[]> {
  const all: NameFact[] = []
  for await (const page of workspacePages(client)) all.push(...page)
  return all
}

async function* workspacePages(client: ServiceClient): AsyncGenerator<readonly NameFact[], void, void> {
  for await (const workspaces of pagesOf(client, '/workspaces', 'workspace')) {
    yield workspaces.flatMap((workspace) => {
      const id = idOf(workspace['id'])
      return id === null ? [] : [{ kind: 'workspace', id, name: textOf(workspace['name']) }]
    })
  }
}

function userFact(user: Fields | null): NameFact[] {
  const id = idOf(user?.['id'])
  const name = sentence(textOf(user?.['first_name']), textOf(user?.['last_name']))
  return id === null ? [] : [{ kind: 'user', id, name: name === '' ? null : name, email: textOf(user?.['email']) }]
}

/** Items of a list of names, out of their one-key envelopes, page by page; a list that may not be read is empty. */
async function* pagesOf(client: ServiceClient, path: string, envelope: string): AsyncGenerator<readonly Fields[], void, void> {
  const seen = new Set<string>()
  for (let number = 1; number <= mostPages; number++) {
    const response = await client.request(path, { query: seen.size === 0 ? [] : [['offset', String(seen.size)]], accept: [403, 404] })
    if (response.status >= 400) return
    const body = response.json()
    const items = Array.isArray(body) ? body : listOf(fieldsOf(body)?.['items'])
    const fresh = items.flatMap((item): Fields[] => {
      const fields = fieldsOf(fieldsOf(item)?.[envelope]) ?? fieldsOf(item)
      const key = JSON.stringify(fields)
      if (fields === null || seen.has(key)) return []
      seen.add(key)
      return [fields]
    })
    yield fresh
    const perPage = Number(fieldsOf(body)?.['per_page'])
    if (fresh.length === 0 || !(perPage > 0) || items.length < perPage) return
  }
}
