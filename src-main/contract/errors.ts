/** The closed list of error codes. A code, once released, keeps its meaning. */
export const errorCodes = [
  // the call itself
  'CALL_UNKNOWN',
  'CALL_INVALID',
  'CALL_CANCELLED',
  'INTERNAL',
  // the query
  'QUERY_INVALID',
  // what was asked for
  'CONNECTION_NOT_FOUND',
  'CONNECTION_INVALID',
  'EVENT_NOT_FOUND',
  'VIEW_NOT_FOUND',
  'EXPORT_NOT_FOUND',
  'NOT_SUPPORTED',
  // the archive
  'ARCHIVE_LOCKED',
  'ARCHIVE_WRONG_KEY',
  'ARCHIVE_DAMAGED',
  'ARCHIVE_NEWER',
  'ARCHIVE_BUSY',
  'ARCHIVE_READ_ONLY',
  'DISK_FULL',
  // the keychain
  'KEYCHAIN_ABSENT',
  'KEYCHAIN_LOCKED',
  'KEYCHAIN_TIMEOUT',
  'KEYCHAIN_REFUSED',
  'CREDENTIAL_MISSING',
  // a service
  'ACCOUNT_CHANGED',
  'SERVICE_UNAUTHORIZED',
  'SERVICE_FORBIDDEN',
  'SERVICE_NOT_FOUND',
  'SERVICE_BAD_REQUEST',
  'SERVICE_RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'SERVICE_UNREACHABLE',
  'SERVICE_TIMEOUT',
  'SERVICE_TLS',
  'SERVICE_NOT_JSON',
  'SERVICE_UNEXPECTED',
  'SERVICE_TOO_LARGE',
  'SERVICE_OTHER_ORIGIN',
  'SERVICE_LIST_CHANGED',
  // files
  'FILE_EXISTS',
  'FILE_NOT_WRITABLE',
  'FILE_NOT_READABLE',
  'PACKAGE_DAMAGED',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** An error as it crosses the boundary: plain data, never a stack, never a secret. */
export interface ErrorData {
  readonly code: ErrorCode
  /** A sentence for the reader: what happened, to what, what to do next. */
  readonly message: string
  readonly retryable: boolean
  readonly details?: Readonly<Record<string, unknown>>
}

/** The one error class of both sides; everything thrown on purpose is one of these. */
export class TrailviewError extends Error implements ErrorData {
  override readonly name = 'TrailviewError'
  readonly code: ErrorCode
  readonly retryable: boolean
  readonly details?: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    extra: { retryable?: boolean; details?: Readonly<Record<string, unknown>>; cause?: unknown } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.code = code
    this.retryable = extra.retryable ?? false
    if (extra.details !== undefined) this.details = extra.details
  }

  toData(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      retryable: this.retryable,
      ...(this.details === undefined ? {} : { details: this.details }),
    }
  }

  static from(data: ErrorData): TrailviewError {
    return new TrailviewError(data.code, data.message, {
      retryable: data.retryable,
      ...(data.details === undefined ? {} : { details: data.details }),
    })
  }
}
