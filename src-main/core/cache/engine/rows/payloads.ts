import { type JoinedPayloads, joinedPayloads, type StoredBlock } from '../../blocks.ts'
import type { Database } from '../../driver.ts'
import { prepared } from './prepared.ts'
import { RecentlyUsed } from '../../../lib/recently-used.ts'

/** Unpacked blocks remembered: neighbours in time mostly share a block. */
const rememberedBlocks = 24

/** Reads kept payloads, block by block. */
export class Payloads {
  readonly #db: Database
  readonly #blocks = new RecentlyUsed<number, JoinedPayloads>(rememberedBlocks)
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
  block(num: number): JoinedPayloads {
    const known = this.#blocks.get(num)
    if (known !== undefined) return known
    const stored = prepared<[number], StoredBlock>(this.#db, 'SELECT codec, lengths, data FROM block WHERE num = ?').get(num)
    const block = stored === undefined ? { bytes: new Uint8Array(), ends: [] } : joinedPayloads(stored)
    this.#blocks.set(num, block)
    return block
  }

  /** The newest payload of a row as text, bytes that are no UTF-8 replaced. */
  textOf(row: number): string {
    const place = prepared<[number], { block: number; slot: number }>(this.#db, 'SELECT block, slot FROM event WHERE seq = ?').get(row + 1)
    return place === undefined ? '' : this.#decoder.decode(this.at(place.block, place.slot))
  }
}
