import { TrailviewError, type ErrorCode } from '../../../contract/errors.ts'
import { bodyLimitBytes } from './transport.ts'
import type { TransportError } from './transport-error.ts'
import { clockTime } from './waits.ts'

/** The service's own words about a refusal: short, one line, without control characters. Null when it said nothing readable. */
export interface ServiceWords {
  readonly code: string | null
  readonly message: string
}

/** Text of a service made fit for a sentence: one line, at most 200 characters, every given secret blotted out. */
export function tame(text: string, secrets: readonly string[]): string {
  let line = text.replace(/[\p{C}\p{Z}\s]+/gu, ' ').trim()
  for (const secret of secrets) line = line.replaceAll(secret, '…')
  return line.length > 200 ? `${line.slice(0, 199).trimEnd()}…` : line
}

/** The error for a status that is final: refused, or tried again in vain. */
export function statusError(url: URL, status: number, words: ServiceWords | null, tries: number): TrailviewError {
  const said = words === null || words.message === '' ? '' : `: "${words.message}"`
  const { code, next } = meaningOf(status)
  const often = tries > 1 ? ` ${tries} times` : ''
  return new TrailviewError(code, `${url.host} answered ${status} to ${url.pathname}${often}${said}. ${next}`, {
    retryable: status >= 500 || status === 429 || status === 408,
    details: { status, serviceCode: words?.code ?? null },
  })
}

function meaningOf(status: number): { readonly code: ErrorCode; readonly next: string } {
  if (status === 401) {
    return {
      code: 'SERVICE_UNAUTHORIZED',
      next: 'The credential was refused. Enter a valid one in the connection; collection pauses until then.',
    }
  }
  if (status === 403)
    return {
      code: 'SERVICE_FORBIDDEN',
      next: 'The account lacks a right for this. Ask an administrator of the service for it, or narrow the connection.',
    }
  if (status === 404 || status === 410)
    return { code: 'SERVICE_NOT_FOUND', next: 'Check the base URL and the ids in the options of the connection.' }
  if (status === 429)
    return {
      code: 'SERVICE_RATE_LIMITED',
      next: 'It still asks for fewer requests. Try again later, or lower the requests per second of the connection.',
    }
  if (status >= 500) return { code: 'SERVICE_UNAVAILABLE', next: 'The service has trouble. Try again later; what was collected stays.' }
  if (status >= 400) return { code: 'SERVICE_BAD_REQUEST', next: 'Check the options of the connection.' }
  return { code: 'SERVICE_UNEXPECTED', next: 'Check the base URL of the connection.' }
}

/** The error for a service that asks to wait longer than a run does. `details.retryAt` is when it may be asked again. */
export function waitTooLong(url: URL, retryAtMs: number): TrailviewError {
  const retryAt = new Date(retryAtMs).toISOString()
  const when = `${retryAt.slice(0, 10)} ${clockTime(retryAtMs)}`
  return new TrailviewError(
    'SERVICE_RATE_LIMITED',
    `${url.host} allows no more requests until ${when}. Collect again after that; what was collected stays.`,
    {
      retryable: true,
      details: { retryAt },
    },
  )
}

/** The error for a request that got no whole answer. */
export function transportFailure(url: URL, error: TransportError, tries: number): TrailviewError {
  const often = tries > 1 ? ` (tried ${tries} times)` : ''
  const about = `${url.host}${url.pathname}`
  switch (error.kind) {
    case 'unreachable':
      return fault(
        'SERVICE_UNREACHABLE',
        `${url.host} cannot be reached${often}: ${unreachableReason(error.detail)}. Check the network and the base URL; collection goes on when it is back.`,
        true,
        error,
      )
    case 'proxy':
      return fault(
        'SERVICE_UNREACHABLE',
        `The proxy on the way to ${url.host} answered ${error.detail}. Check the proxy in the settings, the connection or the environment.`,
        true,
        error,
      )
    case 'tls':
      return fault(
        'SERVICE_TLS',
        `The certificate of ${url.host} was not accepted: ${tlsReason(error.detail)}. ${tlsAdvice(error.detail)}`,
        false,
        error,
      )
    case 'timeout':
      return fault(
        'SERVICE_TIMEOUT',
        `${about} did not answer in time${often}. Try again later, or raise the time-out of the connection.`,
        true,
        error,
      )
    case 'broken':
      return fault(
        'SERVICE_UNAVAILABLE',
        `The answer of ${about} broke off${often}. Try again later; what was collected stays.`,
        true,
        error,
      )
    case 'too-large':
      return fault(
        'SERVICE_TOO_LARGE',
        `The answer of ${about} is larger than ${bodyLimitBytes / 1024 / 1024} MiB and was not read. Narrow the connection with its options so that pages become smaller.`,
        false,
        error,
      )
    case 'encoding':
      return fault(
        'SERVICE_UNEXPECTED',
        `${about} answered in a compression that was not asked for. Check whether a proxy stands in between.`,
        false,
        error,
      )
    case 'unsendable':
      return fault(
        'CONNECTION_INVALID',
        `A request to ${url.host} could not be put into words: the credential or an option holds characters that HTTP does not allow. Enter them again.`,
        false,
        error,
      )
  }
}

function fault(code: ErrorCode, message: string, retryable: boolean, cause: Error): TrailviewError {
  return new TrailviewError(code, message, { retryable, cause })
}

function unreachableReason(code: string): string {
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return 'its name was not found'
    case 'ECONNREFUSED':
      return 'it refuses connections'
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return 'it does not answer'
    default:
      return `the network is down (${code})`
  }
}

function tlsReason(code: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return 'it has expired'
    case 'CERT_NOT_YET_VALID':
      return 'it is not valid yet'
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return 'it belongs to another name'
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'no authority known here has signed it'
    default:
      return `the secure connection failed (${code})`
  }
}

function tlsAdvice(code: string): string {
  if (/SELF_SIGNED|ISSUER|LEAF_SIGNATURE/.test(code))
    return 'If the service has a private certificate authority, add its certificate to the connection.'
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return 'Check the clock of this machine; if it is right, the service must renew its certificate.'
  return 'Check the base URL and the proxies in between.'
}
