import type { Slices } from './slices.ts'

/** Words kept for the next who needs some. */
const keptWords = 6

interface Kept {
  readonly words: Uint32Array
  /** Slices whose work fills the words: another thread may still be at one when its work was given up. */
  readonly slices: Slices
}

/**
 * Words that threads can share, used again and again: what was shared once is given back to the system late, as it does not count as memory
 * that a collection of garbage would free.
 */
export class SharedWords {
  #kept: Kept[] = []

  /** Words that are all 0. */
  borrow(length: number): Uint32Array {
    const [found] = this.#kept
      .filter(({ words, slices }) => words.length >= length && !slices.isUnderWay)
      .sort((a, b) => a.words.length - b.words.length)
    if (found === undefined) return new Uint32Array(new SharedArrayBuffer(Math.ceil(length * 1.25) * 4)).subarray(0, length)
    this.#kept = this.#kept.filter((kept) => kept !== found)
    return found.words.subarray(0, length).fill(0)
  }

  /** `slices`: of the work that filled them. */
  giveBack(words: Uint32Array, slices: Slices): void {
    this.#kept = [{ words: new Uint32Array(words.buffer), slices }, ...this.#kept].slice(0, keptWords)
  }
}
