import type { EventOrder } from '../../../contract/model/query.ts'
import { hasBit, popcountWords } from './bitmap.ts'
import type { TimeOrder } from './time-order.ts'

/** Positions between two known counts. */
const blockPositions = 4_096

/** The rows that match a query, at one version of the archive. Rows that came later are in none. */
export class ResultSet {
  /** A bit for each row. */
  readonly words: Uint32Array
  /** Rows there were. */
  readonly rowCount: number
  readonly count: number
  readonly version: number
  #ranks: {
    readonly order: TimeOrder
    readonly orderCount: number
    readonly version: number
    readonly before: Uint32Array
    readonly timed: number
  } | null = null

  constructor(words: Uint32Array, rowCount: number, version: number) {
    this.words = words
    this.rowCount = rowCount
    this.version = version
    this.count = popcountWords(words, 0, words.length)
  }

  get sizeBytes(): number {
    return this.words.byteLength + (this.#ranks?.before.byteLength ?? 0)
  }

  has(row: number): boolean {
    return hasBit(this.words, row)
  }

  /** Matches `first` to `first + count - 1` in display order. `version` is the version of the order. */
  rowsAt(order: TimeOrder, version: number, display: EventOrder, first: number, count: number): readonly number[] {
    const rows: number[] = []
    const end = Math.min(first + count, this.count)
    if (first >= end) return rows
    let at = this.#displayPositionOf(order, version, display, first)
    while (rows.length < end - first) {
      const row = order.rowAt(display, at++)
      if (this.has(row)) rows.push(row)
    }
    return rows
  }

  /** How many matches stand before a display position. */
  rankAt(order: TimeOrder, version: number, display: EventOrder, position: number): number {
    const { timed } = this.#ranksOf(order, version)
    const before = (ascending: number): number => this.#matchesBefore(order, version, ascending)
    if (display === 'oldest') return before(position)
    if (position <= order.timedCount) return timed - before(order.timedCount - position)
    return timed + this.count - before(order.count - (position - order.timedCount))
  }

  /** Display position of the match of that rank. */
  #displayPositionOf(order: TimeOrder, version: number, display: EventOrder, rank: number): number {
    const { timed } = this.#ranksOf(order, version)
    const ascendingRank = display === 'oldest' ? rank : rank < timed ? timed - 1 - rank : this.count - 1 - (rank - timed)
    return order.displayPosition(display, this.#select(order, version, ascendingRank))
  }

  /** Ascending position of the match with that many matches before it. */
  #select(order: TimeOrder, version: number, rank: number): number {
    const { before } = this.#ranksOf(order, version)
    let low = 0
    let high = before.length
    while (high - low > 1) {
      const middle = (low + high) >>> 1
      if ((before[middle] ?? 0) <= rank) low = middle
      else high = middle
    }
    let seen = before[low] ?? 0
    let position = low * blockPositions
    for (; position < order.count; position++) {
      if (this.has(order.rows[position] as number) && seen++ === rank) break
    }
    return position
  }

  #matchesBefore(order: TimeOrder, version: number, position: number): number {
    const { before } = this.#ranksOf(order, version)
    const block = Math.min(Math.floor(position / blockPositions), before.length - 1)
    let count = before[block] ?? 0
    for (let at = block * blockPositions; at < position; at++) if (this.has(order.rows[at] as number)) count++
    return count
  }

  #ranksOf(order: TimeOrder, version: number): { readonly before: Uint32Array; readonly timed: number } {
    const known = this.#ranks
    if (known !== null && known.order === order && known.version === version) return known
    const before = new Uint32Array(Math.max(1, Math.ceil(order.count / blockPositions)))
    const { rows } = order
    const { words } = this
    let count = 0
    let timed = 0
    for (let block = 0; block < before.length; block++) {
      before[block] = count
      const start = block * blockPositions
      const end = Math.min(start + blockPositions, order.count)
      const border = order.timedCount
      if (start <= border && border <= end) {
        for (let at = start; at < border; at++) count += ((words[(rows[at] as number) >>> 5] as number) >>> ((rows[at] as number) & 31)) & 1
        timed = count
        for (let at = border; at < end; at++) count += ((words[(rows[at] as number) >>> 5] as number) >>> ((rows[at] as number) & 31)) & 1
      } else {
        for (let at = start; at < end; at++) count += ((words[(rows[at] as number) >>> 5] as number) >>> ((rows[at] as number) & 31)) & 1
      }
    }
    const ranks = { order, orderCount: order.count, version, before, timed }
    this.#ranks = ranks
    return ranks
  }
}
