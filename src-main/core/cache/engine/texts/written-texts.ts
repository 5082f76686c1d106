import { emptyBits, hasBit, setBit } from '../columns/bitmap.ts'
import type { SymbolTable } from './symbol-table.ts'
import { endOfEntry } from './text-bytes.ts'

/** FNV-1a. */
export const hashStart = 0x811c9dc5
export const hashStep = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x01000193)

/** Some texts as they are written in one way, found by the hash of that. */
export class WrittenTexts {
  readonly #byHash = new Map<number, { readonly text: string; readonly written: Uint8Array }[]>()
  /** A bit for the last 16 bits of each hash: most entries are none of the texts. */
  readonly #met = emptyBits(65_536)

  constructor(texts: readonly string[], table: SymbolTable | null) {
    for (const text of texts) {
      const plain = Buffer.concat([Buffer.from(text), Buffer.of(endOfEntry)])
      const room = Buffer.alloc(plain.length * 2)
      const written = table === null ? plain.subarray(0, -1) : room.subarray(0, table.encode(plain, room) - 1)
      const hash = written.reduce(hashStep, hashStart)
      this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), { text, written }])
      setBit(this.#met, hash & 0xffff)
    }
  }

  /** Which of the texts stands at a place, if any. */
  textOf(hash: number, bytes: Buffer, start: number, end: number): string | undefined {
    if (!hasBit(this.#met, hash & 0xffff)) return undefined
    return this.#byHash.get(hash)?.find(({ written }) => bytes.compare(written, 0, written.length, start, end) === 0)?.text
  }
}
