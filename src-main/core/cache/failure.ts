import { TrailviewError } from '../../contract/errors.ts'

/** What is known about the moment a statement failed. */
export interface FailureContext {
  /** The very first read: a key that does not fit and a damaged first page look the same. */
  readonly isFirstPage?: boolean
  /** The file is an unencrypted database. */
  readonly isPlain?: boolean
}

/** Turns an error of the engine, or any other, into a TrailviewError with a sentence about the archive at `path`. */
export function failureOf(error: unknown, path: string, context: FailureContext = {}): TrailviewError {
  if (error instanceof TrailviewError) return error
  const code = codeOf(error)
  if (code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_CORRUPT')) {
    if (context.isPlain) {
      return new TrailviewError(
        'ARCHIVE_DAMAGED',
        `The file ${path} is an unencrypted database and not an archive of Trailview. Move it away or choose another folder.`,
        { cause: error },
      )
    }
    if (context.isFirstPage && code.startsWith('SQLITE_NOTADB')) {
      return new TrailviewError(
        'ARCHIVE_WRONG_KEY',
        `The archive ${path} cannot be opened with this key: the key belongs to another archive, or the beginning of the file is damaged. Use the keychain or passphrase it was made with, or put back a copy of the file.`,
        { cause: error },
      )
    }
    return damaged(path, 'a part of it cannot be read', error)
  }
  if (code.startsWith('SQLITE_FULL') || code === 'ENOSPC' || code === 'EDQUOT') {
    return new TrailviewError(
      'DISK_FULL',
      `No space is left for the archive ${path}. Nothing of the last step was stored and nothing else was lost; free some space and try again.`,
      { retryable: true, cause: error },
    )
  }
  if (
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_CANTOPEN') ||
    code === 'EROFS' ||
    code === 'EACCES' ||
    code === 'EPERM'
  ) {
    return new TrailviewError(
      'ARCHIVE_READ_ONLY',
      `The archive ${path} cannot be written: the folder or the file is read-only for this account. Change its permissions or choose another folder.`,
      { cause: error },
    )
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new TrailviewError('ARCHIVE_BUSY', `Another process kept the archive ${path} locked for too long. Try again in a moment.`, {
      retryable: true,
      cause: error,
    })
  }
  if (code.startsWith('SQLITE_IOERR')) return damaged(path, 'the disk reported an error', error)
  return new TrailviewError(
    'INTERNAL',
    `The archive ${path} could not do what was asked: ${error instanceof Error ? error.message : String(error)}.`,
    { cause: error },
  )
}

/** ARCHIVE_DAMAGED with what was seen. */
export function damaged(path: string, what: string, cause?: unknown): TrailviewError {
  return new TrailviewError(
    'ARCHIVE_DAMAGED',
    `The archive ${path} is damaged: ${what}. Put back a copy of it; what the services still hold can be collected again into a new archive.`,
    cause === undefined ? {} : { cause },
  )
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
