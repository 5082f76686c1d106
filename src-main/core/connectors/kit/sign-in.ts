import { TrailviewError } from '../../../contract/errors.ts'
import type { ServiceClient, ServiceResponse } from '../define.ts'
import { fieldsOf, textOf, wholeNumberOf } from './fields.ts'

/** What an OAuth authorization server granted. */
export interface Grant {
  readonly accessToken: string
  readonly refreshToken: string | null
  /** When to ask for the next one, a little before it ends; null: the server did not say. */
  readonly expiresAtMs: number | null
}

export interface Refusal {
  /** The server's own words, without anything that was sent; null when it gave none. */
  readonly refused: string | null
}

/** Asks an OAuth token endpoint for a grant. A refusal (400, 401, 403) is returned, everything else that is no grant is thrown. */
export async function requestGrant(
  client: ServiceClient,
  endpoint: string | URL,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
  nowMs: number,
): Promise<Grant | Refusal> {
  const response = await client.request(endpoint, {
    method: 'POST',
    form,
    headers: { accept: 'application/json', ...headers },
    accept: [400, 401, 403],
    authorized: false,
  })
  const sent = [...Object.values(form), ...Object.values(headers).flatMap((value) => value.split(' '))]
  if (response.status >= 400) return { refused: oauthError(client, response, sent) }
  const body = fieldsOf(response.json())
  const accessToken = tokenOf(body?.['access_token'])
  if (accessToken === null) {
    throw new TrailviewError(
      'SERVICE_UNEXPECTED',
      `${response.url.host} accepted the sign-in but gave no access token. Check the base URL of the connection.`,
    )
  }
  return { accessToken, refreshToken: tokenOf(body?.['refresh_token']), expiresAtMs: expiryMs(wholeNumberOf(body?.['expires_in']), nowMs) }
}

/** `{"error", "error_description"}` of a token endpoint. Whatever was sent is cut out, should the server echo it. */
function oauthError(client: ServiceClient, response: ServiceResponse, sent: readonly string[]): string | null {
  const body = bodyFields(response)
  const text = textOf(body?.['error_description']) ?? textOf(body?.['error'])
  if (text === null) return null
  const secrets = sent.filter((value) => value.length > 3)
  return client.tame(secrets.reduce((clean, secret) => clean.replaceAll(secret, '…'), text))
}

/** The body as an object; null when it is no JSON object. */
export function bodyFields(response: ServiceResponse): ReturnType<typeof fieldsOf> {
  try {
    return fieldsOf(response.json())
  } catch {
    return null
  }
}

/** A token as pasted, without its scheme; null when it is none. Only characters that may stand in a header. */
export function tokenOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.trim().replace(/^bearer\s+/i, '') : ''
  return /^[\x21-\x7e]+$/.test(text) ? text : null
}

/** A token with a life of 10 minutes is renewed a minute before its end, a shorter one after nine tenths of it. */
function expiryMs(lifeSeconds: number | null, nowMs: number): number | null {
  if (lifeSeconds === null || lifeSeconds <= 0) return null
  return nowMs + lifeSeconds * 1000 - Math.min(60_000, lifeSeconds * 100)
}

/** SERVICE_UNAUTHORIZED, naming what to correct. */
export function refusedSignIn(host: string, what: string, reason: string | null): TrailviewError {
  const why = reason === null ? '' : ` It says: ${reason.replace(/[.\s]+$/, '')}.`
  return new TrailviewError('SERVICE_UNAUTHORIZED', `${host} refused ${what}.${why} Enter the credential of the connection again.`)
}

/** CREDENTIAL_MISSING for a credential that lacks a part. */
export function missingCredential(title: string, parts: string): TrailviewError {
  return new TrailviewError('CREDENTIAL_MISSING', `The credential of this ${title} connection is incomplete. Enter ${parts}.`)
}
