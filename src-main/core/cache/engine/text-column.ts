import { emptyBits, forEachBit, hasBit, setBit } from './bitmap.ts'
import {
  blockEntries,
  endOfEntry,
  longestNeedleBytes,
  mostChunkEntries,
  nothing,
  searcherOf,
  type TextChunk,
  type TextMemory,
} from './text-memory.ts'
import { chunkWords, type Searching, type TextScan } from './text-scan.ts'

/** Of so many entries it is kept where one begins, a power of two. */
const startsEvery = 8
/** Words of candidates between two breaths. */
const stepWords = 128

/** Where in an entry a text is looked for. */
export type TextPlace = 'anywhere' | 'start' | 'end' | 'whole'

/**
 * Folded texts by number, joined as UTF-8 for fast search. Number 0 is what stands for none.
 * The bytes 0xFF (end of an entry) and 0xFE (nothing there) occur in no UTF-8, so no search ever crosses or hits them.
 */
export class TextColumn {
  readonly #memory: TextMemory
  readonly #chunks: TextChunk[] = []
  /** The chunks as they are told to a search; null: not since something was added. */
  #chunkTable: Uint32Array | null = null
  /** Where every eighth entry begins. */
  #starts = new Uint32Array(128)
  #count = 0
  /** The entry looked at last. */
  #lastNumber = 0
  #lastStart = 0

  /** `none`: what number 0 reads. */
  constructor(memory: TextMemory, none: string | null = null) {
    this.#memory = memory
    this.push(none)
    this.#lastStart = this.#starts[0] as number
  }

  /** Entries, number 0 included. */
  get count(): number {
    return this.#count
  }

