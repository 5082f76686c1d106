/** More slots than a range is ever sorted of. */
const maxPlaces = 2 ** 21

/**
 * Keys and their numbers in one typed array, by open addressing: four bytes more than the key a slot, where a Map of strings takes a
 * hundred. Keys are random, a multiple of four bytes and at least eight; a number is never 0, which marks a free slot.
 */
export class KeyTable {
  readonly #keyWords: number
  readonly #slotWords: number
  /** The words of the key that is looked for. */
  readonly #sought: Uint32Array
  #slots: Uint32Array
  #count = 0

  /** `expected`: keys it has room for before it grows. */
  constructor(keyBytes: number, expected = 0) {
    this.#keyWords = keyBytes / 4
    this.#slotWords = this.#keyWords + 1
    this.#sought = new Uint32Array(this.#slotWords)
    let slots = 1024
    while (slots * 3 <= expected * 4) slots *= 2
    this.#slots = new Uint32Array(slots * this.#slotWords)
  }

  get count(): number {
    return this.#count
  }

  get(key: Buffer): number | null {
    this.#seek(key, 0)
    return this.#slots[this.#find() + this.#keyWords] || null
  }

  /** Adds the key that begins at a byte of the buffer; one that is there already keeps its first number. */
  add(keys: Buffer, value: number, at = 0): void {
    if (this.#count * 4 * this.#slotWords >= this.#slots.length * 3) this.#grow()
    this.#seek(keys, at)
    this.#sought[this.#keyWords] = value
    this.#put()
  }

  /** Every key, in no order; the buffer is the same each time. */
  *keys(): Generator<Buffer> {
    const key = Buffer.alloc(this.#keyWords * 4)
    for (let at = 0; at < this.#slots.length; at += this.#slotWords) {
      if (this.#slots[at + this.#keyWords] === 0) continue
      this.#copyKey(at, key)
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

  #copyKey(at: number, key: Buffer): void {
    for (let word = 0; word < this.#keyWords; word++) key.writeUInt32LE(this.#slots[at + word] as number, word * 4)
  }

  #seek(keys: Buffer, at: number): void {
    for (let word = 0; word < this.#keyWords; word++) this.#sought[word] = keys.readUInt32LE(at + word * 4)
  }

  /** Where the slot of the sought key begins, or the free one it belongs into. */
  #find(): number {
    const slots = this.#slots
    const mask = slots.length / this.#slotWords - 1
    // The second word: the first decides the slice that is merged at a time, and would crowd.
    for (let slot = (this.#sought[1] as number) & mask; ; slot = (slot + 1) & mask) {
      const at = slot * this.#slotWords
      if (slots[at + this.#keyWords] === 0 || this.#isSoughtAt(at)) return at
    }
  }

  #isSoughtAt(at: number): boolean {
    for (let word = 0; word < this.#keyWords; word++) if (this.#slots[at + word] !== this.#sought[word]) return false
    return true
  }

  #put(): void {
    const at = this.#find()
    if (this.#slots[at + this.#keyWords] !== 0) return
    this.#slots.set(this.#sought, at)
    this.#count++
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(old.length * 2)
    this.#count = 0
    for (let at = 0; at < old.length; at += this.#slotWords) {
      if (old[at + this.#keyWords] === 0) continue
      this.#sought.set(old.subarray(at, at + this.#slotWords))
      this.#put()
    }
  }
}

/** The first four bytes of a key as a number that sorts as they do. */
const bigEndian = (word: number): number => (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0
