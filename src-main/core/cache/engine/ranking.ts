import { forEachBit, hasBit } from './bitmap.ts'
import type { EventColumns } from './columns.ts'
import type { TimeOrder } from './time-order.ts'

/** The matches of a result in time order: which one stands at a rank, and how many stand before a position. Ranks and positions ascend. */
export interface Ranking {
  /** Matches that have a time. */
  readonly timed: number
  /** Rows of ranks `from` to `to` (exclusive). */
  rows(from: number, to: number): readonly number[]
  /** Matches before a position of the time order. */
  before(position: number): number
}

/** Results up to this size are sorted themselves. */
export const sparseCount = 8_192
/** Positions between two known counts. */
const blockPositions = 4_096

/** The ranking of a bitmap of `count` rows, for as long as the order stays as it is. */
export function rankingOf(words: Uint32Array, count: number, columns: EventColumns, order: TimeOrder): Ranking {
  if (count === order.count) return new FullRanking(order)
  return count <= sparseCount ? new SparseRanking(words, columns, order) : new DenseRanking(words, order)
}

/** Everything matches. */
class FullRanking implements Ranking {
  readonly timed: number
  readonly #order: TimeOrder

  constructor(order: TimeOrder) {
    this.#order = order
    this.timed = order.timedCount
  }

  rows(from: number, to: number): readonly number[] {
    return [...this.#order.rows.subarray(from, to)]
  }

  before(position: number): number {
    return position
  }
}

/** Few match: they are sorted. */
class SparseRanking implements Ranking {
  readonly timed: number
  readonly #rows: readonly number[]
  readonly #columns: EventColumns
  readonly #order: TimeOrder

  constructor(words: Uint32Array, columns: EventColumns, order: TimeOrder) {
    const timed: number[] = []
    const untimed: number[] = []
    forEachBit(words, 0, words.length, (row) => (Number.isNaN(columns.timeMs(row)) ? untimed : timed).push(row))
    timed.sort((a, b) => columns.timeMs(a) - columns.timeMs(b) || a - b)
    this.timed = timed.length
    this.#rows = [...timed, ...untimed]
    this.#columns = columns
    this.#order = order
  }

  rows(from: number, to: number): readonly number[] {
    return this.#rows.slice(from, to)
  }

  before(position: number): number {
    let low = 0
    let high = this.#rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const row = this.#rows[middle] as number
      if (this.#order.positionOf(this.#columns, this.#columns.timeMs(row), row) < position) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Many match: counts are known every few thousand positions, the rest is counted when asked. */
class DenseRanking implements Ranking {
  readonly timed: number
  readonly #words: Uint32Array
  readonly #order: TimeOrder
  readonly #before: Uint32Array

  constructor(words: Uint32Array, order: TimeOrder) {
    this.#words = words
    this.#order = order
    this.#before = new Uint32Array(Math.ceil(order.count / blockPositions))
    let count = 0
    for (let block = 0; block < this.#before.length; block++) {
      this.#before[block] = count
      count += countPositions(words, order.rows, block * blockPositions, Math.min((block + 1) * blockPositions, order.count))
    }
    this.timed = this.before(order.timedCount)
  }

  rows(from: number, to: number): readonly number[] {
    const rows: number[] = []
    let low = 0
    let high = this.#before.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((this.#before[middle] as number) <= from) low = middle
      else high = middle
    }
    let rank = this.#before[low] ?? 0
    for (let position = low * blockPositions; position < this.#order.count && rank < to; position++) {
      const row = this.#order.rows[position] as number
      if (hasBit(this.#words, row) && rank++ >= from) rows.push(row)
    }
    return rows
  }

  before(position: number): number {
    const block = Math.min(Math.floor(position / blockPositions), this.#before.length - 1)
    return (this.#before[block] ?? 0) + countPositions(this.#words, this.#order.rows, block * blockPositions, position)
  }
}

function countPositions(words: Uint32Array, rows: Uint32Array, from: number, to: number): number {
  let count = 0
  for (let position = from; position < to; position++) {
    const row = rows[position] as number
    count += ((words[row >>> 5] as number) >>> (row & 31)) & 1
  }
  return count
}
