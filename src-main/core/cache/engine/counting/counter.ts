import { release } from '../../../lib/release.ts'

/** Numbers listed as counted: of more than one in so many it is not listed which they are. */
const listedShare = 16
const fewListed = 4_096

/** Small counts take a byte each. */
type Counts = Uint8Array | Uint32Array

/**
 * Counts by number. While few numbers were counted it is known which, so that emptying and reading take as long as there are such;
 * of many, all numbers are looked at in a row.
 */
export class Counter {
  counts: Counts = new Uint8Array(0)
  /** The numbers counted, as far as they fit. */
  touched = new Uint32Array(0)
  /** How many numbers were counted: above the length of `touched`, the list is not whole. */
  touchedCount = 0

  /** The greatest count there is room for. */
  get greatest(): number {
    return this.counts instanceof Uint32Array ? 0xffffffff : 0xff
  }

  /** Makes room for numbers below `size` and counts up to `greatest`; to be called while empty. */
  reserve(size: number, greatest: number): void {
    if (size <= this.counts.length && greatest <= this.greatest) return
    const capacity = Math.ceil(size * 1.05) + 256
    this.counts = greatest > 0xff ? new Uint32Array(capacity) : new Uint8Array(capacity)
    this.touched = new Uint32Array(Math.max(fewListed, Math.ceil(capacity / listedShare)))
  }

  /** Counts the first of some numbers, each of them once more. 0 is none, and its count of no meaning. */
  addEach(numbers: Uint32Array, count: number): void {
    const { counts, touched } = this
    let { touchedCount } = this
    // Without branches: whether a number was counted before, nobody can foresee. What is written past the end of an array is ignored.
    for (let at = 0; at < count; at++) {
      const number = numbers[at] as number
      const before = counts[number] as number
      counts[number] = before + 1
      touched[touchedCount] = number
      touchedCount += isZero(before)
    }
    this.touchedCount = touchedCount
  }

  clear(): void {
    if (this.#isListed) for (let at = 0; at < this.touchedCount; at++) this.counts[this.touched[at] as number] = 0
    else this.counts.fill(0)
    this.touchedCount = 0
  }

  /** The numbers with the greatest counts, as `topKeys` ranks them. */
  top(top: number): readonly number[] {
    return this.#isListed ? topKeys(this.touched.subarray(0, this.touchedCount), this.counts, top) : topOfAll(this.counts, top)
  }

  get #isListed(): boolean {
    return this.touchedCount <= this.touched.length
  }
}

/** 1 for 0, else 0. */
const isZero = (count: number): number => ((count | -count) >>> 31) ^ 1

/** Counts from here on are told apart by sorting alone. */
const finestCount = 65_535

/** The keys with the greatest counts, descending; equal counts by key. Key 0 stands for none and is left out. */
export function topKeys(keys: Uint32Array, counts: Counts, top: number): readonly number[] {
  // How many keys have each count tells the least count that is still among the first, so that few are sorted.
  const having = new Uint32Array(finestCount + 1)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number
    const at = Math.min(counts[key] as number, finestCount)
    if (key !== 0) having[at] = (having[at] as number) + 1
  }
  const least = leastOf(having, top)
  release(having)
  const found: number[] = []
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number
    if (key !== 0 && (counts[key] as number) >= least) found.push(key)
  }
  return ranked(found, counts, top)
}

/** The same when every number may be a key. */
export function topOfAll(counts: Counts, top: number): readonly number[] {
  return ranked([...topWithEqual(counts, top)], counts, top)
}

/** The keys that may be among the greatest, in no order: all of those whose count equals the least of these are there. */
export function topWithEqual(counts: Counts, top: number): readonly number[] {
  const having = new Uint32Array(finestCount + 1)
  for (let key = 1; key < counts.length; key++) {
    const at = Math.min(counts[key] as number, finestCount)
    having[at] = (having[at] as number) + 1
  }
  const least = leastOf(having, top)
  release(having)
  const found: number[] = []
  for (let key = 1; key < counts.length; key++) if ((counts[key] as number) >= least) found.push(key)
  return found
}

function leastOf(having: Uint32Array, top: number): number {
  let least = finestCount
  for (let seen = having[least] as number; seen < top && least > 1; seen += having[least] as number) least--
  return least
}

function ranked(keys: number[], counts: Counts, top: number): readonly number[] {
  return keys.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b).slice(0, top)
}
