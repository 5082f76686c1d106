import { popcount } from '../columns/bitmap.ts'
import { numberAt, type SplitNumbers } from '../columns/split-column.ts'

/** Places of some of very many numbers, in memory that threads share. */
export interface SharedPlaces {
  /** A bit for each number: it has a place. */
  readonly bits: Uint32Array<SharedArrayBuffer>
  /** For every 32 numbers: where the places of those among them that have one begin. */
  readonly begins: Uint32Array<SharedArrayBuffer>
  /** As many for each thread. */
  readonly places: Uint32Array<SharedArrayBuffer>
}

/** Which part of the numbers is a thread's own. */
export interface Share {
  readonly share: number
  readonly shares: number
}

/** Neighbouring numbers belong to one thread, so that it reads whole pages of the file. */
const stripeNumbers = 4_096
const wordNumbers = 32
const stripeWords = stripeNumbers / wordNumbers

/** Room for numbers below `count`, of which each thread has at most `most` at a time. What is never used costs no memory. */
export function createSharedPlaces(count: number, most: number, shares: number): SharedPlaces {
  const words = Math.ceil(count / stripeNumbers) * stripeWords
  return { bits: sharedWords(words), begins: sharedWords(words), places: sharedWords(Math.min(count, most) * shares) }
}

const sharedWords = (count: number): Uint32Array<SharedArrayBuffer> => new Uint32Array(new SharedArrayBuffer(count * 4))

/** Gives places to some numbers; a place for every number there is would take ten times the memory. All threads see all places. */
export class Places {
  readonly #shared: SharedPlaces
  readonly #own: Share

  constructor(shared: SharedPlaces, own: Share) {
    this.#shared = shared
    this.#own = own
  }

  /** Forgets this thread's numbers and takes those that stand in a column at the rows, 0 excluded; returns them, ascending. Each has place 0. */
  take(column: SplitNumbers, rows: Uint32Array): Uint32Array {
    const { share, shares } = this.#own
    const { bits, begins, places } = this.#shared
    this.#eachStripe((from, to) => bits.fill(0, from, to))
    for (const row of rows) {
      const num = numberAt(column, row)
      const word = num >>> 5
      if (num !== 0 && word < bits.length && Math.floor(num / stripeNumbers) % shares === share)
        bits[word] = (bits[word] as number) | (1 << (num & 31))
    }
    const first = (places.length / shares) * share
    let next = first
    this.#eachStripe((from, to) => {
      for (let word = from; word < to; word++) {
        begins[word] = next
        next += popcount(bits[word] as number)
      }
    })
    places.fill(0, first, next)
    return this.#numbers(next - first)
  }

  /** 0: none. */
  of(num: number): number {
    const { bits, begins, places } = this.#shared
    const word = num >>> 5
    const marked = bits[word] ?? 0
    const bit = 1 << (num & 31)
    if ((marked & bit) === 0) return 0
    return places[(begins[word] as number) + popcount(marked & (bit - 1))] as number
  }

  /** For a number that was taken. */
  set(num: number, place: number): void {
    const { bits, begins, places } = this.#shared
    const word = num >>> 5
    places[(begins[word] as number) + popcount((bits[word] as number) & ((1 << (num & 31)) - 1))] = place
  }

  #numbers(count: number): Uint32Array {
    const { bits } = this.#shared
    const numbers = new Uint32Array(count)
    let at = 0
    this.#eachStripe((from, to) => {
      for (let word = from; word < to; word++) {
        for (let left = bits[word] as number; left !== 0; left &= left - 1)
          numbers[at++] = word * wordNumbers + 31 - Math.clz32(left & -left)
      }
    })
    return numbers
  }

  /** Words of this thread, a stripe at a time. */
  #eachStripe(call: (from: number, to: number) => void): void {
    const { share, shares } = this.#own
    const end = this.#shared.bits.length
    for (let from = share * stripeWords; from < end; from += shares * stripeWords) call(from, from + stripeWords)
  }
}
