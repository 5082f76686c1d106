import { release } from '../lib/release.ts'
import type { KeyWords } from './key-words.ts'

/** Words of 32 bits in a block; a key sets one bit in each word of one block. */
const blockWords = 8
/** Bytes a key: of 1,000 foreign keys about one is taken for one of the filter's. */
const bytesPerKey = 2
const bytesPerBlock = blockWords * 4
/** Odd numbers, one a word: what they make of the same bits of a key differs. */
const salts = Uint32Array.of(0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31)

/**
 * Says of a key that it is certainly not among those that were added, or that it may be: a Bloom filter in blocks of half a line of the
 * processor's cache. Keys are random and have at least 12 bytes.
 */
export class KeyFilter {
  readonly #words: Uint32Array
  readonly #blocks: number
  #count: number

  private constructor(words: Uint32Array, count: number) {
    this.#words = words
    this.#blocks = words.length / blockWords
    this.#count = count
  }

  /** An empty filter for about so many keys. */
  static forKeys(capacity: number): KeyFilter {
    const blocks = Math.max(1, Math.ceil((capacity * bytesPerKey) / bytesPerBlock))
    return new KeyFilter(new Uint32Array(blocks * blockWords), 0)
  }

  /** A filter again, from its `bytes` and `count`. It takes over the bytes, of which there may be many megabytes, where they lie at a whole word. */
  static from(bytes: Uint8Array, count: number): KeyFilter {
    const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes)
    return new KeyFilter(new Uint32Array(buffer, byteOffset, length / 4), count)
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.#words.buffer, this.#words.byteOffset, this.#words.byteLength)
  }

  /** Keys that were added. */
  get count(): number {
    return this.#count
  }

  /** Keys it can take before it becomes less useful. */
  get capacity(): number {
    return this.#words.byteLength / bytesPerKey
  }

  /** Gives its memory back; nothing may be asked of it afterwards. */
  release(): void {
    release(this.#words)
  }

  add(key: KeyWords): void {
    const bits = key[2] as number
    const block = this.#blockOf(key)
    for (let word = 0; word < blockWords; word++) this.#words[block + word] = (this.#words[block + word] as number) | bitOf(bits, word)
    this.#count++
  }

  mayHold(key: KeyWords): boolean {
    const bits = key[2] as number
    const block = this.#blockOf(key)
    for (let word = 0; word < blockWords; word++) if (((this.#words[block + word] as number) & bitOf(bits, word)) === 0) return false
    return true
  }

  #blockOf(key: KeyWords): number {
    return Math.floor(((key[1] as number) / 0x1_0000_0000) * this.#blocks) * blockWords
  }
}

const bitOf = (bits: number, word: number): number => 1 << (Math.imul(bits, salts[word] as number) >>> 27)
