import { TrailviewError, errorCodes, type ErrorCode } from '../../contract/errors.ts'
import type { RunError } from '../../contract/model/collection.ts'

/** Any thrown thing as one of ours; what was not thrown on purpose is named without its text, which may hold data. */
export function asTrailviewError(error: unknown): TrailviewError {
  if (error instanceof TrailviewError) return error
  return new TrailviewError(
    'INTERNAL',
    'Something unforeseen happened in Trailview during the collection. Try again; if it happens again, report it.',
    { cause: error },
  )
}

/** The error as it is kept with the run. */
export function toRunError(error: TrailviewError): RunError {
  const retryAt = error.details?.['retryAt']
  return { code: error.code, message: error.message, isRetryable: error.retryable, retryAt: typeof retryAt === 'string' ? retryAt : null }
}

/** A run's error as one that can be thrown again. */
export function fromRunError({ code, message, isRetryable }: RunError): TrailviewError {
  return new TrailviewError(errorCodes.find((known) => known === code) ?? 'INTERNAL', message, { retryable: isRetryable })
}

/** Errors that concern one request or one span of time; after any other, going on with the next window would fail alike. */
const windowErrors: ReadonlySet<ErrorCode> = new Set([
  'INTERNAL',
  'SERVICE_BAD_REQUEST',
  'SERVICE_LIST_CHANGED',
  'SERVICE_NOT_FOUND',
  'SERVICE_NOT_JSON',
  'SERVICE_TIMEOUT',
  'SERVICE_TOO_LARGE',
  'SERVICE_UNAVAILABLE',
  'SERVICE_UNEXPECTED',
])

/** Whether later windows are still worth trying after this error. */
export function concernsWindowOnly(error: TrailviewError): boolean {
  return windowErrors.has(error.code)
}

/** Whether the archive itself refused: nothing more can be written, not even that a span failed. */
export function isArchiveError(error: TrailviewError): boolean {
  return error.code.startsWith('ARCHIVE_') || error.code === 'DISK_FULL' || error.code === 'CONNECTION_NOT_FOUND'
}
