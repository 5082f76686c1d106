import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import { defineConnector, type ConnectorMemory, type RawRecord, type ServiceClient, type ServiceResponse } from '../define.ts'
import { fieldsOf, listOf, textOf } from '../kit/fields.ts'
import { noMemory } from '../kit/memory.ts'
import { originFrom } from '../kit/origin.ts'
import { optionOf } from '../kit/options.ts'
import { bodyFields } from '../kit/sign-in.ts'
import { recordAt } from '../runtime/records.ts'
import { accountOf } from './account.ts'
import { eventPath, readPage, settleFlavour } from './api.ts'
import { guidOf, mapAuditEvent, wantedAuditNames } from './map.ts'
import { cloudfoundryLookUps } from './names.ts'
import { checkCloudfoundryOptions, cloudfoundryOptions } from './options.ts'
import { signIn } from './sign-in.ts'
import { walkAuditEvents } from './walk.ts'

const example = 'https://api.example.com'

/** Cloud Foundry: audit events of a foundation, v3 or v2. Its quirks stand in README.md beside this file. */
export const cloudfoundry = defineConnector({
  info: {
    service: 'cloudfoundry',
    title: 'Cloud Foundry',
    docsUrl: 'https://v3-apidocs.cloudfoundry.org/#audit-events',
    defaultBaseUrl: null,
    baseUrlHelp: `The address of the API, as in "cf api": such as ${example}.`,
    credentialHelp:
      'Administrators, read-only administrators and global auditors see all events; space developers and space auditors those of their spaces; organization auditors those of their organizations; space managers none. The service deletes events after 31 days unless its operator chose otherwise.',
    credentialForms: [
      {
        id: 'password',
        label: 'User name and password',
        fields: [
          { key: 'username', label: 'User name', kind: 'text', help: 'As for "cf login".', isRequired: true },
          { key: 'password', label: 'Password', kind: 'secret', help: 'The password of the user.', isRequired: true },
        ],
      },
      {
        id: 'refreshToken',
        label: 'Refresh token',
        fields: [
          {
            key: 'refreshToken',
            label: 'Refresh token',
            kind: 'secret',
            help: 'As "cf login" stores it in ~/.cf/config.json; replaced whenever the service issues a new one.',
            isRequired: true,
          },
        ],
      },
      {
        id: 'client',
        label: 'Client',
        fields: [
          {
            key: 'clientId',
            label: 'Client id',
            kind: 'text',
            help: 'A UAA client with the authority cloud_controller.global_auditor.',
            isRequired: true,
          },
          { key: 'clientSecret', label: 'Client secret', kind: 'secret', help: 'The secret of the client.', isRequired: true },
        ],
      },
      {
        id: 'accessToken',
        label: 'Access token',
        fields: [
          {
            key: 'accessToken',
            label: 'Access token',
            kind: 'secret',
            help: 'As "cf oauth-token" prints it. Ends after some minutes to hours.',
            isRequired: true,
          },
        ],
      },
    ],
    options: cloudfoundryOptions,
    retentionDays: 31,
    capabilities: { canFetchOne: true, canFindUser: false, canPullFileTrail: false },
  },
  narrowingOptions: ['q', 'page'],
  streams: [{ id: 'audit_events', title: 'Audit events', plan: 'time', overlap: 15 * 60_000, settleMs: 60_000, walk: walkAuditEvents }],
  checkOptions: checkCloudfoundryOptions,
  resolveBaseUrl: (typed) => originFrom(typed, example, ['/v2', '/v3']),
  signIn,
  account: ({ session }) => Promise.resolve(accountOf(session)),
  test: async (client, options) => {
    const flavour = await settleFlavour(client, options, noMemory)
    const size = flavour === 'v3' ? 'per_page' : 'results-per-page'
    const { total } = readPage(flavour, await client.request(eventPath[flavour], { query: [[size, '1']] }))
    const seen =
      total === null ? 'audit events can be read' : `${total} audit ${total === 1 ? 'event' : 'events'} can be seen by this account`
    return { sentence: `Cloud Foundry answered with ${flavour} of its API: ${seen}.`, account: null }
  },
  readError,
  wantedNames: wantedAuditNames,
  lookUps: cloudfoundryLookUps,
  map: mapAuditEvent,
  fetchOne,
})

/** By the filter of the v3 list, so that the element comes as lists show it; v2 has no such filter. */
async function fetchOne(
  client: ServiceClient,
  guid: string,
  options: ConnectionOptions,
  memory: ConnectorMemory,
): Promise<RawRecord | null> {
  const flavour = optionOf(options, 'api') === 'v2' ? 'v2' : await settleFlavour(client, options, memory)
  if (flavour === 'v3' && !guid.includes(',')) {
    const listed = await client.request(eventPath.v3, { query: [['guids', guid]], accept: [400] })
    const records = listed.status === 200 ? readPage('v3', listed).records : null
    const found = records?.find((record) => guidOf(record) === guid)
    if (found !== undefined) return found
    // Other events than the one asked for: the filter was passed over, and its own address has to tell.
    if (records?.length === 0) return null
  }
  const single = await client.request(`${eventPath[flavour]}/${encodeURIComponent(guid)}`, { accept: [404] })
  return single.status === 404 ? null : recordAt(single, [])
}

/** v2 `{description, error_code}`, v3 `{errors: [{title, detail}]}`, UAA `{error, error_description}`, or a line of text. */
function readError(response: ServiceResponse): { readonly code: string | null; readonly message: string } | null {
  const body = bodyFields(response)
  if (body === null) {
    const text = response.text().trim()
    return text === '' || text.startsWith('<') || text.length > 200 ? null : { code: null, message: text }
  }
  const first = fieldsOf(listOf(body['errors'])[0])
  const message = textOf(first?.['detail']) ?? textOf(body['description']) ?? textOf(body['error_description']) ?? textOf(first?.['title'])
  return message === null ? null : { code: textOf(first?.['title']) ?? textOf(body['error_code']) ?? textOf(body['error']), message }
}
