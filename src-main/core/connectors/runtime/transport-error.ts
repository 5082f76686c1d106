/** What kept a request from being answered in full. */
export type TransportFailure = 'unreachable' | 'proxy' | 'tls' | 'timeout' | 'broken' | 'too-large' | 'encoding' | 'unsendable'

/** A request without a whole answer. `detail` is a code or a few words of ours, never text from the service. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly kind: TransportFailure
  readonly detail: string

  constructor(kind: TransportFailure, detail: string, cause?: unknown) {
    super(`${kind}: ${detail}`, cause === undefined ? undefined : { cause })
    this.kind = kind
    this.detail = detail
  }
}

const unreachableCodes: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
])
const timeoutCodes: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** Sorts what the network stack threw into one of our kinds. */
export function failureOf(error: unknown): TransportError {
  if (error instanceof TransportError) return error
  const code = codeOf(error)
  if (isTlsCode(code)) return new TransportError('tls', code, error)
  if (unreachableCodes.has(code)) return new TransportError('unreachable', code, error)
  if (timeoutCodes.has(code)) return new TransportError('timeout', code, error)
  if (code === 'ERR_BUFFER_TOO_LARGE') return new TransportError('too-large', code, error)
  if (code === 'UND_ERR_INVALID_ARG') return new TransportError('unsendable', code, error)
  const refusal = /^Proxy response \((\d{3})\)/.exec(error instanceof Error ? error.message : '')
  if (refusal !== null) return new TransportError('proxy', refusal[1] ?? '', error)
  return new TransportError('broken', code === '' ? 'connection lost' : code, error)
}

function isTlsCode(code: string): boolean {
  return /^(?:ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|EPROTO$)/.test(code)
}

/** The innermost code: several addresses tried at once arrive as an AggregateError, wrapped ones as a cause. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const inner = error.cause instanceof Error ? codeOf(error.cause) : ''
  return inner !== '' && (code === '' || code.startsWith('UND_ERR_SOCKET')) ? inner : code
}
