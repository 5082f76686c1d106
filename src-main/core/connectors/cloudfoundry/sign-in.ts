import { TrailviewError } from '../../../contract/errors.ts'
import type { ServiceClient, Session, SignInContext } from '../define.ts'
import { fieldsOf, textOf } from '../kit/fields.ts'
import { bodyFields, missingCredential, refusedSignIn, requestGrant, tokenOf, type Grant } from '../kit/sign-in.ts'

/** The client of the `cf` command line, without a secret: every foundation has it. */
const commandLineClient = 'cf'

/** An access token as it is, or a grant of the foundation's UAA: password, refresh token, or client credentials. */
export async function signIn(context: SignInContext): Promise<Session> {
  const { client, credential, nowMs, previous } = context
  const given = tokenOf(credential['accessToken'])
  if (given !== null) {
    if (previous !== null) throw refusedSignIn(client.baseUrl.host, 'the access token', null)
    return session({ accessToken: given, refreshToken: null, expiresAtMs: null })
  }
  const { username, password, clientId, clientSecret } = credential
  const stored = tokenOf(credential['refreshToken'])
  const hasPassword = Boolean(username) && Boolean(password)
  if (!hasPassword && stored === null && !clientId) {
    throw missingCredential('Cloud Foundry', 'user name and password, a refresh token, client id and secret, or an access token')
  }
  const endpoint = await tokenEndpoint(client)
  const headers = { authorization: basic(clientId ?? commandLineClient, clientSecret ?? '') }
  const ask = async (form: Readonly<Record<string, string>>) => requestGrant(client, endpoint, form, headers, nowMs)

  const kept = tokenOf(fieldsOf(previous?.state)?.['refreshToken'])
  const refreshToken = kept ?? stored
  if (refreshToken !== null) {
    const grant = await ask({ grant_type: 'refresh_token', refresh_token: refreshToken })
    if ('accessToken' in grant) {
      const newest = grant.refreshToken ?? refreshToken
      const renewed = stored !== null && newest !== stored ? { renewedCredential: { ...credential, refreshToken: newest } } : {}
      return { ...session({ ...grant, refreshToken: newest }), ...renewed }
    }
    if (!hasPassword) throw refusedSignIn(endpoint.host, 'the refresh token', grant.refused)
  }
  const grant = hasPassword
    ? await ask({ grant_type: 'password', username: username ?? '', password: password ?? '' })
    : await ask({ grant_type: 'client_credentials' })
  if ('refused' in grant) throw refusedSignIn(endpoint.host, hasPassword ? 'user name or password' : 'client id or secret', grant.refused)
  return session(grant)
}

function session({ accessToken, refreshToken, expiresAtMs }: Grant): Session {
  return { headers: { authorization: `bearer ${accessToken}`, accept: 'application/json' }, expiresAtMs, state: { refreshToken } }
}

const basic = (id: string, secret: string): string => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

/** Where the foundation's UAA gives tokens, as its API itself says: at `/`, or on old ones at `/v2/info`. It may receive the credential from then on. */
async function tokenEndpoint(client: ServiceClient): Promise<URL> {
  const root = await client.request('/', { authorized: false, accept: [400, 401, 403, 404] })
  const links = fieldsOf(bodyFields(root)?.['links'])
  const linked = textOf(fieldsOf(links?.['uaa'])?.['href']) ?? textOf(fieldsOf(links?.['login'])?.['href'])
  const address = linked ?? (await addressInInfo(client))
  if (address === null || !URL.canParse(address)) {
    throw new TrailviewError(
      'SERVICE_UNEXPECTED',
      `${client.baseUrl.host} does not say where to sign in. Check the base URL: it is the address of the API, such as https://api.example.com.`,
    )
  }
  const endpoint = new URL(`${address.replace(/\/+$/, '')}/oauth/token`)
  client.allowOrigin(endpoint.origin)
  return endpoint
}

async function addressInInfo(client: ServiceClient): Promise<string | null> {
  const info = bodyFields(await client.request('/v2/info', { authorized: false, accept: [400, 401, 403, 404] }))
  return textOf(info?.['token_endpoint']) ?? textOf(info?.['authorization_endpoint'])
}