  /** Makes room for numbers below `count`; texts grow as they come. */
  reserve(count: number): void {
    const starts = Math.ceil(count / startsEvery)
    if (starts > this.#starts.length) this.#growStarts(starts)
  }

  /** Appends the next number's text, folded already; null: nothing. */
  push(folded: string | null): void {
    const sizeBytes = folded === null ? 2 : Buffer.byteLength(folded) + 1
    const chunk = this.#chunkFor(sizeBytes)
    const { bytes } = this.#memory
    if (folded === null) bytes[chunk.end] = nothing
    else bytes.write(folded, chunk.end, 'utf8')
    this.#countEntry(chunk.end)
    chunk.end += sizeBytes
    bytes[chunk.end - 1] = endOfEntry
  }

  /** Appends entries packed by `slice` of another column. */
  append({ starts, bytes }: { readonly starts: Uint32Array; readonly bytes: Uint8Array }): void {
    this.reserve(this.#count + starts.length)
    for (let at = 0; at < starts.length;) {
      // Block by block: no block lies in two chunks.
      const to = Math.min(starts.length, at + blockEntries - (this.#count % blockEntries))
      const from = starts[at] as number
      const block = bytes.subarray(from, starts[to] ?? bytes.length)
      const chunk = this.#chunkFor(block.length)
      this.#memory.bytes.set(block, chunk.end)
      for (; at < to; at++) this.#countEntry(chunk.end + (starts[at] as number) - from)
      chunk.end += block.length
    }
  }

  /** Entries `from` to `to` (exclusive), for storing. */
  slice(from: number, to: number): { readonly starts: Uint32Array; readonly bytes: Uint8Array } {
    const starts = new Uint32Array(Math.max(0, Math.min(to, this.#count) - from))
    const { bytes } = this.#memory
    const parts: Uint8Array[] = []
    let sizeBytes = 0
    let [partStart, partEnd] = [0, 0]
    for (let at = 0; at < starts.length; at++) {
      const [start, end] = this.#range(from + at)
      if (start !== partEnd) {
        parts.push(bytes.subarray(partStart, partEnd))
        partStart = start
      }
      partEnd = end + 1
      starts[at] = sizeBytes
      sizeBytes += partEnd - start
    }
    return { starts, bytes: Buffer.concat([...parts, bytes.subarray(partStart, partEnd)], sizeBytes) }
  }

  /** The folded text of a number; null: nothing there. */
  text(number: number): string | null {
    if (number >= this.#count) return null
    const [start, end] = this.#range(number)
    const { bytes } = this.#memory
    return bytes[start] === nothing ? null : bytes.toString('utf8', start, end)
  }

  isPresent(number: number): boolean {
    return number < this.#count && this.#memory.bytes[this.#startOf(number)] !== nothing
  }

  /** Hash of an entry's bytes, 32 bits; equal entries have equal hashes. */
  hash(number: number): number {
    const [start, end] = this.#range(number)
    const { bytes } = this.#memory
    let hash = 0x811c9dc5
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193)
    return (hash ^ (hash >>> 15)) >>> 0
  }

  /** Whether an entry equals an entry of this or another column. */
  isSame(number: number, other: TextColumn, otherNumber: number): boolean {
    const [start, end] = this.#range(number)
    const [otherStart, otherEnd] = other.#range(otherNumber)
    if (end - start !== otherEnd - otherStart) return false
    return this.#memory.bytes.compare(other.#memory.bytes, otherStart, otherEnd, start, end) === 0
  }

  /** Sets the bit of every entry that holds the folded text in a place, or is it. */
  *marking(place: TextPlace, folded: string, bits: Uint32Array): Searching<void> {
    if (folded === '' && place !== 'whole') return yield* this.#markingPresent(bits)
    // With the bytes that end this entry and the one before it, only whole entries, beginnings and endings are found.
    const edge = [endOfEntry]
    const before = place === 'start' || place === 'whole' ? edge : []
    const behind = place === 'end' || place === 'whole' ? edge : []
    yield* this.#markingBytes(Buffer.from([...before, ...Buffer.from(folded), ...behind]), bits)
  }

  *#markingPresent(bits: Uint32Array): Searching<void> {
    const count = this.#count
    const empty = emptyBits(count)
    yield* this.#markingBytes(Buffer.of(endOfEntry, nothing, endOfEntry), empty)
    for (let number = 0; number < count; number++) if (!hasBit(empty, number)) setBit(bits, number)
  }

  *#markingBytes(bytes: Buffer, bits: Uint32Array): Searching<void> {
    if (bytes.length > longestNeedleBytes) yield* this.#markingLong(bytes, bits)
    else yield [this.#scan(bytes, bits)]
  }

  #scan(bytes: Buffer, bits: Uint32Array): TextScan {
    const chunks = (this.#chunkTable ??= this.#tellChunks())
    return { memory: this.#memory.shared, chunks, needle: this.#memory.needle(bytes, this.#starts[0] as number), bits }
  }

  #tellChunks(): Uint32Array {
    const table = new Uint32Array(this.#chunks.length * chunkWords)
    this.#chunks.forEach(({ address, end, first, greatestByte }, at) => {
      const last = this.#chunks[at + 1]?.first ?? this.#count
      table.set([address, end, first, last - first, greatestByte], at * chunkWords)
    })
    return table
  }

  /** Entries that hold the beginning are looked at one by one, with the bytes around them. */
  *#markingLong(bytes: Buffer, bits: Uint32Array): Searching<void> {
    const candidates = emptyBits(this.#count)
    yield* this.#markingBytes(bytes.subarray(0, longestNeedleBytes), candidates)
    for (let from = 0; from < candidates.length; from += stepWords) {
      forEachBit(candidates, from, Math.min(from + stepWords, candidates.length), (number) => {
        const [start, end] = this.#range(number)
        if (this.#memory.bytes.subarray(start - 1, end + 1).includes(bytes)) setBit(bits, number)
      })
      yield []
    }
  }

  /** The chunk that takes the next entry. Where it does not fit into the last, a new one does, into which the unfinished block moves. */
  #chunkFor(sizeBytes: number): TextChunk {
    const last = this.#chunks.at(-1)
    if (last !== undefined && last.end + sizeBytes <= last.limit && this.#count - last.first < mostChunkEntries) return last
    const first = this.#count - (this.#count % blockEntries)
    const from = last === undefined ? 0 : first === this.#count ? last.end : (this.#starts[first / startsEvery] as number)
    const movedBytes = last === undefined ? 0 : last.end - from
    // A block that has a chunk to itself will be as large again, so that it does not move with each entry.
    const chunk = this.#memory.chunk(first, (movedBytes + sizeBytes) * 2)
    if (last === undefined) return this.#begin(chunk)
    this.#memory.bytes.copyWithin(chunk.end, from, last.end)
    for (let number = first; number < this.#count; number += startsEvery) {
      this.#starts[number / startsEvery] = (this.#starts[number / startsEvery] as number) + chunk.end - from
    }
    chunk.end += movedBytes
    last.end = from
    last.greatestByte = searcherOf(this.#memory.shared, 'own').greatestByteOf(last)
    this.#lastNumber = 0
    this.#lastStart = this.#starts[0] as number
    if (last.first === first) this.#chunks.pop()
    return this.#begin(chunk)
  }

  #begin(chunk: TextChunk): TextChunk {
    this.#chunks.push(chunk)
    return chunk
  }

  #countEntry(start: number): void {
    this.#chunkTable = null
    if (this.#count % startsEvery === 0) {
      const at = this.#count / startsEvery
      if (at >= this.#starts.length) this.#growStarts(Math.ceil(at * 1.25) + 1)
      this.#starts[at] = start
    }
    this.#count++
  }

  #growStarts(length: number): void {
    const grown = new Uint32Array(length)
    grown.set(this.#starts)
    this.#starts = grown
  }

  /** Where an entry begins. */
  #startOf(number: number): number {
    // Entries are mostly asked for one after another; those of different blocks may lie in different chunks.
    const isNext = number === this.#lastNumber + 1 && number % startsEvery !== 0
    let start = isNext ? this.#endOf(this.#lastStart) + 1 : (this.#starts[Math.floor(number / startsEvery)] as number)
    if (!isNext) for (let skipped = number % startsEvery; skipped > 0; skipped--) start = this.#endOf(start) + 1
    this.#lastNumber = number
    this.#lastStart = start
    return start
  }

  /** Where the entry that begins at a place ends: at the byte that says so. */
  #endOf(start: number): number {
    const { bytes } = this.#memory
    let at = start
    while (bytes[at] !== endOfEntry) at++
    return at
  }

  #range(number: number): [start: number, end: number] {
    const start = this.#startOf(number)
    return [start, this.#endOf(start)]
  }
}
