import { isUtf8 } from 'node:buffer'
import { ZSTDDecoder } from 'zstddec'
import { copyBytes, roomAt, roomBytes, type LineBytes } from '../../../export/line-bytes.ts'
import { blockSlots, isPacked, payloadLengths, type StoredBlock } from '../../blocks.ts'
import type { Database } from '../../driver.ts'
import { prepared } from '../rows/prepared.ts'
import { release } from '../../../lib/release.ts'

/** Blocks that are near: neighbours in time mostly share one. */
const nearBlocks = 24
const slackBytes = 64
/** Larger blocks are left to others. */
const mostBytes = 512 * 1024
const stored = 'SELECT codec, lengths, data FROM block WHERE num = ?'

const blocksAt = roomAt + slackBytes
const strideBytes = Math.floor((roomAt + roomBytes - blocksAt) / nearBlocks / slackBytes) * slackBytes
const placesEach = blockSlots + 1
/** Node's own is made anew for each block, which cost an export 1.6 µs a row. */
const decoder = new ZSTDDecoder()

/** Unpacked blocks of payloads, in the memory where lines are made: none of them is copied, and nothing is left behind for each block. */
export class NearBlocks {
  readonly #db: Database
  readonly #bytes: LineBytes
  /** By place among the near ones: the block's number, when it was asked for last, and where each of its payloads begins and the last ends. */
  readonly #numbers = new Float64Array(nearBlocks).fill(-1)
  readonly #used = new Float64Array(nearBlocks)
  readonly #places = new Uint32Array(nearBlocks * placesEach)
  readonly #counts = new Uint8Array(nearBlocks)
  /** Where the payload that was brought near lies in the memory, `end` exclusive. */
  begin = 0
  end = 0
  #clock = 0
  #last = 0

  /** `db` stays open for as long as this is used. */
  static async open(db: Database, bytes: LineBytes): Promise<NearBlocks> {
    await decoder.init()
    return new NearBlocks(db, bytes)
  }

  private constructor(db: Database, bytes: LineBytes) {
    this.#db = db
    this.#bytes = bytes
  }

  /** Brings a payload near; false: its block is too large, or holds what is no text. */
  bring(num: number, slot: number): boolean {
    if (this.#numbers[this.#last] !== num) this.#last = this.#find(num)
    this.#used[this.#last] = ++this.#clock
    const place = this.#last * placesEach + slot
    this.begin = this.#places[place] as number
    this.end = this.#places[place + 1] as number
    return slot < (this.#counts[this.#last] as number)
  }

  #find(num: number): number {
    const known = this.#numbers.indexOf(num)
    if (known >= 0) return known
    let oldest = 0
    for (let i = 1; i < nearBlocks; i++) if ((this.#used[i] as number) < (this.#used[oldest] as number)) oldest = i
    this.#counts[oldest] = this.#load(num, oldest)
    this.#numbers[oldest] = num
    return oldest
  }

  /** Unpacks a block; returns how many payloads it has, 0 if it is left to others. */
  #load(num: number, slot: number): number {
    const block = prepared<[number], StoredBlock>(this.#db, stored).get(num)
    if (block === undefined) return 0
    const lengths = payloadLengths(block)
    const bytes = lengths.length > blockSlots ? null : unpacked(block, lengths)
    if (bytes === null) return 0
    const { memory } = this.#bytes
    const begin = blocksAt + slot * strideBytes
    const end = begin + bytes.length
    copyBytes.call(bytes, memory, begin)
    release(bytes)
    release(block.data)
    if (!isUtf8(memory.subarray(begin, end))) return 0
    let place = begin
    this.#places[slot * placesEach] = place
    for (const [i, length] of lengths.entries()) {
      // In the middle of a character: what lies before and behind is no UTF-8 by itself.
      if (place > begin && place < end && ((memory[place] as number) & 0xc0) === 0x80) return 0
      place += length
      this.#places[slot * placesEach + i + 1] = place
    }
    return lengths.length
  }
}

/** The payloads of a block one after the other; null: it is too large, or is not what its lengths say. */
function unpacked(block: StoredBlock, lengths: readonly number[]): Uint8Array | null {
  const sizeBytes = lengths.reduce((sum, length) => sum + length, 0)
  if (sizeBytes === 0 || sizeBytes > mostBytes || block.data.length > mostBytes) return null
  const bytes = isPacked(block) ? decoder.decode(block.data, sizeBytes) : block.data
  return bytes.length === sizeBytes ? bytes : null
}
