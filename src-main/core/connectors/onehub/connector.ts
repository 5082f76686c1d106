import { defineConnector } from '../define.ts'
import { fieldsOf, listOf, textOf } from '../kit/fields.ts'
import { originFrom } from '../kit/origin.ts'
import { bodyFields } from '../kit/sign-in.ts'
import { mapActivity, wantedOnehubNames } from './map.ts'
import { userLookUp, workspaceLookUp, workspacesOf } from './names.ts'
import { checkOnehubOptions, onehubOptions } from './options.ts'
import { accountOf, signIn } from './sign-in.ts'
import { walkActivity, walkFileTrail } from './walk.ts'

const publicAddress = 'https://ws-api.onehub.com'

/** Onehub: `/activity/` across the account's workspaces. Its quirks stand in README.md beside this file. */
export const onehub = defineConnector({
  info: {
    service: 'onehub',
    title: 'Onehub',
    docsUrl: 'https://developer.onehub.com/methods/events',
    defaultBaseUrl: publicAddress,
    baseUrlHelp: `The origin of the API; ${publicAddress} unless your organisation was given another.`,
    credentialHelp:
      'The account sees the events of the workspaces it is invited to; the audit trail of a single file takes the role of Moderator or above. Client id and secret come from the Developer tab of a Onehub account. Accounts with two-factor or single sign-on need an access token.',
    credentialForms: [
      {
        id: 'accessToken',
        label: 'Access token',
        fields: [
          { key: 'accessToken', label: 'Access token', kind: 'secret', help: 'An OAuth access token of the account.', isRequired: true },
        ],
      },
      {
        id: 'password',
        label: 'Client and password',
        fields: [
          { key: 'clientId', label: 'Client id', kind: 'text', help: 'From the Developer tab of a Onehub account.', isRequired: true },
          { key: 'clientSecret', label: 'Client secret', kind: 'secret', help: 'Shown beside the client id.', isRequired: true },
          { key: 'username', label: 'E-mail', kind: 'text', help: 'The e-mail address of the account.', isRequired: true },
          { key: 'password', label: 'Password', kind: 'secret', help: 'The password of the account.', isRequired: true },
        ],
      },
    ],
    options: onehubOptions,
    retentionDays: null,
    capabilities: { canFetchOne: false, canFindUser: false, canPullFileTrail: true },
  },
  narrowingOptions: onehubOptions.map(({ key }) => key),
  streams: [{ id: 'activity', title: 'Activity', plan: 'time', overlap: 26 * 3_600_000, settleMs: 60_000, walk: walkActivity }],
  checkOptions: checkOnehubOptions,
  resolveBaseUrl: (typed) => originFrom(typed === '' ? publicAddress : typed, publicAddress, ['/activity']),
  signIn,
  account: ({ credential }) => Promise.resolve(accountOf(credential)),
  test: async (client) => {
    const count = (await workspacesOf(client)).length
    await client.request('/activity/')
    return { sentence: `Onehub answered: the activity of ${count} ${count === 1 ? 'workspace' : 'workspaces'} can be read.`, account: null }
  },
  readError: (response) => {
    const body = bodyFields(response)
    const message =
      textOf(body?.['error_description']) ?? textOf(body?.['message']) ?? textOf(body?.['error']) ?? fieldErrors(body?.['errors'])
    return message === null ? null : { code: textOf(body?.['error']), message }
  },
  wantedNames: wantedOnehubNames,
  lookUps: { workspace: workspaceLookUp, user: userLookUp },
  map: mapActivity,
  walkFileTrail,
})

/** `{"errors": {"name": ["is taken"]}}`, a list of texts, or one text. */
function fieldErrors(errors: unknown): string | null {
  const fields = fieldsOf(errors)
  const texts =
    fields === null
      ? [errors, ...listOf(errors)]
      : Object.entries(fields).flatMap(([field, said]) => [said, ...listOf(said)].map((text) => textOf(text) && `${field} ${textOf(text)}`))
  return texts.map(textOf).find((text) => text !== null) ?? null
}
