const endOfEntry = 0xff
const nothing = 0xfe
const empty = Buffer.alloc(0)
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
    const bytes = this.#bytes.subarray(0, this.#usedBytes)
    const starts = this.#starts
    // With the bytes that end this entry and the one before it, only whole entries, beginnings and endings are found.
    const edge = Buffer.of(endOfEntry)
    const search = Buffer.concat([
      place === 'start' || place === 'whole' ? edge : empty,
      needle,
      place === 'end' || place === 'whole' ? edge : empty,
    ])
    const lead = place === 'start' || place === 'whole' ? 1 : 0
    let marked = 0
    let number = 0
    const hit = (at: number): number => {
      number = this.#numberAt(at + lead, number)
      if (mask[number] === 0) {
        mask[number] = 1
        marked++
      }
      // The byte before the next entry belongs to its beginning.
      return number + 1 < this.#count ? (starts[number + 1] as number) - lead : bytes.length
    }
    // The first entry has none before it.
    if (lead === 1 && this.#startsWith(bytes, needle, place === 'whole') && mask[0] === 0) {
      mask[0] = 1
      marked++
    }
    forEachHit(bytes, search, hit)
    return marked
  }

  #startsWith(bytes: Buffer, needle: Buffer, isWhole: boolean): boolean {
    return bytes.subarray(0, needle.length).equals(needle) && (!isWhole || bytes[needle.length] === endOfEntry)
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

  /** The entry that holds a byte, searched from a number at or before it: near ones by steps, far ones by halving. */
  #numberAt(at: number, from: number): number {
    const starts = this.#starts
    let low = from
    for (let step = 1; step <= 8; step++) {
      if (low + 1 >= this.#count || (starts[low + 1] ?? 0) > at) return low
      low++
    }
    let high = this.#count
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((starts[middle] ?? 0) <= at) low = middle
      else high = middle
    }
    return low
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
      const grown = Buffer.allocUnsafe(Math.max(Math.ceil(this.#bytes.length * 1.25), this.#usedBytes + bytes))
      grown.set(this.#bytes.subarray(0, this.#usedBytes))
      this.#bytes = grown
    }
  }
}

/**
 * Calls back for hits from left to right; the callback says where to go on. Looks at the last byte of each place first and skips ahead
 * by what that byte allows, which beats the native search: its calls have a price, and first bytes of names are common.
 */
function forEachHit(bytes: Uint8Array, needle: Uint8Array, hit: (at: number) => number): void {
  const last = needle.length - 1
  const lastByte = needle[last] as number
  const skips = new Uint8Array(256).fill(Math.min(needle.length, 255))
  for (let i = 0; i < last; i++) skips[needle[i] as number] = Math.min(last - i, 255)
  const end = bytes.length
  let at = last
  while (at < end) {
    const byte = bytes[at] as number
    if (byte === lastByte) {
      let i = last - 1
      while (i >= 0 && bytes[at - last + i] === needle[i]) i--
      if (i < 0) {
        at = Math.max(at + 1, hit(at - last) + last)
        continue
      }
    }
    at += skips[byte] as number
  }
}
