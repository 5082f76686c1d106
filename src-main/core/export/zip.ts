import { promisify } from 'node:util'
import { constants, crc32, deflateRaw } from 'node:zlib'
import { TrailviewError } from '../../contract/errors.ts'
import type { ByteSink } from './writer.ts'
import { dataDescriptor, directoryEnd, directoryEntry, full32, largeDirectoryEnd, localHeader, type ZipEntry } from './zip-records.ts'

const deflate = promisify(deflateRaw)

/** Packed at a time, by as many threads as there are: smaller pieces pack less well. */
const pieceBytes = 512 * 1024
/** An empty last block: ends a deflate stream whose parts were each flushed to a whole byte. */
const lastBlock = Uint8Array.of(3, 0)

export interface ZipLimits {
  /** False: the file is refused past 4 GiB, which spreadsheet programs cannot be relied upon to read. */
  readonly mayBeLarge: boolean
}

/** Writes a ZIP file front to back, one entry after another, without going back to fill in sizes. */
export class ZipWriter {
  readonly #sink: ByteSink
  readonly #mayBeLarge: boolean
  readonly #finished: ZipEntry[] = []
  #open: { readonly name: string; readonly offset: number; crc: number; packedBytes: number; plainBytes: number } | null = null
  #offset = 0

  constructor(sink: ByteSink, { mayBeLarge }: ZipLimits) {
    this.#sink = sink
    this.#mayBeLarge = mayBeLarge
  }

  /** Ends the entry before, if any, and begins the next. */
  async beginEntry(name: string): Promise<void> {
    await this.endEntry()
    this.#open = { name, offset: this.#offset, crc: 0, packedBytes: 0, plainBytes: 0 }
    await this.#put(localHeader({ name, isLarge: this.#mayBeLarge }))
  }

  /** Adds bytes to the entry that is open; they may be used for something else afterwards. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#open === null) throw new Error('no entry is open')
    this.#open.crc = crc32(bytes, this.#open.crc)
    this.#open.plainBytes += bytes.byteLength
    const pieces: Promise<Buffer>[] = []
    for (let at = 0; at < bytes.byteLength; at += pieceBytes) pieces.push(packed(bytes.subarray(at, at + pieceBytes)))
    for (const piece of await Promise.all(pieces)) await this.#putPacked(piece)
  }

  /** Ends the entry that is open, if any. */
  async endEntry(): Promise<void> {
    if (this.#open === null) return
    await this.#putPacked(lastBlock)
    const entry = { ...this.#open, isLarge: this.#mayBeLarge }
    this.#open = null
    this.#finished.push(entry)
    await this.#put(dataDescriptor(entry))
  }

  /** Writes the directory of entries, and ends the last one. `comment` is called when all that comes before the end record is written; ASCII. */
  async end(comment: () => string = () => ''): Promise<void> {
    await this.endEntry()
    const directoryOffset = this.#offset
    for (const entry of this.#finished) await this.#put(directoryEntry(entry))
    const directoryBytes = this.#offset - directoryOffset
    await this.#put(largeDirectoryEnd(this.#finished.length, directoryBytes, directoryOffset))
    await this.#put(directoryEnd(this.#finished.length, directoryBytes, directoryOffset, comment()))
  }

  async #putPacked(bytes: Uint8Array): Promise<void> {
    if (this.#open !== null) this.#open.packedBytes += bytes.byteLength
    await this.#put(bytes)
  }

  async #put(bytes: Uint8Array): Promise<void> {
    this.#offset += bytes.byteLength
    if (!this.#mayBeLarge && (this.#offset >= full32 || (this.#open?.plainBytes ?? 0) >= full32)) {
      throw new TrailviewError(
        'NOT_SUPPORTED',
        'This is more than a spreadsheet file of 4 GiB can hold; narrow the query, or export as CSV or NDJSON.',
      )
    }
    await this.#sink(bytes)
  }
}

/** A part of a deflate stream that ends at a whole byte, so that parts made side by side can be joined. */
function packed(bytes: Uint8Array): Promise<Buffer> {
  return deflate(bytes, { level: 3, finishFlush: constants.Z_SYNC_FLUSH, chunkSize: pieceBytes / 4 })
}
