import { promisify } from 'node:util'
import { constants, crc32, deflateRaw } from 'node:zlib'
import { TrailviewError } from '../../contract/errors.ts'
import type { ByteSink } from './writer.ts'

const deflate = promisify(deflateRaw)

/** Sizes and offsets of a plain ZIP file have 32 bits. */
const maxSizeBytes = 0xffff_ffff
/** An empty last block: ends a deflate stream whose parts were each flushed to a whole byte. */
const lastBlock = Uint8Array.of(3, 0)
const utf8Names = 0x0800
const sizesFollow = 0x0008
/** 1980-01-01, the earliest date the format knows: archives of the same events are the same bytes. */
const dosDate = 0x0021

interface FinishedEntry {
  readonly name: Buffer
  readonly crc: number
  readonly packedBytes: number
  readonly plainBytes: number
  readonly offset: number
}

/** Writes a ZIP file front to back, one entry after another, without going back to fill in sizes. Rejects past 4 GiB. */
export class ZipWriter {
  readonly #sink: ByteSink
  readonly #finished: FinishedEntry[] = []
  #open: { readonly name: Buffer; readonly offset: number; crc: number; packedBytes: number; plainBytes: number } | null = null
  #offset = 0

  constructor(sink: ByteSink) {
    this.#sink = sink
  }

  /** Ends the entry before, if any, and begins the next. */
  async beginEntry(path: string): Promise<void> {
    await this.#endEntry()
    const name = Buffer.from(path)
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x0403_4b50, 0)
    writeCommon(header, 4)
    header.writeUInt16LE(name.length, 26)
    this.#open = { name, offset: this.#offset, crc: 0, packedBytes: 0, plainBytes: 0 }
    await this.#put(Buffer.concat([header, name]))
  }

  /** Adds bytes to the entry that is open. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#open === null) throw new Error('no entry is open')
    this.#open.crc = crc32(bytes, this.#open.crc)
    this.#open.plainBytes += bytes.byteLength
    await this.#putPacked(await deflate(bytes, { level: 3, finishFlush: constants.Z_SYNC_FLUSH }))
  }

  /** Ends the last entry and writes the directory of entries. */
  async end(): Promise<void> {
    await this.#endEntry()
    const directoryOffset = this.#offset
    for (const entry of this.#finished) await this.#put(directoryEntry(entry))
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x0605_4b50, 0)
    end.writeUInt16LE(this.#finished.length, 8)
    end.writeUInt16LE(this.#finished.length, 10)
    end.writeUInt32LE(this.#offset - directoryOffset, 12)
    end.writeUInt32LE(directoryOffset, 16)
    await this.#put(end)
  }

  async #endEntry(): Promise<void> {
    const entry = this.#open
    if (entry === null) return
    await this.#putPacked(lastBlock)
    this.#open = null
    this.#finished.push(entry)
    const descriptor = Buffer.alloc(16)
    descriptor.writeUInt32LE(0x0807_4b50, 0)
    writeSizes(descriptor, 4, entry)
    await this.#put(descriptor)
  }

  async #putPacked(bytes: Uint8Array): Promise<void> {
    if (this.#open !== null) this.#open.packedBytes += bytes.byteLength
    await this.#put(bytes)
  }

  async #put(bytes: Uint8Array): Promise<void> {
    this.#offset += bytes.byteLength
    if (this.#offset > maxSizeBytes || (this.#open?.plainBytes ?? 0) > maxSizeBytes) {
      throw new TrailviewError(
        'NOT_SUPPORTED',
        'This is more than a spreadsheet file of 4 GiB can hold; narrow the query, or export as CSV or NDJSON.',
      )
    }
    await this.#sink(bytes)
  }
}

function directoryEntry(entry: FinishedEntry): Buffer {
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x0201_4b50, 0)
  header.writeUInt16LE(20, 4)
  writeCommon(header, 6)
  writeSizes(header, 16, entry)
  header.writeUInt16LE(entry.name.length, 28)
  header.writeUInt32LE(entry.offset, 42)
  return Buffer.concat([header, entry.name])
}

/** Version needed, flags, method and date: the same in both kinds of header. */
function writeCommon(header: Buffer, at: number): void {
  header.writeUInt16LE(20, at)
  header.writeUInt16LE(utf8Names | sizesFollow, at + 2)
  header.writeUInt16LE(8, at + 4)
  header.writeUInt16LE(dosDate, at + 8)
}

function writeSizes(
  header: Buffer,
  at: number,
  entry: { readonly crc: number; readonly packedBytes: number; readonly plainBytes: number },
): void {
  header.writeUInt32LE(entry.crc, at)
  header.writeUInt32LE(entry.packedBytes, at + 4)
  header.writeUInt32LE(entry.plainBytes, at + 8)
}
