// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient declaration is no module that could be imported
/// <reference path="../cache/engine/texts/web-assembly.d.ts" />
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { copyBytes } from './line-bytes.ts'

/** Written at a time, a multiple of every disk's blocks. Twice as much is kept: one piece is written while the other is filled. */
const pieceBytes = 1024 * 1024
const pageBytes = 65_536

/**
 * Writes a new file from its beginning, in pieces. Where the system allows it (Linux), whole pieces go to the disk past its memory for files: taking that
 * memory costs more than the writing, and a file of gigabytes would push the archive out of it.
 */
export class PieceWriter {
  /** For what is no whole piece, and for all where nothing else is allowed. */
  readonly #plain: FileHandle
  /** Null: not allowed; undefined: not tried yet. */
  #direct: FileHandle | null | undefined = undefined
  readonly #onPiece: (bytes: Uint8Array) => void
  #filling: Uint8Array
  #resting: Uint8Array
  #filledBytes = 0
  #writtenBytes = 0
  /** The write of the resting piece. */
  #writing: Promise<void> = Promise.resolve()

  /** `handle`: of an empty file. `onPiece` is called with all bytes, in order, while they are written. */
  constructor(handle: FileHandle, onPiece: (bytes: Uint8Array) => void) {
    this.#plain = handle
    this.#onPiece = onPiece
    // Other memory does not begin at a multiple of the disk's blocks, which is asked of what goes there directly.
    const { buffer } = new WebAssembly.Memory({
      initial: (2 * pieceBytes) / pageBytes,
      maximum: (2 * pieceBytes) / pageBytes,
      shared: true,
    })
    this.#filling = new Uint8Array(buffer, 0, pieceBytes)
    this.#resting = new Uint8Array(buffer, pieceBytes, pieceBytes)
  }

  /** Bytes taken so far. */
  get sizeBytes(): number {
    return this.#writtenBytes + this.#filledBytes
  }

  /** Takes bytes; one call at a time. Rejects when earlier ones cannot be written. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const sizeBytes = Math.min(bytes.length - at, pieceBytes - this.#filledBytes)
      copyBytes.call(bytes, this.#filling, this.#filledBytes, at, at + sizeBytes)
      at += sizeBytes
      this.#filledBytes += sizeBytes
      if (this.#filledBytes === pieceBytes) await this.#beginPiece()
    }
  }

  /** Writes what is left and flushes all of it to the disk. */
  async finish(): Promise<void> {
    await this.#beginPiece()
    await this.#writing
    await this.#plain.sync()
    await this.close()
  }

  /** Waits for what is under way and closes the file, whatever became of it. */
  async close(): Promise<void> {
    await this.#writing.catch(() => undefined)
    await this.#direct?.close()
    this.#direct = null
    await this.#plain.close()
  }

  async #beginPiece(): Promise<void> {
    await this.#writing
    const piece = this.#filling.subarray(0, this.#filledBytes)
    this.#writing = this.#writePiece(piece, this.#writtenBytes)
    // Told by the next call; until then nobody may be waiting for it.
    this.#writing.catch(() => undefined)
    this.#onPiece(piece)
    this.#writtenBytes += this.#filledBytes
    this.#filledBytes = 0
    const { buffer, byteOffset } = this.#filling
    this.#filling = this.#resting
    this.#resting = new Uint8Array(buffer, byteOffset, pieceBytes)
  }

  async #writePiece(piece: Uint8Array, position: number): Promise<void> {
    if (piece.length === pieceBytes && (await this.#writtenDirectly(piece, position))) return
    for (let at = 0; at < piece.length;) at += (await this.#plain.write(piece, at, piece.length - at, position + at)).bytesWritten
  }

  /** False: it has to be written the plain way, as has everything after it. */
  async #writtenDirectly(piece: Uint8Array, position: number): Promise<boolean> {
    if (this.#direct === undefined) this.#direct = await openDirectly(this.#plain)
    if (this.#direct === null) return false
    const written = await this.#direct.write(piece, 0, pieceBytes, position).catch(() => null)
    if (written?.bytesWritten === pieceBytes) return true
    const refused = this.#direct
    this.#direct = null
    await refused.close()
    return false
  }
}

/** The same file once more; null where the system or the file system knows no such way. */
async function openDirectly({ fd }: FileHandle): Promise<FileHandle | null> {
  const direct = (constants as { readonly O_DIRECT?: number }).O_DIRECT
  // By its number, as another file may have come to stand at its path.
  return direct === undefined ? null : open(`/proc/self/fd/${fd}`, constants.O_WRONLY | direct).catch(() => null)
}
