import { hash, randomBytes } from 'node:crypto'

const buckets = 65_536
/** Numbers of 32 bits kept for each bucket. */
const lanes = 4
/** Buckets that are looked into when something differs: enough to name what does. */
const examined = 64

/** Where a name counts, and the numbers it stands for. */
interface Place {
  readonly bucket: number
  readonly numbers: readonly number[]
}

/** Takes names that are given and taken; `about`: what is told of one that is left over. */
export interface Balance {
  give(name: string, about: string): void
  take(name: string, about: string): void
}

/**
 * Tells whether as many of each name were given as taken, whatever their order, in a megabyte. Each name stands for numbers that nobody can know
 * beforehand; those of names given are added, those of names taken subtracted.
 */
export class Matching implements Balance {
  readonly #key = randomBytes(32).toString('hex')
  readonly #sums = new Int32Array(buckets * lanes)

  give(name: string): void {
    this.#add(name, 1)
  }

  take(name: string): void {
    this.#add(name, -1)
  }

  get isEven(): boolean {
    return this.#sums.every((sum) => sum === 0)
  }

  /** For a second look at the same names, to find those that differ. */
  differences(): Differences {
    const open = new Set<number>()
    for (let bucket = 0; bucket < buckets && open.size < examined; bucket++) {
      if (this.#sums.subarray(bucket * lanes, (bucket + 1) * lanes).some((sum) => sum !== 0)) open.add(bucket)
    }
    return new Differences((name) => open.has(placeOf(this.#key, name).bucket))
  }

  #add(name: string, sign: 1 | -1): void {
    const { bucket, numbers } = placeOf(this.#key, name)
    for (const [lane, number] of numbers.entries()) {
      const at = bucket * lanes + lane
      this.#sums[at] = (this.#sums[at] as number) + sign * number
    }
  }
}

/** Collects the names that were given or taken once too often, each with what is told of it. */
export class Differences implements Balance {
  readonly #isOpen: (name: string) => boolean
  readonly #names = new Map<string, { count: number; about: string }>()

  /** `isOpen`: whether a name is among those looked at. */
  constructor(isOpen: (name: string) => boolean) {
    this.#isOpen = isOpen
  }

  give(name: string, about: string): void {
    this.#add(name, 1, about)
  }

  take(name: string, about: string): void {
    this.#add(name, -1, about)
  }

  /** What is told of names that were given, and of those that were taken, too often. */
  get left(): { readonly given: readonly string[]; readonly taken: readonly string[] } {
    const all = [...this.#names.values()]
    return {
      given: all.filter(({ count }) => count > 0).map(({ about }) => about),
      taken: all.filter(({ count }) => count < 0).map(({ about }) => about),
    }
  }

  #add(name: string, sign: 1 | -1, about: string): void {
    if (!this.#isOpen(name)) return
    const known = this.#names.get(name) ?? { count: 0, about }
    known.count += sign
    if (Math.sign(known.count) === sign) known.about = about
    if (known.count === 0) this.#names.delete(name)
    else this.#names.set(name, known)
  }
}

function placeOf(key: string, name: string): Place {
  const digest = hash('sha256', key + name, 'binary')
  const word = (at: number): number =>
    digest.charCodeAt(at) | (digest.charCodeAt(at + 1) << 8) | (digest.charCodeAt(at + 2) << 16) | (digest.charCodeAt(at + 3) << 24)
  return { bucket: word(16) & (buckets - 1), numbers: [word(0), word(4), word(8), word(12)] }
}
