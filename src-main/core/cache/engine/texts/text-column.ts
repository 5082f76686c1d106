import { emptyBits, forEachBit, hasBit, setBit } from '../columns/bitmap.ts'
import { packTexts, type PackedTexts, startsEvery, type TextChunk, unpackChunks } from './packed-texts.ts'
import { sampleOf } from './symbol-table.ts'
import { automatonOf, longestNeedleBytes } from './text-automaton.ts'
import { endOfEntry, nothing } from './text-bytes.ts'
import { mostChunkEntries, searcherOf, type TextMemory } from './text-memory.ts'
import type { Needle, Searching, TextScan } from './text-scan.ts'
import { Writings } from './writings.ts'
import { hashStart, hashStep, WrittenTexts } from './written-texts.ts'

/** A chunk ends with one of so many entries, the bits of a word. */
const wordEntries = 32
/** Bytes from which on a chunk is full, before it is written in symbols. */
const fullChunkBytes = 512 * 1024
/** Room for a chunk that is not full, to begin with. */
const openBytes = 16 * 1024
/** Candidates looked at one by one between two breaths, in words of their bits. */
const stepWords = 128

/** Where in an entry a text is looked for. */
export type TextPlace = 'anywhere' | 'start' | 'end' | 'whole'

/**
 * Folded texts by number, joined as UTF-8 for fast search. Number 0 is what stands for none. The last texts are kept as they are; as soon
 * as there are enough of them they are written in symbols (`symbol-table.ts`), and searched as they are written.
 */
