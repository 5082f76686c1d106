import type { ServiceId } from '../../../contract/model/audit-event.ts'
import { defineConnector, type Account, type ServiceClient } from '../define.ts'
import { fieldsOf, idOf, textOf } from '../kit/fields.ts'
import { checkWhole } from '../kit/options.ts'
import { originFrom } from '../kit/origin.ts'
import { bodyFields, missingCredential, refusedSignIn, tokenOf } from '../kit/sign-in.ts'
import { recordAt } from '../runtime/records.ts'
import { mapEntry, wantedNames } from './map.ts'
import { peopleLookUp } from './names.ts'
import { mostPerPage, walkEntries } from './walk.ts'

const example = 'https://api.template.example'

/** A connector to copy: an imaginary service whose `/api/audit` lists entries by time. What to change stands in README.md beside this file. */
export const template = defineConnector({
  info: {
    // Yours is a member of `serviceIds` in contract/model/audit-event.ts, and needs no cast.
    service: 'template' as ServiceId,
    title: 'Template',
    docsUrl: 'https://docs.template.example/audit',
    defaultBaseUrl: example,
    baseUrlHelp: `The address of the API, such as ${example}.`,
    // Whose credential, with which rights, and where to get it: this is all the user has to go by.
    credentialHelp: 'An API token with the right "read audit log", made under Settings, API tokens.',
    credentialForms: [
      {
        id: 'token',
        label: 'API token',
        fields: [{ key: 'token', label: 'API token', kind: 'secret', help: 'Sent in the Authorization header.', isRequired: true }],
      },
    ],
    // By the service's own parameter names. Overlap, proxy, time-outs and the like are added to every connector.
    options: [
      { key: 'project', label: 'Project', kind: 'text', help: 'Only the entries of this project. Empty: all.', isRequired: false },
      {
        key: 'limit',
        label: 'Page size',
        kind: 'number',
        help: `Entries per request, 1 to ${mostPerPage}.`,
        isRequired: false,
        defaultValue: String(mostPerPage),
      },
    ],
    retentionDays: 90,
    capabilities: { canFetchOne: true, canFindUser: false, canPullFileTrail: false },
  },
  // Only what changes which entries are listed: a new value here makes earlier coverage void.
  narrowingOptions: ['project'],
  // `plan: 'sequence'` is for services that list by descending id and cannot filter by time.
  streams: [{ id: 'audit', title: 'Audit log', plan: 'time', overlap: 15 * 60_000, settleMs: 2 * 60_000, walk: walkEntries }],
  checkOptions: (options) => checkWhole(options, 'limit', 1, mostPerPage),
  resolveBaseUrl: (typed) => originFrom(typed, example, ['/api']),
  signIn: ({ client, credential, previous }) => {
    const token = tokenOf(credential['token'])
    if (token === null) return Promise.reject(missingCredential('Template', 'an API token'))
    // A token does not become better by being sent again. With OAuth, this is where `requestGrant` asks for a new one.
    if (previous !== null) return Promise.reject(refusedSignIn(client.baseUrl.host, 'the API token', null))
    return Promise.resolve({ headers: { authorization: `Bearer ${token}` }, expiresAtMs: null })
  },
  account: ({ client }) => whoIs(client),
  test: async (client) => {
    const account = (await whoIs(client))?.name ?? null
    return { sentence: account === null ? 'Template answered.' : `Signed in to Template as ${account}.`, account }
  },
  readError: (response) => {
    const error = fieldsOf(bodyFields(response)?.['error'])
    const message = textOf(error?.['message'])
    return message === null ? null : { code: textOf(error?.['code']), message }
  },
  wantedNames,
  lookUps: { user: peopleLookUp },
  map: mapEntry,
  fetchOne: async (client, externalId) => {
    const response = await client.request(`/api/audit/${encodeURIComponent(externalId)}`, { accept: [404] })
    return response.status === 404 ? null : recordAt(response, ['entry'])
  },
})

/** Whose token it is: two accounts may see different entries. */
async function whoIs(client: ServiceClient): Promise<Account | null> {
  const user = fieldsOf(bodyFields(await client.request('/api/me'))?.['user'])
  const id = idOf(user?.['id'])
  return id === null ? null : { id, name: textOf(user?.['email']) ?? id }
}
