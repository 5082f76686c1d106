// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient declaration is no module that could be imported
/// <reference path="./web-assembly.d.ts" />
import { textSearchModule } from './text-search.wasm.ts'

/** Stands for a text that is not there. */
export const nothing = 0xfe
/** Ends an entry of a text. */
export const endOfEntry = 0xff
/** Entries are gathered in blocks of so many, the bits of a word. */
export const blockEntries = 32
/** Entries of a chunk, at most; a multiple of a block's. */
export const mostChunkEntries = 32_768
/** Longer texts are looked for by their beginning. */
export const longestNeedleBytes = 4_096

const pageBytes = 65_536
const mostPages = 65_536
/** Pages added at a time. */
const grownPages = 64
/** Size of a chunk, where nothing in it is larger. */
const chunkBytes = 256 * 1024
/** Bytes that are looked at to learn which are rare. */
const sampleBytes = 4_096
/** The memory begins with an area for each thread that searches: the needle, and the bits of what is found in a chunk. */
const areaBytes = longestNeedleBytes + mostChunkEntries / 8
/** Areas there are: the query thread's, and its assistant's. */
const areas = { own: 0, assistant: 1 } as const
export type ThreadArea = keyof typeof areas
/** What may be read past the end of a chunk. */
const slackBytes = longestNeedleBytes + 64

interface SearchExports {
  greatest(text: number, textEnd: number): number
  find(
    text: number,
    textEnd: number,
    needle: number,
    needleBytes: number,
    offsetA: number,
    offsetB: number,
    offsetC: number,
    bits: number,
  ): void
}

/** Entries of a text that lie behind each other: a byte 0xFF at `address`, then entries up to `end`, each of which ends with 0xFF. */
export interface TextChunk {
  readonly address: number
  readonly limit: number
  /** Number of its first entry, a multiple of `blockEntries`. */
  readonly first: number
  end: number
  /** No byte of its texts is greater: ids of digits and the like need not be gone through for words. */
  greatestByte: number
}

/** What is looked for: bytes, the greatest of them that is part of a text, and the three places among them that are compared first. */
export interface Needle {
  readonly bytes: Uint8Array
  readonly greatestByte: number
  readonly offsets: readonly [number, number, number]
}

/** The memory in which the texts of an archive lie. Holds 4 GiB. */
export class TextMemory {
  /** What another thread searches as well, with a searcher of its own. */
  readonly shared = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true })
  #bytes = Buffer.from(this.shared.buffer)
  #used = areaBytes * Object.keys(areas).length

  /** All of it. What chunks are added later may lie outside. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** An empty chunk with room for some bytes. Throws a RangeError when there is none left. */
  chunk(first: number, sizeBytes: number): TextChunk {
    const address = this.#used
    const limit = address + 1 + Math.max(sizeBytes, chunkBytes)
    const missingBytes = limit + slackBytes - this.#bytes.length
    if (missingBytes > 0) {
      const pages = Math.ceil(missingBytes / pageBytes)
      const left = mostPages - this.#bytes.length / pageBytes
      this.shared.grow(Math.max(pages, Math.min(grownPages, left)))
      this.#bytes = Buffer.from(this.shared.buffer)
    }
    this.#used = limit
    this.#bytes[address] = endOfEntry
    return { address, limit, first, end: address + 1, greatestByte: 0xff }
  }

  /** A needle of at most `longestNeedleBytes` for texts like those at an address. It may begin or end with the byte that ends entries. */
  needle(bytes: Uint8Array, address: number): Needle {
    const having = new Uint32Array(256)
    for (const byte of this.#bytes.subarray(address, address + sampleBytes)) having[byte] = (having[byte] as number) + 1
    const byRarity = [...bytes.keys()].sort((a, b) => (having[bytes[a] as number] as number) - (having[bytes[b] as number] as number))
    const [rarest = 0, second = rarest, third = second] = byRarity
    const greatestByte = Math.max(...bytes.filter((byte) => byte < nothing))
    return { bytes, greatestByte, offsets: [rarest, second, third] }
  }
}

/** Searches texts where they lie. */
class TextSearcher {
  readonly #search: SearchExports
  readonly #needleAt: number
  readonly #bitsAt: number
  readonly #needle: Uint8Array
  readonly #found: Uint32Array

  /** Each thread that searches a memory has an area of it to itself. */
  constructor(memory: WebAssembly.Memory, thread: ThreadArea) {
    module ??= new WebAssembly.Module(Buffer.from(textSearchModule, 'base64'))
    this.#search = new WebAssembly.Instance(module, { texts: { memory } }).exports as unknown as SearchExports
    this.#needleAt = areas[thread] * areaBytes
    this.#bitsAt = this.#needleAt + longestNeedleBytes
    // These stay what they are when the memory grows.
    this.#needle = new Uint8Array(memory.buffer, this.#needleAt, longestNeedleBytes)
    this.#found = new Uint32Array(memory.buffer, this.#bitsAt, mostChunkEntries / blockEntries)
  }

  /** The greatest byte of a chunk's texts. */
  greatestByteOf({ address, end }: TextChunk): number {
    return this.#search.greatest(address, end)
  }

  /**
   * Adds to `bits` the entries of a chunk that hold the needle: bit 0 of word `firstWord` is the chunk's first entry. Other threads may
   * add to the same words.
   */
  mark(address: number, end: number, entries: number, { bytes, offsets }: Needle, bits: Uint32Array, firstWord: number): void {
    const found = this.#found
    const words = Math.ceil(entries / blockEntries)
    found.fill(0, 0, words)
    this.#needle.set(bytes)
    this.#search.find(address, end, this.#needleAt, bytes.length, ...offsets, this.#bitsAt)
    for (let at = 0; at < words; at++) {
      const word = found[at] as number
      if (word !== 0) Atomics.or(bits, firstWord + at, word)
    }
  }
}

let module: WebAssembly.Module | null = null
const searchers = new WeakMap<WebAssembly.Memory, TextSearcher>()

/** The searcher of this thread for a memory. */
export function searcherOf(memory: WebAssembly.Memory, thread: ThreadArea): TextSearcher {
  let searcher = searchers.get(memory)
  if (searcher === undefined) searchers.set(memory, (searcher = new TextSearcher(memory, thread)))
  return searcher
}
