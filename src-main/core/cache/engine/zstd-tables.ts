/** Where the bytes of a description end; null: it is none. */
type End = number | null

/** What the codes of a kind of number stand for: a value and how many bits are read to add to it. */
export interface CodedNumbers {
  readonly values: readonly number[]
  readonly moreBits: readonly number[]
  /** Longest allowed table, as a power of two. */
  readonly mostLog: number
  /** How often each code comes where a block does not say: -1 is less than once. */
  readonly usual: readonly number[]
  readonly usualLog: number
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)
const repeated = (count: number, value: number): readonly number[] => Array.from({ length: count }, () => value)
/** Values that follow each other without a gap. */
function numbersFrom(first: number, moreBits: readonly number[]): readonly number[] {
  let next = first
  return moreBits.map((bits) => (next += 2 ** bits) - 2 ** bits)
}

const lengthBits = [...repeated(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, ...upTo(17).slice(6)]
/** Counts of bytes that are copied as they are. */
export const literalLengths: CodedNumbers = {
  values: numbersFrom(0, lengthBits),
  moreBits: lengthBits,
  mostLog: 9,
  usual: [4, 3, ...repeated(11, 2), 1, 1, 1, ...repeated(9, 2), 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1],
  usualLog: 6,
}

const matchBits = [...repeated(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, ...upTo(17).slice(7)]
/** Counts of bytes that stood before. */
export const matchLengths: CodedNumbers = {
  values: numbersFrom(3, matchBits),
  moreBits: matchBits,
  mostLog: 9,
  usual: [1, 4, 3, ...repeated(6, 2), ...repeated(37, 1), ...repeated(7, -1)],
  usualLog: 6,
}

/** How far before, plus three; 1 to 3 are other things. */
export const offsets: CodedNumbers = {
  values: upTo(32).map((bits) => 2 ** bits),
  moreBits: upTo(32),
  mostLog: 8,
  usual: [...repeated(6, 1), 2, 2, 2, ...repeated(15, 1), -1, -1, -1, -1, -1],
  usualLog: 5,
}

const mostCodes = 256
const mostTableLog = 9

/** How often each code comes, and the table of states that follows from it. */
export class StateTable {
  /** As a power of two. */
  log = 0
  readonly codes = new Uint8Array(2 ** mostTableLog)
  readonly bits = new Uint8Array(2 ** mostTableLog)
  /** The state after it, but for the bits that are read. */
  readonly next = new Uint16Array(2 ** mostTableLog)
  readonly #counts = new Int16Array(mostCodes)
  readonly #states = new Uint16Array(mostCodes)
  #codeCount = 0

  /** Takes counts as they are described from byte `at` on. */
  read(bytes: Uint8Array, at: number, end: number, mostLog: number): End {
    let bit = at * 8
    const take = (count: number): number => {
      const byte = bit >>> 3
      const value = (bytes[byte] as number) | ((bytes[byte + 1] as number) << 8) | ((bytes[byte + 2] as number) << 16)
      bit += count
      return (value >>> (bit - count - byte * 8)) & ((1 << count) - 1)
    }
    const log = take(4) + 5
    if (log > mostLog) return null
    let left = 1 << log
    let codeCount = 0
    while (left > 0 && codeCount < mostCodes && bit < end * 8) {
      const bits = 32 - Math.clz32(left + 1)
      const fewer = 2 ** bits - 2 - left
      let value = take(bits)
      const low = value & (2 ** (bits - 1) - 1)
      if (low < fewer) {
        value = low
        bit--
      } else if (value !== low) value -= fewer
      const count = value - 1
      left -= Math.abs(count)
      this.#counts[codeCount++] = count
      for (let repeat = count === 0 ? 3 : 0; repeat === 3;) {
        repeat = take(2)
        for (let i = 0; i < repeat && codeCount < mostCodes; i++) this.#counts[codeCount++] = 0
      }
    }
    const next = (bit + 7) >>> 3
    if (left !== 0 || next > end) return null
    this.#codeCount = codeCount
    return this.#build(log) ? next : null
  }

  take(counts: readonly number[], log: number): void {
    this.#counts.set(counts)
    this.#codeCount = counts.length
    this.#build(log)
  }

  /** One code alone, which takes no bits. */
  takeOne(code: number): void {
    this.log = 0
    this.codes[0] = code
    this.bits[0] = 0
    this.next[0] = 0
  }

  #build(log: number): boolean {
    const size = 1 << log
    const mask = size - 1
    const step = (size >> 1) + (size >> 3) + 3
    const counts = this.#counts
    let rareFrom = size
    for (let code = 0; code < this.#codeCount; code++) {
      if (counts[code] === -1) this.codes[--rareFrom] = code
      this.#states[code] = Math.abs(counts[code] as number)
    }
    let place = 0
    for (let code = 0; code < this.#codeCount; code++) {
      for (let i = counts[code] as number; i > 0; i--) {
        this.codes[place] = code
        do place = (place + step) & mask
        while (place >= rareFrom)
      }
    }
    for (let i = 0; i < size; i++) {
      const code = this.codes[i] as number
      const state = this.#states[code] as number
      this.#states[code] = state + 1
      const bits = log - (31 - Math.clz32(state))
      this.bits[i] = bits
      this.next[i] = (state << bits) - size
    }
    this.log = log
    return place === 0
  }
}

const mostCodeBits = 11
const mostWeights = 255
const weightsLog = 6

/** Codes of bytes, the shorter the more common. */
export class ByteCodes {
  /** Bits of the longest. */
  mostBits = 0
  /** Each byte by its code with any bits behind it, and the bits of the code above it. */
  readonly #entries: Uint16Array
  readonly #weights = new Uint8Array(mostWeights + 1)
  readonly #places = new Uint16Array(mostCodeBits + 2)
  readonly #states = new StateTable()

  constructor(entries: Uint16Array) {
    this.#entries = entries
  }

  /** Takes codes as they are described from byte `at` on. */
  read(bytes: Uint8Array, at: number, end: number): End {
    const head = bytes[at] as number
    const next = at + 1 + (head < 128 ? head : (head - 126) >> 1)
    if (next > end) return null
    const count = head < 128 ? this.#readPacked(bytes, at + 1, next) : this.#readPlain(bytes, at + 1, head - 127)
    return count !== null && this.#build(count) ? next : null
  }

  #readPlain(bytes: Uint8Array, at: number, count: number): number {
    for (let i = 0; i < count; i++) {
      const two = bytes[at + (i >> 1)] as number
      this.#weights[i] = i % 2 === 0 ? two >> 4 : two & 15
    }
    return count
  }

  /** Two states take turns; the bits are read from the end, and before the first there are zeros. */
  #readPacked(bytes: Uint8Array, at: number, end: number): number | null {
    const states = this.#states
    const begin = states.read(bytes, at, end, weightsLog)
    if (begin === null || begin >= end || bytes[end - 1] === 0) return null
    let left = (end - begin) * 8 - (Math.clz32(bytes[end - 1] as number) - 23)
    const take = (count: number): number => {
      left -= count
      if (left <= -count) return 0
      const byte = begin + (left >> 3)
      const value = (byte < begin ? 0 : (bytes[byte] as number)) | ((bytes[byte + 1] as number) << 8)
      return (value >>> (left & 7)) & ((1 << count) - 1)
    }
    let state = take(states.log)
    let other = take(states.log)
    for (let count = 0; count < mostWeights;) {
      this.#weights[count++] = states.codes[state] as number
      const next = (states.next[state] as number) + take(states.bits[state] as number)
      if (left < 0) {
        this.#weights[count++] = states.codes[other] as number
        return count
      }
      state = other
      other = next
    }
    return null
  }

  /** The weight of the last byte follows from the others. */
  #build(count: number): boolean {
    if (count > mostWeights) return false
    const weights = this.#weights
    const places = this.#places.fill(0)
    let sum = 0
    for (let i = 0; i < count; i++) {
      const weight = weights[i] as number
      if (weight > mostCodeBits) return false
      if (weight > 0) sum += 1 << (weight - 1)
    }
    if (sum === 0) return false
    const mostBits = 32 - Math.clz32(sum)
    const rest = (1 << mostBits) - sum
    if (mostBits > mostCodeBits || (rest & (rest - 1)) !== 0) return false
    weights[count] = 32 - Math.clz32(rest)
    for (let i = 0; i <= count; i++) places[(weights[i] as number) + 1] = (places[(weights[i] as number) + 1] as number) + 1
    places[1] = 0
    let place = 0
    for (let weight = 1; weight <= mostBits; weight++) {
      const codes = places[weight + 1] as number
      places[weight] = place
      place += codes << (weight - 1)
    }
    for (let i = 0; i <= count; i++) {
      const weight = weights[i] as number
      if (weight === 0) continue
      const from = places[weight] as number
      const to = from + (1 << (weight - 1))
      this.#entries.fill(i | ((mostBits + 1 - weight) << 8), from, to)
      places[weight] = to
    }
    this.mostBits = mostBits
    return true
  }
}
