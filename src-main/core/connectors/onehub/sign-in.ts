import type { CredentialInput } from '../../../contract/model/connection.ts'
import type { Account, Session, SignInContext } from '../define.ts'
import { fieldsOf } from '../kit/fields.ts'
import { missingCredential, refusedSignIn, requestGrant, tokenOf, type Grant } from '../kit/sign-in.ts'

const tokenPath = '/oauth/token'

/** An access token as it is, or the password grant of OAuth 2.0 draft 10, renewed by refresh token where the service gave one. */
export async function signIn(context: SignInContext): Promise<Session> {
  const { client, credential, nowMs, previous } = context
  const given = tokenOf(credential['accessToken'])
  if (given !== null) {
    if (previous !== null) throw refusedSignIn(client.baseUrl.host, 'the access token', null)
    return session({ accessToken: given, refreshToken: null, expiresAtMs: null })
  }
  const { clientId, clientSecret, username, password } = credential
  if (!clientId || !clientSecret || !username || !password) {
    throw missingCredential('Onehub', 'an access token, or client id, client secret, e-mail and password')
  }
  const own = { client_id: clientId, client_secret: clientSecret }
  const refreshToken = tokenOf(fieldsOf(previous?.state)?.['refreshToken'])
  if (refreshToken !== null) {
    const renewed = await requestGrant(client, tokenPath, { grant_type: 'refresh_token', refresh_token: refreshToken, ...own }, {}, nowMs)
    if ('accessToken' in renewed) return session({ ...renewed, refreshToken: renewed.refreshToken ?? refreshToken })
  }
  const grant = await requestGrant(client, tokenPath, { grant_type: 'password', username, password, ...own }, {}, nowMs)
  if ('refused' in grant) throw refusedSignIn(client.baseUrl.host, 'client id, client secret, e-mail or password', grant.refused)
  return session(grant)
}

/** The e-mail address signed in with. Whose an access token is, Onehub does not tell. */
export function accountOf({ accessToken, username }: CredentialInput): Account | null {
  const name = username?.trim() ?? ''
  return tokenOf(accessToken) !== null || name === '' ? null : { id: name.toLowerCase(), name }
}

function session({ accessToken, refreshToken, expiresAtMs }: Grant): Session {
  return { headers: { authorization: `Bearer ${accessToken}`, accept: 'application/json' }, expiresAtMs, state: { refreshToken } }
}
