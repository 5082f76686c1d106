import { endOfEntry, entriesWith, needleFor, windowBytes } from './text-search.ts'

const nothing = 0xfe
const decoder = new TextDecoder()

/**
 * Folded texts by number, joined as UTF-8 in one buffer for fast search. Number 0 is what stands for none.
 * The bytes 0xFF (end of an entry) and 0xFE (nothing there) occur in no UTF-8, so no search ever crosses or hits them.
 */
export class TextColumn {
  #bytes: Buffer = Buffer.allocUnsafe(4096)
  #starts = new Uint32Array(1024)
  #usedBytes = 0
  #count = 0

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
  }

  /** Appends the next number's text, folded already; null: nothing. */
  push(folded: string | null): void {
    // Three bytes are the most that one UTF-16 unit takes.
    this.#reserve(1, folded === null ? 2 : folded.length * 3 + 1)
    this.#starts[this.#count++] = this.#usedBytes
    if (folded === null) this.#bytes[this.#usedBytes++] = nothing
    else this.#usedBytes += this.#bytes.write(folded, this.#usedBytes, 'utf8')
    this.#bytes[this.#usedBytes++] = endOfEntry
  }

  /** Appends entries packed by `slice` of another column. */
  append(packed: { readonly starts: Uint32Array; readonly bytes: Uint8Array }): void {
    this.#reserve(packed.starts.length, packed.bytes.length)
    this.#bytes.set(packed.bytes, this.#usedBytes)
    for (let i = 0; i < packed.starts.length; i++) this.#starts[this.#count + i] = (packed.starts[i] ?? 0) + this.#usedBytes
    this.#count += packed.starts.length
    this.#usedBytes += packed.bytes.length
  }

  /** Entries `from` to `to` (exclusive), for storing. */
  slice(from: number, to: number): { readonly starts: Uint32Array; readonly bytes: Uint8Array } {
    const base = this.#starts[from] ?? this.#usedBytes
    const end = to < this.#count ? (this.#starts[to] ?? 0) : this.#usedBytes
    return {
      starts: this.#starts.slice(from, Math.min(to, this.#count)).map((start) => start - base),
      bytes: this.#bytes.subarray(base, end),
    }
  }

  /** The folded text of a number; null: nothing there. */
  text(number: number): string | null {
    const [start, end] = this.#range(number)
    return this.#bytes[start] === nothing ? null : decoder.decode(this.#bytes.subarray(start, end))
  }

  isPresent(number: number): boolean {
    return this.#bytes[this.#starts[number] ?? 0] !== nothing
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

  /** Sets `mask[number] = 1` for every entry that contains the folded text. Returns how many it newly set. */
  markContaining(folded: string, mask: Uint8Array): number {
    return this.#mark(Buffer.from(folded), mask, 'anywhere')
  }

  /** The same for entries that start or end with the text, or are it. */
  markAt(place: 'start' | 'end' | 'whole', folded: string, mask: Uint8Array): number {
    return this.#mark(Buffer.from(folded), mask, place)
  }

  /** Sets the mask for entries that hold anything. */
  markPresent(mask: Uint8Array): number {
    let marked = 0
    for (let number = 0; number < this.#count; number++) {
      if (!this.isPresent(number) || mask[number] === 1) continue
      mask[number] = 1
      marked++
    }
    return marked
  }

  #mark(needle: Buffer, mask: Uint8Array, place: 'anywhere' | 'start' | 'end' | 'whole'): number {
    if (needle.length === 0) return place === 'whole' ? this.#markEmpty(mask) : this.markPresent(mask)
    // With the bytes that end this entry and the one before it, only whole entries, beginnings and endings are found.
    const edge = [endOfEntry]
    const before = place === 'start' || place === 'whole' ? edge : []
    const behind = place === 'end' || place === 'whole' ? edge : []
    const search = needleFor(Uint8Array.from([...before, ...needle, ...behind]), this.#bytes.subarray(0, this.#usedBytes))
    let marked = 0
    for (let from = 0; from < this.#count;) {
      const to = this.#windowEnd(from)
      const text = this.#bytes.subarray(this.#startOf(from), this.#startOf(to))
      for (const entry of entriesWith(text, to - from, search)) {
        marked += 1 - (mask[from + entry] as number)
        mask[from + entry] = 1
      }
      from = to
    }
    return marked
  }

  /** The entry behind those that are searched at a time with entry `from`, which are as many as fit, but at least one. */
  #windowEnd(from: number): number {
    const stop = this.#startOf(from) + windowBytes
    let low = from + 1
    let high = this.#count
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#startOf(middle) <= stop) low = middle
      else high = middle - 1
    }
    return low
  }

  #markEmpty(mask: Uint8Array): number {
    let marked = 0
    for (let number = 0; number < this.#count; number++) {
      if (this.#bytes[this.#starts[number] ?? 0] !== endOfEntry || mask[number] === 1) continue
      mask[number] = 1
      marked++
    }
    return marked
  }

  /** Where an entry begins; past the last: where the text ends. */
  #startOf(number: number): number {
    return number < this.#count ? (this.#starts[number] as number) : this.#usedBytes
  }

  #range(number: number): [start: number, end: number] {
    const next = number + 1 < this.#count ? (this.#starts[number + 1] ?? 0) : this.#usedBytes
    return [this.#starts[number] ?? 0, next - 1]
  }

  #reserve(entries: number, bytes: number): void {
    if (this.#count + entries > this.#starts.length) {
      const grown = new Uint32Array(Math.max(Math.ceil(this.#starts.length * 1.25), this.#count + entries))
      grown.set(this.#starts.subarray(0, this.#count))
      this.#starts = grown
    }
    if (this.#usedBytes + bytes > this.#bytes.length) {
      // Where room for more entries is reserved, their texts will be about as long as those there are.
      const expected = this.#count === 0 ? 0 : (this.#usedBytes / this.#count) * this.#starts.length
      const grown = Buffer.allocUnsafe(Math.ceil(Math.max(this.#bytes.length * 1.25, (this.#usedBytes + bytes) * 1.02, expected * 1.02)))
      grown.set(this.#bytes.subarray(0, this.#usedBytes))
      this.#bytes = grown
    }
  }
}
