import { keyBytes } from '../identity.ts'

const wordsPerSlot = keyBytes / 4 + 1

/**
 * Keys and their seqs in one typed array, by open addressing: 16 bytes a slot where a Map of strings takes a hundred.
 * A seq is never 0, which marks a free slot.
 */
export class KeyTable {
  #slots = new Uint32Array(1024 * wordsPerSlot)
  #count = 0

  get count(): number {
    return this.#count
  }

  get(key: Buffer): number | null {
    const at = this.#find(key.readUInt32LE(0), key.readUInt32LE(4), key.readUInt32LE(8))
    return this.#slots[at + 3] || null
  }

  /** Adds a key; one that is there already keeps its first seq. */
  add(key: Buffer, seq: number): void {
    if (this.#count * 4 * wordsPerSlot >= this.#slots.length * 3) this.#grow()
    this.#put(key.readUInt32LE(0), key.readUInt32LE(4), key.readUInt32LE(8), seq)
  }

  /** Keys whose first byte is in the range, ascending, with their seqs. */
  sorted(fromByte: number, toByte: number): readonly (readonly [key: Buffer, seq: number])[] {
    const found: [Buffer, number][] = []
    const slots = this.#slots
    for (let at = 0; at < slots.length; at += wordsPerSlot) {
      const seq = slots[at + 3] as number
      const first = (slots[at] as number) & 0xff
      if (seq === 0 || first < fromByte || first >= toByte) continue
      const key = Buffer.allocUnsafe(keyBytes)
      for (let word = 0; word < 3; word++) key.writeUInt32LE(slots[at + word] as number, word * 4)
      found.push([key, seq])
    }
    return found.sort((a, b) => Buffer.compare(a[0], b[0]))
  }

  #find(a: number, b: number, c: number): number {
    const slots = this.#slots
    const mask = slots.length / wordsPerSlot - 1
    // The second word: the first decides the slice that is merged at a time, and would crowd.
    for (let slot = b & mask; ; slot = (slot + 1) & mask) {
      const at = slot * wordsPerSlot
      if (slots[at + 3] === 0 || (slots[at] === a && slots[at + 1] === b && slots[at + 2] === c)) return at
    }
  }

  #put(a: number, b: number, c: number, seq: number): void {
    const at = this.#find(a, b, c)
    if (this.#slots[at + 3] !== 0) return
    this.#slots.set([a, b, c, seq], at)
    this.#count++
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    this.#count = 0
    for (let at = 0; at < old.length; at += wordsPerSlot) {
      const seq = old[at + 3] as number
      if (seq !== 0) this.#put(old[at] as number, old[at + 1] as number, old[at + 2] as number, seq)
    }
  }
}
