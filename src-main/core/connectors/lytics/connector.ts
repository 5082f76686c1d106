import { defineConnector } from '../define.ts'
import { missingCredential, refusedSignIn, tokenOf } from '../kit/sign-in.ts'
import { originFrom } from '../kit/origin.ts'
import { optionOf } from '../kit/options.ts'
import { eventPath, fetchEvent, knownFlavour, listEvents, readLyticsError, type Flavour } from './api.ts'
import { mapLyticsEvent, wantedLyticsNames } from './map.ts'
import { currentAccount, findLyticsUser, lyticsLookUps } from './names.ts'
import { checkLyticsOptions, filterQuery, lyticsOptions, wantedSpan } from './options.ts'
import { walkEvents } from './walk.ts'

const publicAddress = 'https://api.lytics.io'

/** Lytics: system events of an account, version 2 or 1. Its quirks stand in README.md beside this file. */
export const lytics = defineConnector({
  info: {
    service: 'lytics',
    title: 'Lytics',
    docsUrl: 'https://learn.lytics.com/documentation/developer/api-docs/system-events',
    defaultBaseUrl: publicAddress,
    baseUrlHelp: `The origin of the API; ${publicAddress} unless your account has another.`,
    credentialHelp:
      'An API token of the account, created by an administrator under Account Settings, Access Tokens; it is shown only once. If the account restricts addresses, this machine must be on the list.',
    credentialForms: [
      {
        id: 'token',
        label: 'API token',
        fields: [{ key: 'token', label: 'Token', kind: 'secret', help: 'Sent in the Authorization header as it is.', isRequired: true }],
      },
    ],
    options: lyticsOptions,
    retentionDays: null,
    capabilities: { canFetchOne: true, canFindUser: true, canPullFileTrail: false },
  },
  narrowingOptions: ['account_id', 'type', 'id', 'verb', 'after', 'before', 'start', 'api'],
  streams: [{ id: 'events', title: 'System events', plan: 'time', overlap: 10 * 60_000, settleMs: 120_000, wantedSpan, walk: walkEvents }],
  checkOptions: checkLyticsOptions,
  resolveBaseUrl: (typed) => originFrom(typed === '' ? publicAddress : typed, publicAddress, ['/api', '/v2']),
  signIn: async ({ client, credential, previous }) => {
    const token = tokenOf(credential['token'])
    if (token === null) throw missingCredential('Lytics', 'an API token')
    if (previous !== null) throw refusedSignIn(client.baseUrl.host, 'the API token', null)
    return { headers: { authorization: token, accept: 'application/json' }, expiresAtMs: null }
  },
  // With the option, all tokens are shown the events of that account or none.
  account: async ({ client, options }) => (optionOf(options, 'account_id') === null ? currentAccount(client) : null),
  test: async (client, options) => {
    const query = [...filterQuery(options), ['limit', '1'] as const]
    const chosen = optionOf(options, 'api')
    const first: Flavour = chosen === 'v1' ? 'v1' : 'v2'
    const answer = await listEvents(client, first, query)
    const flavour: Flavour = answer.kind === 'absent' && chosen !== 'v2' ? 'v1' : first
    if (flavour !== first) await client.request(eventPath[flavour], { query })
    const actors = flavour === 'v2' ? 'who did it is named' : 'who did it is not told by this version'
    return { sentence: `Lytics answered: events can be read with version ${flavour.slice(1)} of its API; ${actors}.`, account: null }
  },
  readError: readLyticsError,
  wantedNames: wantedLyticsNames,
  lookUps: lyticsLookUps,
  map: mapLyticsEvent,
  findUser: findLyticsUser,
  fetchOne: async (client, externalId, options, memory) =>
    fetchEvent(client, knownFlavour(options, memory) ?? 'v2', externalId, optionOf(options, 'account_id')),
})
