import type { NameFact, NameLookUp, NameRef, ServiceClient } from '../define.ts'
import { fieldsOf, idOf, listOf, textOf, type Fields } from '../kit/fields.ts'
import { bodyFields } from '../kit/sign-in.ts'

/** How each kind is called in the paths of the API. */
const paths: Readonly<Record<string, string>> = { space: 'spaces', organization: 'organizations', user: 'users', app: 'apps' }

/** Keeps addresses well under the length that proxies allow. */
const batchSize = 50
const absentStatuses = [400, 403, 404]

/** Names by guid: in batches with v3, one by one with v2. What is deleted or not visible is not among them. */
export const cloudfoundryLookUps: Readonly<Record<string, NameLookUp>> = Object.fromEntries(
  Object.entries(paths).map(([kind, path]): [string, NameLookUp] => [
    kind,
    { batchSize, fetch: (client, refs) => fetchNames(client, kind, path, refs) },
  ]),
)

/** Clients whose service does not have v3. */
const withoutV3 = new WeakSet<ServiceClient>()

async function* fetchNames(
  client: ServiceClient,
  kind: string,
  path: string,
  refs: readonly NameRef[],
): AsyncGenerator<readonly NameFact[], void, void> {
  const guids = refs.flatMap(({ id }) => (id.includes(',') ? [] : [id]))
  if (guids.length === 0) return
  if (!withoutV3.has(client)) {
    const response = await client.request(`/v3/${path}`, {
      query: [
        ['guids', guids.join(',')],
        ['per_page', '5000'],
      ],
      accept: absentStatuses,
    })
    if (response.status === 200) yield listOf(bodyFields(response)?.['resources']).flatMap((entry) => v3Fact(kind, fieldsOf(entry)))
    if (response.status !== 404) return
    withoutV3.add(client)
  }
  for (const id of guids) {
    const single = await client.request(`/v2/${path}/${encodeURIComponent(id)}`, { accept: absentStatuses })
    yield [single.status === 200 ? v2Fact(kind, id, fieldsOf(bodyFields(single)?.['entity'])) : { kind, id, name: null }]
  }
}

function v3Fact(kind: string, resource: Fields | null): NameFact[] {
  const id = idOf(resource?.['guid'])
  if (resource === null || id === null) return []
  if (kind === 'user') return [{ kind, id, name: textOf(resource['presentation_name']) ?? textOf(resource['username']) }]
  const owner = kind === 'space' ? 'organization' : kind === 'app' ? 'space' : null
  const related = owner === null ? null : fieldsOf(fieldsOf(fieldsOf(resource['relationships'])?.[owner])?.['data'])
  return [{ kind, id, name: textOf(resource['name']), parent: parentOf(owner, related?.['guid']) }]
}

function v2Fact(kind: string, id: string, entity: Fields | null): NameFact {
  const owner = kind === 'space' ? 'organization' : kind === 'app' ? 'space' : null
  const name = textOf(entity?.['name']) ?? textOf(entity?.['username'])
  return { kind, id, name, parent: parentOf(owner, owner === null ? null : entity?.[`${owner}_guid`]) }
}

function parentOf(kind: string | null, guid: unknown): NameRef | null {
  const id = idOf(guid)
  return kind === null || id === null ? null : { kind, id }
}
