import { TrailviewError } from '../../../contract/errors.ts'
import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import { defineConnector, type ConnectorMemory, type RawRecord, type ServiceClient } from '../define.ts'
import { fieldsOf, idOf, listOf, textOf } from '../kit/fields.ts'
import { noMemory } from '../kit/memory.ts'
import { checkIds, checkWhole } from '../kit/options.ts'
import { originFrom } from '../kit/origin.ts'
import { bodyFields, missingCredential, refusedSignIn, tokenOf } from '../kit/sign-in.ts'
import { mediaType } from './json-api.ts'
import { EventList, mostPerPage } from './list.ts'
import { mapUserEvent, wantedUserEventNames } from './map.ts'
import { okskyLookUps } from './names.ts'
import { walkUserEvents } from './walk.ts'

const example = 'https://example.ok-sky.com'

/** OK SKY: `user_events` of a tenant. Its quirks stand in README.md beside this file. */
export const oksky = defineConnector({
  info: {
    service: 'oksky',
    title: 'OK SKY',
    docsUrl: 'https://github.com/OKSKY/oksky-docs/tree/master/resources-api',
    defaultBaseUrl: null,
    baseUrlHelp: `The tenant's name or address, such as example or ${example}.`,
    credentialHelp:
      "An access token of an OK SKY user, issued by the tenant's administrator. If the tenant restricts addresses, this machine must be on its list.",
    credentialForms: [
      {
        id: 'token',
        label: 'Access token',
        fields: [{ key: 'token', label: 'Access token', kind: 'secret', help: 'Sent in the X-Access-Token header.', isRequired: true }],
      },
    ],
    options: [
      {
        key: 'filter[id]',
        label: 'Event ids',
        kind: 'list',
        help: 'Only the events with these ids, separated by commas. Empty: all.',
        isRequired: false,
      },
      {
        key: 'page[size]',
        label: 'Page size',
        kind: 'number',
        help: `Events per request, 1 to ${mostPerPage}.`,
        isRequired: false,
        defaultValue: String(mostPerPage),
      },
      {
        key: 'page[number]',
        label: 'First page',
        kind: 'number',
        help: 'The page to begin with, newest first; earlier pages are left out.',
        isRequired: false,
        defaultValue: '1',
      },
    ],
    retentionDays: null,
    capabilities: { canFetchOne: true, canFindUser: false, canPullFileTrail: false },
  },
  narrowingOptions: ['filter[id]', 'page[number]'],
  streams: [{ id: 'user_events', title: 'User events', plan: 'sequence', overlap: 500, settleMs: 0, walk: walkUserEvents }],
  checkOptions: (options) => [
    ...checkIds(options, 'filter[id]'),
    ...checkWhole(options, 'page[size]', 1, mostPerPage),
    ...checkWhole(options, 'page[number]', 1, 100_000_000),
  ],
  resolveBaseUrl: (typed) => {
    const name = typed.trim()
    const isTenant = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i.test(name) && name !== 'localhost'
    return originFrom(isTenant ? `${name}.ok-sky.com` : name, example, ['/rapi', '/rapi/v1'])
  },
  signIn: async ({ client, credential, previous }) => {
    const token = tokenOf(credential['token'])
    if (token === null) throw missingCredential('OK SKY', 'an access token')
    if (previous !== null) throw refusedSignIn(client.baseUrl.host, 'the access token', null)
    return { headers: { 'x-access-token': token, 'content-type': mediaType, accept: mediaType }, expiresAtMs: null }
  },
  test: async (client, options) => {
    const { total } = await new EventList(client, { ...options, 'page[size]': '1' }, noMemory).page(1)
    const seen = total === null ? 'user events can be read' : `${total} user ${total === 1 ? 'event' : 'events'} can be seen`
    return { sentence: `OK SKY answered: ${seen}.`, account: null }
  },
  readError: (response) => {
    const body = bodyFields(response)
    // The documentation's table spells the list of errors "erros".
    const first = fieldsOf(listOf(body?.['errors'] ?? body?.['erros'])[0])
    const message = textOf(first?.['detail']) ?? textOf(first?.['title'])
    return message === null ? null : { code: textOf(first?.['code']), message }
  },
  wantedNames: wantedUserEventNames,
  lookUps: okskyLookUps,
  map: mapUserEvent,
  fetchOne,
})

/** By the filter of the list, so that the event comes as it is listed. It is gone only if the filter found nothing at all for its id. */
async function fetchOne(client: ServiceClient, id: string, options: ConnectionOptions, memory: ConnectorMemory): Promise<RawRecord | null> {
  if (id.includes(',')) {
    throw new TrailviewError(
      'NOT_SUPPORTED',
      'OK SKY cannot be asked for this event alone, because a comma in its id would be read as two ids. What is archived of it stays; collecting everything again tells whether it is still there.',
    )
  }
  const { records } = await new EventList(client, options, memory).byIds([id])
  const found = records.find((record) => idOf(fieldsOf(record.value)?.['id']) === id)
  if (found !== undefined || records.length === 0) return found ?? null
  throw new TrailviewError(
    'SERVICE_UNEXPECTED',
    `${client.baseUrl.host} was asked for one event and gave others, so it is not known whether it still has it. What is archived of it stays; collecting everything again tells whether it is still there.`,
  )
}
