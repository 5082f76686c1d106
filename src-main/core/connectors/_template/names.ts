import type { NameLookUp } from '../define.ts'
import { fieldsOf, idOf, listOf, textOf } from '../kit/fields.ts'

/** Names of users, up to a hundred at once. Ids the service leaves out are remembered as unknown for a while. */
export const peopleLookUp: NameLookUp = {
  batchSize: 100,
  async *fetch(client, refs) {
    const response = await client.request('/api/people', { query: [['ids', refs.map(({ id }) => id).join(',')]] })
    yield listOf(fieldsOf(response.json())?.['people']).flatMap((person) => {
      const fields = fieldsOf(person)
      const id = idOf(fields?.['id'])
      return id === null ? [] : [{ kind: 'user', id, name: textOf(fields?.['name']), email: textOf(fields?.['email']) }]
    })
  },
}
