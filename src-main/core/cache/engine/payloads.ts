import type { Database } from '../driver.ts'
import { type StoredBlock, unpackBlock } from '../blocks.ts'
import { prepared } from './prepared.ts'
import { RecentlyUsed } from './recently-used.ts'

/** Unpacked blocks remembered: neighbours in time mostly share a block. */
const rememberedBlocks = 24

/** Reads kept payloads, block by block. */
export class Payloads {
  readonly #db: Database
  readonly #blocks = new RecentlyUsed<number, readonly Uint8Array[]>(rememberedBlocks)
  readonly #decoder = new TextDecoder()

  constructor(db: Database) {
    this.#db = db
  }

  /** The bytes at a place, as they were received. */
  at(block: number, slot: number): Uint8Array {
    let payloads = this.#blocks.get(block)
    if (payloads === undefined) {
      const stored = prepared<[number], StoredBlock>(this.#db, 'SELECT codec, lengths, data FROM block WHERE num = ?').get(block)
      payloads = stored === undefined ? [] : unpackBlock(stored)
      this.#blocks.set(block, payloads)
    }
    const bytes = payloads[slot]
    if (bytes === undefined) throw new RangeError(`block ${block} holds no payload ${slot}`)
    return bytes
  }

  /** The newest payload of a row as text, bytes that are no UTF-8 replaced. */
  textOf(row: number): string {
    const place = prepared<[number], { block: number; slot: number }>(this.#db, 'SELECT block, slot FROM event WHERE seq = ?').get(row + 1)
    return place === undefined ? '' : this.#decoder.decode(this.at(place.block, place.slot))
  }
}
