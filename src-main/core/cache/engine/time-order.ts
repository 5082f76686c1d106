import type { EventOrder } from '../../../contract/model/query.ts'
import type { EventColumns } from './columns.ts'

const bucketBits = 20
/** Buckets above this size are sorted by comparison instead of by insertion. */
const insertionLimit = 48

/**
 * Rows in time order: `rows` holds those with a time, ascending by (time, row), then those without one, ascending.
 * A removed row counts as one without a time.
 */
export class TimeOrder {
  rows = new Uint32Array(0)
  count = 0
  timedCount = 0

  /** Sorts all rows anew: spread over buckets of equal time, then each bucket by itself. */
  rebuild(columns: EventColumns): void {
    const count = columns.count
    if (this.rows.length < count) this.rows = new Uint32Array(Math.ceil(count * 1.25 + 65_536))
    this.count = count
    const { timeMs } = columns
    let min = Infinity
    let max = -Infinity
    let timedCount = 0
    for (let row = 0; row < count; row++) {
      const at = timeMs[row] as number
      if (at < min) min = at
      if (at > max) max = at
      if (at === at) timedCount++
    }
    this.timedCount = timedCount
    sortRows(timeMs, count, min, max, this.rows)
  }

  /** Takes in rows from `from` on and rows whose time has changed. */
  merge(columns: EventColumns, from: number, moved: ReadonlySet<number>): void {
    const count = columns.count
    const added = count - from + moved.size
    if (added === 0) return
    if (added > count / 8) {
      this.rebuild(columns)
      return
    }
    if (moved.size > 0) this.#take(moved)
    const rows = new Uint32Array(added)
    let at = 0
    for (const row of moved) rows[at++] = row
    for (let row = from; row < count; row++) rows[at++] = row
    this.#put(columns, rows)
  }

  /** Rows before a position in time order: the first position whose (time, row) is at or after the given one. */
  positionOf(columns: EventColumns, timeMs: number, row: number): number {
    if (timeMs !== timeMs) return this.#search(this.timedCount, this.count, (other) => other < row)
    return this.#search(0, this.timedCount, (other) => {
      const at = columns.timeMs[other] as number
      return at < timeMs || (at === timeMs && other < row)
    })
  }

  /** The row at a position of the list as it is shown: events without a time come last in either order. */
  rowAt(display: EventOrder, position: number): number {
    return this.rows[this.displayPosition(display, position)] as number
  }

  /** Turns an ascending position into the one of the list as shown, and back. */
  displayPosition(display: EventOrder, position: number): number {
    if (display === 'oldest') return position
    return position < this.timedCount ? this.timedCount - 1 - position : this.count - 1 - (position - this.timedCount)
  }

  #search(low: number, high: number, isBefore: (row: number) => boolean): number {
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(this.rows[middle] as number)) low = middle + 1
      else high = middle
    }
    return low
  }

  #take(moved: ReadonlySet<number>): void {
    let timedCount = 0
    let kept = 0
    for (let at = 0; at < this.count; at++) {
      const row = this.rows[at] as number
      if (moved.has(row)) continue
      this.rows[kept++] = row
      if (at < this.timedCount) timedCount++
    }
    this.count = kept
    this.timedCount = timedCount
  }

  #put(columns: EventColumns, added: Uint32Array): void {
    const { timeMs } = columns
    const later = (a: number, b: number): boolean => {
      const timeA = timeMs[a] as number
      const timeB = timeMs[b] as number
      if (timeA !== timeA || timeB !== timeB) return timeA !== timeA && (timeB === timeB || a > b)
      return timeA > timeB || (timeA === timeB && a > b)
    }
    added.sort((a, b) => (later(a, b) ? 1 : -1))
    const total = this.count + added.length
    if (total > this.rows.length) {
      const grown = new Uint32Array(Math.ceil(total * 1.25 + 65_536))
      grown.set(this.rows.subarray(0, this.count))
      this.rows = grown
    }
    // From the last, so that nothing is overwritten before it is moved; what lies between two added rows moves as one block.
    const { timedCount } = this
    let end = this.count
    for (let at = added.length - 1; at >= 0; at--) {
      const row = added[at] as number
      const isTimed = !Number.isNaN(timeMs[row])
      const position = this.#search(isTimed ? 0 : Math.min(timedCount, end), isTimed ? Math.min(timedCount, end) : end, (other) =>
        later(row, other),
      )
      this.rows.copyWithin(position + at + 1, position, end)
      this.rows[position + at] = row
      end = position
    }
    this.count = total
    for (const row of added) if (timeMs[row] === timeMs[row]) this.timedCount++
  }
}

