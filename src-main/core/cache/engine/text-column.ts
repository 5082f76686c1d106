import { emptyBits, hasBit, setBit } from './bitmap.ts'
import { ended } from './steps.ts'
import { endOfEntry, markEntries, needleFor, windowBytes } from './text-search.ts'

const nothing = 0xfe
/** Of so many entries it is kept where one begins, a power of two. */
const startsEvery = 8
/** Windows begin at a multiple of so many entries: the bits of a word. */
const windowEntries = 32
/** Windows searched between two breaths: some 2 MB. */
const stepWindows = 16
const decoder = new TextDecoder()

/** Where in an entry a text is looked for. */
export type TextPlace = 'anywhere' | 'start' | 'end' | 'whole'

/**
 * Folded texts by number, joined as UTF-8 in one buffer for fast search. Number 0 is what stands for none.
 * The bytes 0xFF (end of an entry) and 0xFE (nothing there) occur in no UTF-8, so no search ever crosses or hits them.
 */
export class TextColumn {
  #bytes: Buffer = Buffer.allocUnsafe(4096)
  /** Where every eighth entry begins. */
  #starts = new Uint32Array(128)
  #usedBytes = 0
  #count = 0
  #reservedCount = 0
  /** The entry looked at last. */
  #lastNumber = 0
  #lastStart = 0

  /** `none`: what number 0 reads. */
  constructor(none: string | null = null) {
    this.push(none)
  }

  /** Entries, number 0 included. */
  get count(): number {
    return this.#count
  }

  get sizeBytes(): number {
    return this.#bytes.byteLength + this.#starts.byteLength
  }

  /** Makes room for numbers below `count`; texts grow as they come. */
  reserve(count: number): void {
    const added = count - this.#count
    if (added > 0) this.#reserve(added, 0)
    this.#reservedCount = Math.max(this.#reservedCount, count)
  }

  /** Appends the next number's text, folded already; null: nothing. */
  push(folded: string | null): void {
    // Three bytes are the most that one UTF-16 unit takes.
    this.#reserve(1, folded === null ? 2 : folded.length * 3 + 1)
    this.#countEntry(this.#usedBytes)
    if (folded === null) this.#bytes[this.#usedBytes++] = nothing
    else this.#usedBytes += this.#bytes.write(folded, this.#usedBytes, 'utf8')
    this.#bytes[this.#usedBytes++] = endOfEntry
  }

  /** Appends entries packed by `slice` of another column. */
  append(packed: { readonly starts: Uint32Array; readonly bytes: Uint8Array }): void {
    this.#reserve(packed.starts.length, packed.bytes.length)
    this.#bytes.set(packed.bytes, this.#usedBytes)
    for (const start of packed.starts) this.#countEntry(this.#usedBytes + start)
    this.#usedBytes += packed.bytes.length
  }

