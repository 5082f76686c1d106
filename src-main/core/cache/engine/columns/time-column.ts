/** A period: what 32 bits of milliseconds hold, some 50 days. */
const periodMs = 2 ** 32

type Narrow = Uint8Array | Uint16Array | Uint32Array

/** Times by row, as numbers that threads share and `timeAt` puts together. */
export interface Times {
  /** Milliseconds since the beginning of the period. */
  readonly lowMs: Uint32Array
  /** The number of the period; 0: no time. */
  readonly period: Narrow
  /** By period, when it begins; of period 0 it is NaN. */
  readonly beginMs: Float64Array
}

/** When the event of a row was, in milliseconds since 1970; NaN for one without a time. */
export function timeAt({ lowMs, period, beginMs }: Times, row: number): number {
  return (beginMs[period[row] as number] as number) + (lowMs[row] as number)
}

/** The times of events in five bytes each, as long as they lie in no more than 255 periods, which are 34 years. */
export class TimeColumn implements Times {
  lowMs: Uint32Array = new Uint32Array(new SharedArrayBuffer(0))
  period: Narrow = new Uint8Array(new SharedArrayBuffer(0))
  beginMs: Float64Array = Float64Array.of(Number.NaN)
  /** Numbers of the periods, by beginning. */
  readonly #numbers = new Map<number, number>()
  #latest = 0

  /** Makes room for that many rows in all; `count` are filled. */
  reserve(capacity: number, count: number): void {
    const lowMs = new Uint32Array(new SharedArrayBuffer(capacity * 4))
    lowMs.set(this.lowMs.subarray(0, count))
    this.lowMs = lowMs
    this.#copyPeriods(capacity, this.period.BYTES_PER_ELEMENT)
  }

  /** NaN: no time. */
  set(row: number, timeMs: number): void {
    if (timeMs !== timeMs) {
      this.period[row] = 0
      return
    }
    // One after another they mostly lie in the same period.
    let begin = this.beginMs[this.#latest] as number
    if (!(timeMs >= begin && timeMs - begin < periodMs)) {
      begin = Math.floor(timeMs / periodMs) * periodMs
      this.#latest = this.#numberOf(begin)
    }
    this.period[row] = this.#latest
    this.lowMs[row] = timeMs - begin
  }

  /** The rows `from` to `to` (exclusive) as they are kept. */
  part(from: number, to: number): Times {
    const { lowMs, period, beginMs } = this
    return { lowMs: lowMs.slice(from, to), period: period.slice(from, to), beginMs: beginMs.slice(0, this.#numbers.size + 1) }
  }

  /** Takes in such rows. */
  put(from: number, { lowMs, period, beginMs }: Times): void {
    const numbers = Uint32Array.from(beginMs, (begin, at) => (at === 0 ? 0 : this.#numberOf(begin)))
    this.lowMs.set(lowMs, from)
    if (numbers.every((number, at) => number === at)) return this.period.set(period, from)
    for (let at = 0; at < period.length; at++) this.period[from + at] = numbers[period[at] as number] as number
  }

  /** Takes over times that another thread put together, in memory that both share. */
  adopt({ lowMs, period, beginMs }: Times): void {
    this.lowMs = lowMs
    this.period = period
    this.beginMs = beginMs
    this.#numbers.clear()
    beginMs.forEach((begin, number) => begin === begin && this.#numbers.set(begin, number))
  }

  #numberOf(beginMs: number): number {
    return this.#numbers.get(beginMs) ?? this.#add(beginMs)
  }

  #add(beginMs: number): number {
    const number = this.#numbers.size + 1
    this.#numbers.set(beginMs, number)
    if (number >= this.beginMs.length) {
      const grown = new Float64Array(number * 2).fill(Number.NaN)
      grown.set(this.beginMs)
      this.beginMs = grown
    }
    this.beginMs[number] = beginMs
    const widthBytes = number < 0x100 ? 1 : number < 0x1_0000 ? 2 : 4
    if (widthBytes > this.period.BYTES_PER_ELEMENT) this.#copyPeriods(this.period.length, widthBytes)
    return number
  }

  #copyPeriods(capacity: number, widthBytes: number): void {
    const memory = new SharedArrayBuffer(capacity * widthBytes)
    const copy = widthBytes === 1 ? new Uint8Array(memory) : widthBytes === 2 ? new Uint16Array(memory) : new Uint32Array(memory)
    copy.set(this.period)
    this.period = copy
  }
}
