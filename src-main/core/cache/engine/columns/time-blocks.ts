import { setBit } from './bitmap.ts'
import { timeAt, type Times } from './time-column.ts'

/** Rows of a block: a multiple of the 32 bits of a word. */
const blockRows = 4_096
const blockWords = blockRows / 32

/**
 * The earliest and the latest time of each block of rows. Events arrive nearly in the order of time, forwards or backwards, so that of most
 * blocks all or none lie in a span. A time that is no longer there may still widen its block.
 */
export class TimeBlocks {
  #earliestMs = new Float64Array(0)
  #latestMs = new Float64Array(0)
  /** 1 where an event without a time was seen. */
  #hasUntimed = new Uint8Array(0)
  #rowCount = 0

  /** Takes in that a row has another time now. */
  change(row: number, timeMs: number): void {
    if (row < this.#rowCount) this.#widen(Math.floor(row / blockRows), timeMs)
  }

  /** A bit for each row whose time lies in a half-open span. */
  rowsWithin(times: Times, count: number, fromMs: number, toMs: number): Uint32Array {
    this.#catchUp(times, count)
    const words = new Uint32Array(Math.ceil(this.#rowCount / 32))
    for (let first = 0, block = 0; first < this.#rowCount; first += blockRows, block++) {
      const earliestMs = this.#earliestMs[block] as number
      const latestMs = this.#latestMs[block] as number
      if (latestMs < fromMs || earliestMs >= toMs) continue
      const end = Math.min(first + blockRows, this.#rowCount)
      if (earliestMs >= fromMs && latestMs < toMs && this.#hasUntimed[block] === 0 && end === first + blockRows) {
        words.fill(0xffffffff, block * blockWords, (block + 1) * blockWords)
      } else {
        for (let row = first; row < end; row++) if (isWithin(timeAt(times, row), fromMs, toMs)) setBit(words, row)
      }
    }
    return words
  }

  #catchUp(times: Times, count: number): void {
    this.#reserve(Math.ceil(count / blockRows))
    for (let row = this.#rowCount; row < count; row++) this.#widen(Math.floor(row / blockRows), timeAt(times, row))
    this.#rowCount = count
  }

  #widen(block: number, timeMs: number): void {
    if (timeMs < (this.#earliestMs[block] as number)) this.#earliestMs[block] = timeMs
    if (timeMs > (this.#latestMs[block] as number)) this.#latestMs[block] = timeMs
    if (timeMs !== timeMs) this.#hasUntimed[block] = 1
  }

  #reserve(blocks: number): void {
    const known = this.#earliestMs.length
    if (blocks <= known) return
    const length = Math.ceil(blocks * 1.25)
    const grown = { earliestMs: new Float64Array(length), latestMs: new Float64Array(length), hasUntimed: new Uint8Array(length) }
    grown.earliestMs.fill(Infinity, known).set(this.#earliestMs)
    grown.latestMs.fill(-Infinity, known).set(this.#latestMs)
    grown.hasUntimed.set(this.#hasUntimed)
    this.#earliestMs = grown.earliestMs
    this.#latestMs = grown.latestMs
    this.#hasUntimed = grown.hasUntimed
  }
}

const isWithin = (timeMs: number, fromMs: number, toMs: number): boolean => timeMs >= fromMs && timeMs < toMs
