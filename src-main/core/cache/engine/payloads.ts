import { isUtf8 } from 'node:buffer'
import { type JoinedPayloads, joinedPayloads, type StoredBlock } from '../blocks.ts'
import type { Database } from '../driver.ts'
import { prepared } from './prepared.ts'
import { RecentlyUsed } from './recently-used.ts'

/** Unpacked blocks remembered: neighbours in time mostly share a block. */
const rememberedBlocks = 24

/** An unpacked block. */
export interface Block extends JoinedPayloads {
  /** Whether each payload is UTF-8; false: some may be. */
  readonly isText: boolean
}

/** Reads kept payloads, block by block. */
export class Payloads {
  readonly #db: Database
  readonly #blocks = new RecentlyUsed<number, Block>(rememberedBlocks)
  readonly #decoder = new TextDecoder()

  constructor(db: Database) {
    this.#db = db
  }

  /** The bytes at a place, as they were received. */
  at(block: number, slot: number): Uint8Array {
    const { bytes, ends } = this.block(block)
    const end = ends[slot]
    if (end === undefined) throw new RangeError(`block ${block} holds no payload ${slot}`)
    return bytes.subarray(slot === 0 ? 0 : ends[slot - 1], end)
  }

  /** All payloads of a block. */
  block(num: number): Block {
    const known = this.#blocks.get(num)
    if (known !== undefined) return known
    const stored = prepared<[number], StoredBlock>(this.#db, 'SELECT codec, lengths, data FROM block WHERE num = ?').get(num)
    const joined = stored === undefined ? { bytes: new Uint8Array(), ends: [] } : joinedPayloads(stored)
    const block = { ...joined, isText: isTextEach(joined) }
    this.#blocks.set(num, block)
    return block
  }

  /** The newest payload of a row as text, bytes that are no UTF-8 replaced. */
  textOf(row: number): string {
    const place = prepared<[number], { block: number; slot: number }>(this.#db, 'SELECT block, slot FROM event WHERE seq = ?').get(row + 1)
    return place === undefined ? '' : this.#decoder.decode(this.at(place.block, place.slot))
  }
}

/** All of it is UTF-8 and none begins in the middle of a character: then each is. */
function isTextEach({ bytes, ends }: JoinedPayloads): boolean {
  return isUtf8(bytes) && ends.every((end) => ((bytes[end] ?? 0) & 0xc0) !== 0x80)
}
