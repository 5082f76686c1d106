type High = Uint8Array | Uint16Array

/** Numbers below 2³¹ by row, in two parts each, which threads share and `numberAt` puts together. */
export interface SplitNumbers {
  /** The lower 16 bits. */
  readonly low: Uint16Array
  /** The others. */
  readonly high: High
}

export const numberAt = ({ low, high }: SplitNumbers, row: number): number => (low[row] as number) | ((high[row] as number) << 16)

/** Dictionary numbers by row, in three bytes each as long as they are below 16.7 million, then in four. */
export class SplitColumn implements SplitNumbers {
  low: Uint16Array = new Uint16Array(new SharedArrayBuffer(0))
  high: High = new Uint8Array(new SharedArrayBuffer(0))

  /** 0 for a row there is none of. */
  at(row: number): number {
    return row < this.low.length ? numberAt(this, row) : 0
  }

  set(row: number, number: number): void {
    const high = number >>> 16
    if (high > 0xff) this.#widen()
    this.low[row] = number
    this.high[row] = high
  }

  /** The rows `from` to `to` (exclusive) as they are kept. */
  part(from: number, to: number): SplitNumbers {
    return { low: this.low.slice(from, to), high: this.high.slice(from, to) }
  }

  /** Takes in such rows. */
  put(from: number, { low, high }: SplitNumbers): void {
    if (high instanceof Uint16Array) this.#widen()
    this.low.set(low, from)
    this.high.set(high, from)
  }

  /** Takes over numbers that another thread put together, in memory that both share. */
  adopt({ low, high }: SplitNumbers): void {
    this.low = low
    this.high = high
  }

  /** What another thread can be given; a later row may not be in it. */
  get shared(): SplitNumbers {
    return { low: this.low, high: this.high }
  }

  /** Makes room for that many rows and some more, where there is less; `count` are filled. */
  makeRoom(rows: number, count: number): void {
    if (rows > this.low.length) this.reserve(Math.ceil(rows * 1.25), count)
  }

  /** Makes room for that many rows in all; `count` are filled. */
  reserve(capacity: number, count: number): void {
    const low = new Uint16Array(new SharedArrayBuffer(capacity * 2))
    low.set(this.low.subarray(0, count))
    this.low = low
    const high = this.high instanceof Uint8Array ? new Uint8Array(new SharedArrayBuffer(capacity)) : wide(capacity)
    high.set(this.high.subarray(0, count))
    this.high = high
  }

  #widen(): void {
    if (this.high instanceof Uint16Array) return
    const high = wide(this.high.length)
    high.set(this.high)
    this.high = high
  }
}

const wide = (capacity: number): Uint16Array<SharedArrayBuffer> => new Uint16Array(new SharedArrayBuffer(capacity * 2))
