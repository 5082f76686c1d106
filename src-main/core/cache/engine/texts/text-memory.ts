// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient declaration is no module that could be imported
/// <reference path="./web-assembly.d.ts" />
import { type Automaton, mostAutomatonBytes, setsBytes } from './text-automaton.ts'
import { textSearchModule } from './text-search.wasm.ts'

/** Entries of a chunk, at most; a multiple of a word's bits. */
export const mostChunkEntries = 16_384
const pageBytes = 65_536
const mostPages = 65_536
/** Pages added at a time. */
const grownPages = 64
/** What a search notes of 1 KB of text. */
const listBytes = 17 * 16
/** The memory begins with an area for each thread that searches: the automaton, its sets, that list, and the bits of what is found in a chunk. */
const setsAt = mostAutomatonBytes
const listAt = setsAt + setsBytes
const bitsAt = listAt + listBytes
const areaBytes = bitsAt + mostChunkEntries / 8
/** Areas there are: the query thread's, and its assistant's. */
const areas = { own: 0, assistant: 1 } as const
export type ThreadArea = keyof typeof areas
/** What may be read past the end of a chunk. */
const slackBytes = 4_096

interface SearchExports {
  greatest(text: number, textEnd: number): number
  find(text: number, textEnd: number, sets: number, automaton: number, escape: number, list: number, bits: number): void
}

/** The memory in which the texts of an archive lie. Holds 4 GiB. */
export class TextMemory {
  /** What another thread searches as well, with a searcher of its own. */
  readonly shared = new WebAssembly.Memory({ initial: 1, maximum: mostPages, shared: true })
  #bytes = Buffer.from(this.shared.buffer)
  #used = areaBytes * Object.keys(areas).length

  /** All of it. What is taken later may lie outside. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** Where so many bytes are free from now on. Throws a RangeError when there are none left. */
  take(sizeBytes: number): number {
    const address = this.#used
    const missingBytes = address + sizeBytes + slackBytes - this.#bytes.length
    if (missingBytes > 0) {
      const pages = Math.ceil(missingBytes / pageBytes)
      const left = mostPages - this.#bytes.length / pageBytes
      this.shared.grow(Math.max(pages, Math.min(grownPages, left)))
      this.#bytes = Buffer.from(this.shared.buffer)
    }
    this.#used = address + sizeBytes
    return address
  }
}

/** Searches texts where they lie. */
class TextSearcher {
  readonly #search: SearchExports
  readonly #area: number
  readonly #automaton: Uint16Array
  readonly #sets: Uint8Array
  readonly #found: Uint32Array

  /** Each thread that searches a memory has an area of it to itself. */
  constructor(memory: WebAssembly.Memory, thread: ThreadArea) {
    module ??= new WebAssembly.Module(Buffer.from(textSearchModule, 'base64'))
    this.#search = new WebAssembly.Instance(module, { texts: { memory } }).exports as unknown as SearchExports
    this.#area = areas[thread] * areaBytes
    // These stay what they are when the memory grows.
    this.#automaton = new Uint16Array(memory.buffer, this.#area, mostAutomatonBytes / 2)
    this.#sets = new Uint8Array(memory.buffer, this.#area + setsAt, setsBytes)
    this.#found = new Uint32Array(memory.buffer, this.#area + bitsAt, mostChunkEntries / 32)
  }

  /** The greatest byte of entries that lie from one place to another, but for those that end them or stand for nothing. */
  greatestByte(from: number, to: number): number {
    return this.#search.greatest(from, to)
  }

  /**
   * Adds to `bits` the entries of a chunk that hold what an automaton looks for: bit 0 of word `firstWord` is the chunk's first entry.
   * Other threads may add to the same words. `text`: the byte before the entries, which is 0xFF.
   */
  mark(text: number, textEnd: number, entries: number, { next, sets, escape }: Automaton, bits: Uint32Array, firstWord: number): void {
    const found = this.#found
    const words = Math.ceil(entries / 32)
    found.fill(0, 0, words)
    this.#automaton.set(next)
    this.#sets.set(sets)
    this.#search.find(text, textEnd, this.#area + setsAt, this.#area, escape, this.#area + listAt, this.#area + bitsAt)
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