/** Buckets above this size are spread once more instead of compared. */
const spreadLimit = 4_096

/** Sorts all rows by (time, row) into `out`, those without a time last. */
function sortRows(timeMs: Float64Array, count: number, min: number, max: number, out: Uint32Array): void {
  for (let row = 0; row < count; row++) out[row] = row
  spread(timeMs, out, 0, count, min, max)
}

/**
 * Sorts rows that stand in ascending order by their time. Times crowd (bursts, one stray date centuries away), so that a crowded
 * bucket is spread again over its own span.
 */
function spread(timeMs: Float64Array, rows: Uint32Array, start: number, end: number, min: number, max: number): void {
  const buckets = 1 << Math.min(bucketBits, Math.ceil(Math.log2(end - start + 1)))
  const scale = max > min ? (buckets - 1) / (max - min) : 0
  const source = rows.slice(start, end)
  // One bucket more for events without a time: they go last.
  const ends = new Uint32Array(buckets + 2)
  for (let i = 0; i < source.length; i++) {
    const at = timeMs[source[i] as number] as number
    const bucket = at === at ? Math.floor((at - min) * scale) : buckets
    ends[bucket + 1] = (ends[bucket + 1] as number) + 1
  }
  for (let bucket = 0; bucket <= buckets; bucket++) ends[bucket + 1] = (ends[bucket + 1] as number) + (ends[bucket] as number)
  for (let i = 0; i < source.length; i++) {
    const row = source[i] as number
    const at = timeMs[row] as number
    const bucket = at === at ? Math.floor((at - min) * scale) : buckets
    const place = ends[bucket] as number
    rows[start + place] = row
    ends[bucket] = place + 1
  }
  // `ends[b]` now is the end of bucket b; rows within one are ascending.
  let from = start
  for (let bucket = 0; bucket < buckets; bucket++) {
    const to = start + (ends[bucket] as number)
    if (to - from > 1) sortBucket(timeMs, rows, from, to)
    from = to
  }
}

function sortBucket(timeMs: Float64Array, rows: Uint32Array, start: number, end: number): void {
  if (isAscending(timeMs, rows, start, end)) return
  if (end - start > spreadLimit) {
    let min = Infinity
    let max = -Infinity
    for (let i = start; i < end; i++) {
      const at = timeMs[rows[i] as number] as number
      if (at < min) min = at
      if (at > max) max = at
    }
    spread(timeMs, rows, start, end, min, max)
  } else if (end - start > insertionLimit) {
    rows.subarray(start, end).sort((a, b) => (timeMs[a] as number) - (timeMs[b] as number) || a - b)
  } else {
    insert(timeMs, rows, start, end)
  }
}

function insert(timeMs: Float64Array, rows: Uint32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const row = rows[i] as number
    const at = timeMs[row] as number
    let j = i - 1
    while (j >= start && (timeMs[rows[j] as number] as number) > at) {
      rows[j + 1] = rows[j] as number
      j--
    }
    rows[j + 1] = row
  }
}

function isAscending(timeMs: Float64Array, rows: Uint32Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if ((timeMs[rows[i - 1] as number] as number) > (timeMs[rows[i] as number] as number)) return false
  return true
}
