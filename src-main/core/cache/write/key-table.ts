import { release } from '../../lib/release.ts'
import type { KeyWords } from '../key-words.ts'

/** More slots than a range is ever sorted of. */
const maxPlaces = 2 ** 21

/**
 * Keys and their numbers in one typed array, by open addressing: four bytes more than the key a slot, where a Map of strings takes a
 * hundred. Keys are random, a multiple of four bytes and at least eight; a number is never 0, which marks a free slot.
 */
export class KeyTable {
  readonly #keyWords: number
  readonly #slotWords: number
  #slots: Uint32Array
  /** Of the number of slots, a power of two. */
  #mask: number
  #count = 0

  /** `expected`: keys it has room for before it grows. */
  constructor(keyBytes: number, expected = 0) {
    this.#keyWords = keyBytes / 4
    this.#slotWords = this.#keyWords + 1
    let slots = 1024
    while (slots * 3 <= expected * 4) slots *= 2
    this.#slots = new Uint32Array(slots * this.#slotWords)
    this.#mask = slots - 1
  }

  /** Gives its memory back; nothing may be asked of it afterwards. */
  release(): void {
    release(this.#slots)
  }

  get count(): number {
    return this.#count
  }

  get(key: KeyWords): number | null {
    return this.#slots[this.#find(key) + this.#keyWords] || null
  }

  /** Adds a key; one that is there already keeps its first number. */
  add(key: KeyWords, value: number): void {
    if (this.#count * 4 >= (this.#mask + 1) * 3) this.#grow()
    const slots = this.#slots
    const at = this.#find(key)
    if (slots[at + this.#keyWords] !== 0) return
    for (let word = 0; word < this.#keyWords; word++) slots[at + word] = key[word] as number
    slots[at + this.#keyWords] = value
    this.#count++
  }

  /** Every key, in no order; the words are the same each time. */
  *keys(): Generator<KeyWords> {
    const key = new Uint32Array(this.#keyWords)
    for (let at = 0; at < this.#slots.length; at += this.#slotWords) {
      if (this.#slots[at + this.#keyWords] === 0) continue
      key.set(this.#slots.subarray(at, at + this.#keyWords))
      yield key
    }
  }

  /**
   * Keys whose first byte is in the range, each followed by its number, ascending by their first four bytes: enough for those that follow
   * one another to belong into the same place of a tree.
   */
  ascending(fromByte: number, toByte: number): readonly (Buffer | number)[] {
    const slots = this.#slots
    const keyWords = this.#keyWords
    const places = this.#ascendingSlots(fromByte, toByte)
    // One buffer for all of them: many small ones take several times as long to make.
    const words = new Uint32Array(places.length * keyWords)
    const bytes = Buffer.from(words.buffer)
    const pairs: (Buffer | number)[] = []
    let to = 0
    for (const at of places) {
      for (let word = 0; word < keyWords; word++) words[to + word] = slots[at + word] as number
      pairs.push(bytes.subarray(to * 4, (to + keyWords) * 4), slots[at + keyWords] as number)
      to += keyWords
    }
    return pairs
  }

  /** Numbers sort many times faster than buffers, so a slot's place goes into the lower half of one number with its key's beginning. */
  #ascendingSlots(fromByte: number, toByte: number): Uint32Array {
    const slots = this.#slots
    const keyWords = this.#keyWords
    const places: number[] = []
    for (let at = 0; at < slots.length; at += keyWords + 1) {
      const first = (slots[at] as number) & 0xff
      if (first >= fromByte && first < toByte && slots[at + keyWords] !== 0) places.push(at)
    }
    const order = new Float64Array(places.length)
    for (let index = 0; index < order.length; index++) {
      order[index] = bigEndian(slots[places[index] as number] as number) * maxPlaces + index
    }
    order.sort()
    const sorted = new Uint32Array(order.length)
    for (let index = 0; index < order.length; index++) {
      const mixed = order[index] as number
      // The remainder; asked for as such, numbers this large take far longer.
      sorted[index] = places[mixed - Math.floor(mixed / maxPlaces) * maxPlaces] as number
    }
    return sorted
  }

  /** Where the slot of a key begins, or the free one it belongs into. */
  #find(key: KeyWords): number {
    const slots = this.#slots
    // The second word: the first decides the slice that is merged at a time, and would crowd.
    for (let slot = (key[1] as number) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = slot * this.#slotWords
      if (slots[at + this.#keyWords] === 0 || this.#isAt(at, key)) return at
    }
  }

  #isAt(at: number, key: KeyWords): boolean {
    for (let word = 0; word < this.#keyWords; word++) if (this.#slots[at + word] !== key[word]) return false
    return true
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    this.#count = 0
    for (let at = 0; at < old.length; at += this.#slotWords) {
      const value = old[at + this.#keyWords] as number
      if (value !== 0) this.add(old.subarray(at, at + this.#keyWords), value)
    }
    release(old)
  }
}

/** The first four bytes of a key as a number that sorts as they do. */
const bigEndian = (word: number): number => (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
