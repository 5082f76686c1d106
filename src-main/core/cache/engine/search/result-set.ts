import type { EventOrder } from '../../../../contract/model/query.ts'
import type { ArchiveState } from '../archive-state.ts'
import { hasBit, popcountWords } from '../columns/bitmap.ts'
import { type Ranking, rankingOf, sparseCount } from './ranking.ts'
import type { TimeOrder } from '../columns/time-order.ts'

/** The list of which a result is a part, as it is now. */
type WholeList = Pick<ArchiveState, 'version' | 'columns' | 'order'>

/** The rows that match a query, at one version of the archive. Rows that came later are in none. */
export class ResultSet {
  /** A bit for each row. */
  readonly words: Uint32Array
  readonly count: number
  readonly version: number
  #ranking: { readonly version: number; readonly ranking: Ranking } | null = null

  constructor(words: Uint32Array, version: number) {
    this.words = words
    this.version = version
    this.count = popcountWords(words, 0, words.length)
  }

  get sizeBytes(): number {
    return this.words.byteLength
  }

  has(row: number): boolean {
    return hasBit(this.words, row)
  }

  /** Matches `first` to `first + count - 1` of the list as shown. */
  rowsAt(list: WholeList, display: EventOrder, first: number, count: number): readonly number[] {
    const end = Math.min(first + count, this.count)
    if (first >= end) return []
    const ranking = this.#rankingOf(list)
    if (display === 'oldest') return ranking.rows(first, end)
    // Newest first: those with a time backwards, then those without one backwards.
    const { timed } = ranking
    const withTime = first < timed ? ranking.rows(timed - Math.min(end, timed), timed - first) : []
    const without = end > timed ? ranking.rows(this.count - (end - timed), this.count - Math.max(0, first - timed)) : []
    return [...withTime.toReversed(), ...without.toReversed()]
  }

  /** The first `limit` matches at or after a position of the list as shown. */
  rowsFrom(list: WholeList, display: EventOrder, position: number, limit: number): readonly number[] {
    if (this.#isUnranked(list)) return this.#walk(list.order, display, position, limit)
    return this.rowsAt(list, display, this.rankAt(list, display, position), limit)
  }

  /** Of many, some are met soon, without counting those before. */
  #isUnranked({ version }: WholeList): boolean {
    return this.#ranking?.version !== version && this.count > sparseCount
  }

  #walk(order: TimeOrder, display: EventOrder, position: number, limit: number): readonly number[] {
    const rows: number[] = []
    for (let at = position; at < order.count && rows.length < limit; at++) {
      const row = order.rowAt(display, at)
      if (this.has(row)) rows.push(row)
    }
    return rows
  }

  /** How many matches stand before a position of the list as shown. */
  rankAt(list: WholeList, display: EventOrder, position: number): number {
    const { order } = list
    const ranking = this.#rankingOf(list)
    if (display === 'oldest') return ranking.before(position)
    if (position <= order.timedCount) return ranking.timed - ranking.before(order.timedCount - position)
    return ranking.timed + this.count - ranking.before(order.count - (position - order.timedCount))
  }

  #rankingOf({ version, columns, order }: WholeList): Ranking {
    if (this.#ranking?.version !== version) this.#ranking = { version, ranking: rankingOf(this.words, this.count, columns, order) }
    return this.#ranking.ranking
  }
}