  /** Entries `from` to `to` (exclusive), for storing. */
  slice(from: number, to: number): { readonly starts: Uint32Array; readonly bytes: Uint8Array } {
    const base = this.#startOf(from)
    const starts = new Uint32Array(Math.max(0, Math.min(to, this.#count) - from))
    for (let at = 0, start = base; at < starts.length; at++, start = this.#endOf(start) + 1) starts[at] = start - base
    return { starts, bytes: this.#bytes.subarray(base, this.#startOf(to)) }
  }

  /** The folded text of a number; null: nothing there. */
  text(number: number): string | null {
    const [start, end] = this.#range(number)
    return this.#bytes[start] === nothing ? null : decoder.decode(this.#bytes.subarray(start, end))
  }

  isPresent(number: number): boolean {
    return this.#bytes[this.#startOf(number)] !== nothing
  }

  /** Hash of an entry's bytes, 32 bits; equal entries have equal hashes. */
  hash(number: number): number {
    const [start, end] = this.#range(number)
    let hash = 0x811c9dc5
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (this.#bytes[i] ?? 0), 0x01000193)
    return (hash ^ (hash >>> 15)) >>> 0
  }

  /** Whether an entry equals an entry of this or another column. */
  isSame(number: number, other: TextColumn, otherNumber: number): boolean {
    const [start, end] = this.#range(number)
    const [otherStart, otherEnd] = other.#range(otherNumber)
    return end - start === otherEnd - otherStart && this.#bytes.compare(other.#bytes, otherStart, otherEnd, start, end) === 0
  }

  /** Sets the bit of every entry that contains the folded text. */
  markContaining(folded: string, bits: Uint32Array): void {
    ended(this.marking('anywhere', folded, bits))
  }

  /** The same for entries that hold the text in a place, or are it, in steps of about a millisecond. */
  *marking(place: TextPlace, folded: string, bits: Uint32Array): Generator<void, void> {
    if (folded === '' && place !== 'whole') return yield* this.#markingPresent(bits)
    // With the bytes that end this entry and the one before it, only whole entries, beginnings and endings are found.
    const edge = [endOfEntry]
    const before = place === 'start' || place === 'whole' ? edge : []
    const behind = place === 'end' || place === 'whole' ? edge : []
    yield* this.#markingBytes(Uint8Array.from([...before, ...Buffer.from(folded), ...behind]), bits)
  }

  *#markingPresent(bits: Uint32Array): Generator<void, void> {
    const count = this.#count
    const empty = emptyBits(count)
    yield* this.#markingBytes(Uint8Array.of(endOfEntry, nothing, endOfEntry), empty)
    for (let number = 0; number < count; number++) if (!hasBit(empty, number)) setBit(bits, number)
  }

  *#markingBytes(bytes: Uint8Array, bits: Uint32Array): Generator<void, void> {
    // What is added meanwhile is not looked at.
    const count = this.#count
    const needle = needleFor(bytes, this.#bytes.subarray(0, this.#usedBytes))
    let windows = 0
    for (let from = 0; from < count;) {
      const to = Math.min(this.#windowEnd(from), count)
      markEntries(this.#bytes.subarray(this.#startOf(from), this.#startOf(to)), to - from, needle, bits.subarray(from >>> 5))
      from = to
      if (++windows % stepWindows === 0) yield
    }
  }

  /** The entry behind those that are searched at a time with entry `from`: as many as fit, but at least those of one word of bits. */
  #windowEnd(from: number): number {
    const every = windowEntries / startsEvery
    const stop = (this.#starts[from / startsEvery] as number) + windowBytes
    let low = from / windowEntries + 1
    let high = Math.ceil(this.#count / windowEntries)
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (middle * windowEntries < this.#count && (this.#starts[middle * every] as number) <= stop) low = middle
      else high = middle - 1
    }
    return Math.min(low * windowEntries, this.#count)
  }

  #countEntry(start: number): void {
    if ((this.#count & (startsEvery - 1)) === 0) this.#starts[this.#count / startsEvery] = start
    this.#count++
  }

  /** Where an entry begins; past the last: where the text ends. */
  #startOf(number: number): number {
    if (number >= this.#count) return this.#usedBytes
    // Entries are mostly asked for one after another.
    const isNext = number === this.#lastNumber + 1
    let start = isNext ? this.#endOf(this.#lastStart) + 1 : (this.#starts[Math.floor(number / startsEvery)] as number)
    if (!isNext) for (let skipped = number & (startsEvery - 1); skipped > 0; skipped--) start = this.#endOf(start) + 1
    this.#lastNumber = number
    this.#lastStart = start
    return start
  }

  /** Where the entry that begins at a place ends: at the byte that says so. */
  #endOf(start: number): number {
    let at = start
    while (this.#bytes[at] !== endOfEntry) at++
    return at
  }

  #range(number: number): [start: number, end: number] {
    const start = this.#startOf(number)
    return [start, number < this.#count ? this.#endOf(start) : start]
  }

  #reserve(entries: number, bytes: number): void {
    const starts = Math.ceil((this.#count + entries) / startsEvery)
    if (starts > this.#starts.length) {
      const grown = new Uint32Array(Math.max(Math.ceil(this.#starts.length * 1.25), starts))
      grown.set(this.#starts)
      this.#starts = grown
    }
    if (this.#usedBytes + bytes > this.#bytes.length) {
      // Where room for more entries is reserved, their texts will be about as long as those there are.
      const expected = this.#count === 0 ? 0 : (this.#usedBytes / this.#count) * this.#reservedCount
      const grown = Buffer.allocUnsafe(Math.ceil(Math.max(this.#bytes.length * 1.25, (this.#usedBytes + bytes) * 1.02, expected * 1.02)))
      grown.set(this.#bytes.subarray(0, this.#usedBytes))
      this.#bytes = grown
    }
  }
}
