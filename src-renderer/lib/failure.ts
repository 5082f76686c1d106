import { TrailviewError } from '../../src-main/contract/errors.ts'

/** A failure as the screen shows it: a sentence, and whether trying again can help. */
export interface Failure {
  readonly code: string
  readonly message: string
  readonly isRetryable: boolean
}

/** What to show of anything thrown. */
export function toFailure(error: unknown): Failure {
  if (error instanceof TrailviewError) return { code: error.code, message: error.message, isRetryable: error.retryable }
  return {
    code: 'INTERNAL',
    message: 'Something unexpected happened in this window. Reload it; the archive is not affected.',
    isRetryable: true,
  }
}