export class TextColumn {
  readonly #memory: TextMemory
  /** Full chunks. One begins at each multiple of `mostChunkEntries`. */
  readonly #chunks: TextChunk[] = []
  /** By number divided by `mostChunkEntries`: the chunk that begins there. */
  readonly #chunkAt: number[] = []
  readonly #writings = new Writings()
  /** The entries behind the full chunks lie here. */
  #open: { address: number; limit: number; end: number; first: number }
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
    const address = this.#take(openBytes)
    this.#open = { address, limit: address + openBytes, end: address, first: 0 }
    this.#lastStart = address
    this.push(none)
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
    if (this.#isFull()) this.#close()
    if (this.#open.end + sizeBytes > this.#open.limit) this.#growOpen(sizeBytes)
    const open = this.#open
    const { bytes } = this.#memory
    if (folded === null) bytes[open.end] = nothing
    else bytes.write(folded, open.end, 'utf8')
    this.#noteStart(this.#count, open.end)
    open.end += sizeBytes
    bytes[open.end - 1] = endOfEntry
    this.#count++
    this.#chunkTable = null
  }

  /** Appends what `pack` of another column gave, whose numbers this one lacks; where there are none yet, number 0 is among them. */
  append({ symbols, chunks, starts, bytes, open }: PackedTexts): void {
    const from = this.#count === 1 ? 0 : this.#count
    const packed = unpackChunks(chunks)
    this.reserve(from + packed.reduce((sum, chunk) => sum + chunk.count, 0))
    const address = this.#take(bytes.length)
    this.#memory.bytes.set(bytes, address)
    for (let at = 0; at < starts.length; at++) this.#noteStart(from + at * startsEvery, address + (starts[at] as number))
    const writings = symbols.map((stored) => this.#writings.numberOf(stored))
    let [first, begin] = [from, address]
    for (const { count, sizeBytes, greatestByte, symbols } of packed) {
      const writing = symbols === 0 ? 0 : (writings[symbols - 1] ?? 0)
      this.#add({ address: begin, end: begin + sizeBytes, first, count, greatestByte, writing })
      first += count
      begin += sizeBytes
    }
    this.#count = first
    this.#open = { ...this.#open, end: this.#open.address, first }
    this.#appendOpen(open)
    this.#lastNumber = 0
    this.#lastStart = this.#starts[0] as number
    this.#chunkTable = null
  }

  #appendOpen(entries: Uint8Array): void {
    if (this.#open.end + entries.length > this.#open.limit) this.#growOpen(entries.length)
    const start = this.#open.end
    this.#memory.bytes.set(entries, start)
    for (let at = 0; at < entries.length; at = entries.indexOf(endOfEntry, at) + 1) this.#noteStart(this.#count++, start + at)
    this.#open.end += entries.length
  }

  /** Entries `from` to `to` (exclusive), for storing. Both are multiples of `mostChunkEntries`, but `to` may be the count of all. */
  pack(from: number, to: number): PackedTexts {
    const { address, end, first } = this.#open
    const { bytes } = this.#memory
    return packTexts({
      chunks: this.#chunks.filter((chunk) => chunk.first >= from && chunk.first < to),
      writings: this.#writings,
      bytes,
      startOf: (number) => this.#starts[number / startsEvery] as number,
      open: to > first ? bytes.subarray(address, end) : new Uint8Array(0),
    })
  }

  /** The folded text of a number; null: nothing there. */
  text(number: number): string | null {
    if (!this.isPresent(number)) return null
    const [text, sizeBytes] = this.#read(number, scratch)
    return text.toString('utf8', 0, sizeBytes)
  }

  isPresent(number: number): boolean {
    return number < this.#count && this.#memory.bytes[this.#startOf(number)] !== nothing
  }

  /** Hash of an entry's bytes, 32 bits; equal entries have equal hashes. */
  hash(number: number): number {
    const [text, sizeBytes] = this.#read(number, scratch)
    let hash = hashStart
    for (let i = 0; i < sizeBytes; i++) hash = hashStep(hash, text[i] as number)
    return (hash ^ (hash >>> 15)) >>> 0
  }

  /** Whether an entry equals an entry of this or another column. */
  isSame(number: number, other: TextColumn, otherNumber: number): boolean {
    const [text, sizeBytes] = this.#read(number, scratch)
    const [otherText, otherSizeBytes] = other.#read(otherNumber, otherScratch)
    return sizeBytes === otherSizeBytes && text.compare(otherText, 0, sizeBytes, 0, sizeBytes) === 0
  }

  /**
   * Calls back for each entry that is one of some folded texts, in steps of a chunk. For many texts, where each by itself would be a
   * search.
   */
  *matching(texts: readonly string[], visit: (number: number, text: string) => void): Generator<void, void> {
    const wanted = this.#writings.tables.map((table) => new WrittenTexts(texts, table))
    for (const { address, first, count, writing } of [...this.#chunks, this.#openChunk]) {
      const { bytes } = this.#memory
      const written = wanted[writing]
      for (let number = first, at = address; number < first + count; number++) {
        const start = at
        let hash = hashStart
        for (let code = bytes[at++] as number; code !== endOfEntry; code = bytes[at++] as number) hash = hashStep(hash, code)
        const text = written?.textOf(hash, bytes, start, at - 1)
        if (text !== undefined) visit(number, text)
      }
      yield
    }
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
    const needle: Needle = {
      greatestByte: Math.max(...bytes.filter((byte) => byte < nothing)),
      automata: this.#writings.tables.map((table) => automatonOf(bytes, table)),
    }
    return { memory: this.#memory.shared, chunks, needle, bits }
  }

  /** Entries that hold the beginning are looked at one by one, with the bytes that end them and those before. */
  *#markingLong(bytes: Buffer, bits: Uint32Array): Searching<void> {
    const candidates = emptyBits(this.#count)
    yield* this.#markingBytes(bytes.subarray(0, longestNeedleBytes), candidates)
    for (let from = 0; from < candidates.length; from += stepWords) {
      forEachBit(candidates, from, Math.min(from + stepWords, candidates.length), (number) => {
        const [text, sizeBytes] = this.#read(number, scratch)
        if (Buffer.concat([Buffer.of(endOfEntry), text.subarray(0, sizeBytes), Buffer.of(endOfEntry)]).includes(bytes)) setBit(bits, number)
      })
      yield []
    }
  }

  #tellChunks(): Uint32Array {
    return Uint32Array.from(
      [...this.#chunks, this.#openChunk].flatMap(({ address, end, first, count, greatestByte, writing }) =>
        count === 0 ? [] : [first, count, greatestByte, writing, address - 1, end],
      ),
    )
  }

  get #openChunk(): TextChunk {
    const { address, end, first } = this.#open
    return { address, end, first, count: this.#count - first, greatestByte: nothing, writing: 0 }
  }

  #isFull(): boolean {
    const { first, address, end } = this.#open
    const count = this.#count - first
    return count > 0 && (this.#count % mostChunkEntries === 0 || (count % wordEntries === 0 && end - address >= fullChunkBytes))
  }

  /** Writes the entries that are not in full chunks as one. */
  #close(): void {
    const { address, end, first } = this.#open
    const entries = Buffer.from(this.#memory.bytes.subarray(address, end))
    const greatestByte = searcherOf(this.#memory.shared, 'own').greatestByte(address, end)
    const [writing, written] = this.#write(entries)
    const to = this.#take(written.length)
    this.#memory.bytes.set(written, to)
    this.#add({ address: to, end: to + written.length, first, count: this.#count - first, greatestByte, writing })
    let start = 0
    for (let number = first; number < this.#count; number++) {
      this.#noteStart(number, to + start)
      start = written.indexOf(endOfEntry, start) + 1
    }
    this.#open = { ...this.#open, end: address, first: this.#count }
    this.#lastNumber = 0
    this.#lastStart = this.#starts[0] as number
  }

  /** Entries in the symbols that take least; as they are where none take less. */
  #write(entries: Buffer): [writing: number, written: Uint8Array] {
    const out = Buffer.allocUnsafe(entries.length * 2)
    const writing = this.#writings.suiting(sampleOf(entries), out)
    const sizeBytes = this.#writings.tables[writing]?.encode(entries, out) ?? entries.length
    return sizeBytes < entries.length ? [writing, Buffer.from(out.subarray(0, sizeBytes))] : [0, entries]
  }

  #add(chunk: TextChunk): void {
    if (chunk.first % mostChunkEntries === 0) this.#chunkAt.push(this.#chunks.length)
    this.#chunks.push(chunk)
  }

  /** Room for entries, with the byte before them. */
  #take(sizeBytes: number): number {
    const address = this.#memory.take(sizeBytes + 1)
    this.#memory.bytes[address] = endOfEntry
    return address + 1
  }

  #growOpen(sizeBytes: number): void {
    const { address, end, first } = this.#open
    const roomBytes = (end - address + sizeBytes) * 2
    const to = this.#take(roomBytes)
    this.#memory.bytes.copyWithin(to, address, end)
    for (let at = Math.ceil(first / startsEvery); at * startsEvery < this.#count; at++) {
      this.#starts[at] = (this.#starts[at] as number) + to - address
    }
    this.#open = { address: to, limit: to + roomBytes, end: to + end - address, first }
    this.#lastNumber = 0
    this.#lastStart = this.#starts[0] as number
  }

