const endOfEntry = 0xff
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

  /** Entries from number `from` on, for storing. */
  slice(from: number): { readonly starts: Uint32Array; readonly bytes: Uint8Array } {
    const base = this.#starts[from] ?? this.#usedBytes
    return {
      starts: this.#starts.subarray(from, this.#count).map((start) => start - base),
      bytes: this.#bytes.subarray(base, this.#usedBytes),
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
    // With the end byte in the needle, the native search finds whole entries and endings only.
    const search = place === 'end' || place === 'whole' ? Buffer.concat([needle, Buffer.from([endOfEntry])]) : needle
    let marked = 0
    let number = 0
    let at = bytes.indexOf(search)
    while (at >= 0) {
      number = this.#numberAt(at, number)
      const isHit = place === 'anywhere' || place === 'end' || starts[number] === at
      if (isHit && mask[number] === 0) {
        mask[number] = 1
        marked++
      }
      const next = place === 'start' || isHit ? (starts[number + 1] ?? bytes.length) : at + 1
      at = number + 1 >= this.#count && (place === 'start' || isHit) ? -1 : nextHit(bytes, search, next)
    }
    return marked
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
      const grown = new Uint32Array(Math.max(this.#starts.length * 2, this.#count + entries))
      grown.set(this.#starts.subarray(0, this.#count))
      this.#starts = grown
    }
    if (this.#usedBytes + bytes > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#usedBytes + bytes))
      grown.set(this.#bytes.subarray(0, this.#usedBytes))
      this.#bytes = grown
    }
  }
}

/** How far the loop below looks before it hands over to the native search, whose every call has a price. */
const nearBytes = 96

function nextHit(bytes: Buffer, needle: Buffer, from: number): number {
  const first = needle[0] ?? 0
  const end = Math.min(from + nearBytes, bytes.length - needle.length + 1)
  for (let at = from; at < end; at++) {
    if (bytes[at] !== first) continue
    let i = 1
    while (i < needle.length && bytes[at + i] === needle[i]) i++
    if (i === needle.length) return at
  }
  return end > from ? bytes.indexOf(needle, end) : bytes.indexOf(needle, from)
}
