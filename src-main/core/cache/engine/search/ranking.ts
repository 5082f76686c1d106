import { bitOf, forEachBit, hasBit } from '../columns/bitmap.ts'
import type { EventColumns } from '../columns/columns.ts'
import type { TimeOrder } from '../columns/time-order.ts'

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
  return count <= sparseCount ? new SparseRanking(words, columns, order) : new DenseRanking(words, count, order)
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

/**
 * Many match: how many stand before a block of positions is known as far from either end as anybody has asked, since to count all of ten million takes
 * some 20 ms. The rest is counted when asked.
 */
class DenseRanking implements Ranking {
  readonly timed: number
  readonly #words: Uint32Array
  readonly #order: TimeOrder
  /** Matches before each block, and before the end: of blocks up to `#low`, and from `#high` on. */
  readonly #before: Uint32Array
  #low = 0
  #high: number

  constructor(words: Uint32Array, count: number, order: TimeOrder) {
    this.#words = words
    this.#order = order
    this.#high = Math.ceil(order.count / blockPositions)
    this.#before = new Uint32Array(this.#high + 1)
    this.#before[this.#high] = count
    this.timed = this.before(order.timedCount)
  }

  rows(from: number, to: number): readonly number[] {
    const block = this.#blockOf(from)
    const rows: number[] = []
    let rank = this.#beforeBlock(block)
    for (let position = block * blockPositions; position < this.#order.count && rank < to; position++) {
      const row = this.#order.rows[position] as number
      if (hasBit(this.#words, row) && rank++ >= from) rows.push(row)
    }
    return rows
  }

  before(position: number): number {
    const block = Math.floor(position / blockPositions)
    const isNearLow = block - this.#low <= this.#high - block
    while (this.#low < block && block < this.#high) this.#countBlock(isNearLow)
    return this.#beforeBlock(block) + countPositions(this.#words, this.#order.rows, block * blockPositions, position)
  }

  /** The last block with no more than `rank` matches before it, which is the one that holds it. */
  #blockOf(rank: number): number {
    const isInGap = (): boolean => this.#beforeBlock(this.#low) <= rank && rank < this.#beforeBlock(this.#high)
    const isNearLow = rank - this.#beforeBlock(this.#low) <= this.#beforeBlock(this.#high) - rank
    while (this.#high - this.#low > 1 && isInGap()) this.#countBlock(isNearLow)
    let [first, end] = isInGap()
      ? [this.#low, this.#high]
      : rank < this.#beforeBlock(this.#low)
        ? [0, this.#low]
        : [this.#high, this.#before.length]
    while (end - first > 1) {
      const middle = (first + end) >>> 1
      if (this.#beforeBlock(middle) <= rank) first = middle
      else end = middle
    }
    return first
  }

  /** Counts the next block from one end. */
  #countBlock(isFromLow: boolean): void {
    const { rows, count } = this.#order
    const block = isFromLow ? this.#low++ : --this.#high
    const found = countPositions(this.#words, rows, block * blockPositions, Math.min((block + 1) * blockPositions, count))
    if (isFromLow) this.#before[block + 1] = this.#beforeBlock(block) + found
    else this.#before[block] = this.#beforeBlock(block + 1) - found
  }

  #beforeBlock(block: number): number {
    return this.#before[block] as number
  }
}

function countPositions(words: Uint32Array, rows: Uint32Array, from: number, to: number): number {
  let count = 0
  let position = from
  // Four at a time, as the next ones do not wait for the sum.
  for (; position + 4 <= to; position += 4) {
    count +=
      bitOf(words, rows[position] as number) +
      bitOf(words, rows[position + 1] as number) +
      bitOf(words, rows[position + 2] as number) +
      bitOf(words, rows[position + 3] as number)
  }
  for (; position < to; position++) count += bitOf(words, rows[position] as number)
  return count
}