  #noteStart(number: number, start: number): void {
    if (number % startsEvery !== 0) return
    const at = number / startsEvery
    if (at >= this.#starts.length) this.#growStarts(Math.ceil(at * 1.25) + 1)
    this.#starts[at] = start
  }

  #growStarts(length: number): void {
    const grown = new Uint32Array(length)
    grown.set(this.#starts)
    this.#starts = grown
  }

  /** Where an entry begins. */
  #startOf(number: number): number {
    // Entries are mostly asked for one after another; those of different eights may lie in different chunks.
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

  /** The bytes of an entry, and how many they are. They are those of a buffer that is used again. */
  #read(number: number, buffer: { bytes: Buffer }): readonly [bytes: Buffer, sizeBytes: number] {
    const start = this.#startOf(number)
    const end = this.#endOf(start)
    const table = this.#writings.tables[this.#writingAt(number)] ?? null
    const mostBytes = (end - start) * 8
    if (buffer.bytes.length < mostBytes) buffer.bytes = Buffer.allocUnsafe(mostBytes)
    const { bytes } = this.#memory
    const sizeBytes = table === null ? bytes.copy(buffer.bytes, 0, start, end) : table.decode(bytes, start, end, buffer.bytes)
    return [buffer.bytes, sizeBytes]
  }

  /** What an entry is written in. */
  #writingAt(number: number): number {
    if (number >= this.#open.first) return 0
    let at = this.#chunkAt[Math.floor(number / mostChunkEntries)] as number
    for (let next = this.#chunks[at + 1]; next !== undefined && next.first <= number; next = this.#chunks[at + 1]) at++
    return this.#chunks[at]?.writing ?? 0
  }
}

/** For bytes of entries that are only looked at. */
const scratch = { bytes: Buffer.alloc(1_024) }
const otherScratch = { bytes: Buffer.alloc(1_024) }
