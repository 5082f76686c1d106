import { createHash, randomBytes, type Hash } from 'node:crypto'
import { link, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TrailviewError } from '../../contract/errors.ts'
import { PieceWriter } from './piece-writer.ts'

/**
 * A file that appears under its final name only when it is whole: written beside it under another name, flushed to disk, then
 * moved. All methods reject with FILE_EXISTS, FILE_NOT_WRITABLE or DISK_FULL.
 */
export class OutputFile {
  readonly path: string
  readonly #temporaryPath: string
  readonly #writer: PieceWriter
  readonly #hash: Hash = createHash('sha256')

  private constructor(path: string, temporaryPath: string, handle: FileHandle) {
    this.path = path
    this.#temporaryPath = temporaryPath
    this.#writer = new PieceWriter(handle, (bytes) => this.#hash.update(bytes))
  }

  /** Opens the file beside the final one. Only the user may read it: exports hold audit data. */
  static async open(path: string, overwrite: boolean): Promise<OutputFile> {
    await refuseUnlessFree(path, overwrite)
    const temporaryPath = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`)
    return new OutputFile(path, temporaryPath, await translated(path, () => open(temporaryPath, 'wx', 0o600)))
  }

  /** Resolves when the bytes are taken, which may be used for something else then; one call at a time. */
  write(bytes: Uint8Array): Promise<void> {
    return translated(this.path, () => this.#writer.write(bytes))
  }

  /** Flushes to disk, still under the other name. */
  async finish(): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
    await translated(this.path, () => this.#writer.finish())
    return { sha256: this.#hash.digest('hex'), sizeBytes: this.#writer.sizeBytes }
  }

  /** Gives the finished file its name. */
  async publish(overwrite: boolean): Promise<void> {
    await translated(this.path, async () => {
      await refuseUnlessFree(this.path, overwrite)
      if (overwrite) await rename(this.#temporaryPath, this.path)
      else await claimName(this.#temporaryPath, this.path)
      await syncFolder(dirname(this.path))
    })
  }

  /** Takes the published file away again. */
  async unpublish(): Promise<void> {
    await rm(this.path, { force: true }).catch(ignore)
  }

  /** Removes what is written so far; leaves a published file alone. */
  async discard(): Promise<void> {
    await this.#writer.close().catch(ignore)
    await rm(this.#temporaryPath, { force: true }).catch(ignore)
  }
}

/** Rejects with FILE_EXISTS where something stands under the name and must stay, or is no file. */
export async function refuseUnlessFree(path: string, overwrite: boolean): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found === null) return
  if (found.isDirectory())
    throw new TrailviewError('FILE_NOT_WRITABLE', `${path} is a folder; give the name of a file in it.`, { details: { path } })
  if (!overwrite)
    throw new TrailviewError(
      'FILE_EXISTS',
      `${path} exists already and was left as it is; choose another name or allow it to be replaced.`,
      { details: { path } },
    )
}

/** Moves without ever replacing; on file systems without hard links the check just before has to do. */
async function claimName(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error
    await refuseUnlessFree(to, false)
    await rename(from, to)
    return
  }
  await rm(from, { force: true })
}

/** Makes the new name survive a power cut, where the system lets a folder be flushed. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(ignore)
  await handle?.close()
}

async function translated<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw error instanceof TrailviewError ? error : fileError(path, error)
  }
}

function fileError(path: string, error: unknown): TrailviewError {
  const extra = { cause: error, details: { path } }
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TrailviewError('DISK_FULL', `The disk is full; ${path} was not written. Free some space, or choose another folder.`, {
        ...extra,
        retryable: true,
      })
    case 'EEXIST':
      return new TrailviewError(
        'FILE_EXISTS',
        `${path} exists already and was left as it is; choose another name or allow it to be replaced.`,
        extra,
      )
    case 'ENOENT':
    case 'ENOTDIR':
      return new TrailviewError(
        'FILE_NOT_WRITABLE',
        `${path} cannot be written because its folder does not exist; create the folder or choose another.`,
        extra,
      )
    case 'EROFS':
      return new TrailviewError(
        'FILE_NOT_WRITABLE',
        `${path} cannot be written because its disk is read-only; choose another folder.`,
        extra,
      )
    case 'EACCES':
    case 'EPERM':
      return new TrailviewError(
        'FILE_NOT_WRITABLE',
        `${path} cannot be written because this user has no right to; choose another folder.`,
        extra,
      )
    default:
      return new TrailviewError(
        'FILE_NOT_WRITABLE',
        `${path} cannot be written (${codeOf(error) ?? 'unknown error'}); choose another folder.`,
        extra,
      )
  }
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

function ignore(): void {
  // What stands in the way of cleaning up is not worth hiding the error that led here.
}
