import { blockSlots, packBlock } from '../blocks.ts'
import type { Database } from '../driver.ts'
import type { WriterState } from './state.ts'

/** A payload above this lies alone in its block, so that reading its neighbours stays cheap. */
const blockBytes = 1024 * 1024

export interface PayloadPlace {
  readonly block: number
  readonly slot: number
}

/** Gathers the payloads of one page into blocks. */
export interface PayloadPacker {
  add(payload: Uint8Array): PayloadPlace
  /** Writes what is left; nothing added may be referred to before. */
  finish(): void
}

/** Makes one packer a page; block numbers are known before the blocks are written. */
export function openPayloads(db: Database, state: WriterState): { begin(): PayloadPacker } {
  const insert = db.prepare<[number, number, Uint8Array, Uint8Array]>('INSERT INTO block (num, codec, lengths, data) VALUES (?, ?, ?, ?)')
  return {
    begin: () => {
      let payloads: Uint8Array[] = []
      let sizeBytes = 0
      const flush = (): void => {
        if (payloads.length === 0) return
        const { codec, lengths, data } = packBlock(payloads)
        insert.run(state.nextBlock++, codec, lengths, data)
        payloads = []
        sizeBytes = 0
      }
      return {
        add: (payload) => {
          if (payloads.length === blockSlots || sizeBytes + payload.length > blockBytes) flush()
          payloads.push(payload)
          sizeBytes += payload.length
          return { block: state.nextBlock, slot: payloads.length - 1 }
        },
        finish: flush,
      }
    },
  }
}
