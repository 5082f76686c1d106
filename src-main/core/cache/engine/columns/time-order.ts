import type { EventOrder } from '../../../../contract/model/query.ts'
import type { EventColumns } from './columns.ts'
import { release } from '../../../lib/release.ts'
import { emptyBits, hasBit, setBit } from './bitmap.ts'
import { ended } from '../turns/steps.ts'
import { timeAt, type Times } from './time-column.ts'

const bucketBits = 20
/** Rows, and buckets of the first spreading, of one step. */
const stepRows = 500_000
const stepBuckets = 65_536
/** Buckets above this size are sorted by comparison instead of by insertion. */
const insertionLimit = 48

/**
 * Rows in time order: `rows` holds those with a time, ascending by (time, row), then those without one, ascending.
 * A removed row counts as one without a time.
 */
export class TimeOrder {
  /** In memory that threads share. */
  rows = new Uint32Array(new SharedArrayBuffer(0))
  count = 0
  timedCount = 0

  /** Makes room for so many rows and some more. What was there is lost. */
  reserve(count: number): void {
    if (this.rows.length < count) this.rows = roomFor(count)
  }

  /** Takes over rows that were put into `rows`, of which so many have a time. */
  adopt(count: number, timedCount: number): void {
    this.count = count
    this.timedCount = timedCount
  }

  /** Sorts all rows anew. */
  rebuild(columns: EventColumns): void {
    ended(this.#rebuilding(columns))
  }

  *#rebuilding({ times, count }: EventColumns): Generator<void, void> {
    this.reserve(count)
    this.adopt(count, yield* sortingByTime(times, 0, count, this.rows))
  }

  /** Takes in rows from `from` on and rows whose time has changed. */
  merge(columns: EventColumns, from: number, moved: ReadonlySet<number>): void {
    ended(this.merging(columns, from, moved))
  }

  /** The same in steps of a few milliseconds where it is much; of no use before the last. */
  *merging(columns: EventColumns, from: number, moved: ReadonlySet<number>): Generator<void, void> {
    const count = columns.count
    const added = count - from + moved.size
    if (added === 0) return
    if (added > count / 8) return yield* this.#rebuilding(columns)
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
      const at = columns.timeMs(other)
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
    const left = take(this.rows, this, moved)
    this.adopt(left.count, left.timedCount)
  }

  #put(columns: EventColumns, added: Uint32Array): void {
    const later = (a: number, b: number): boolean => {
      const timeA = columns.timeMs(a)
      const timeB = columns.timeMs(b)
      if (timeA !== timeA || timeB !== timeB) return timeA !== timeA && (timeB === timeB || a > b)
      return timeA > timeB || (timeA === timeB && a > b)
    }
    added.sort((a, b) => (later(a, b) ? 1 : -1))
    const total = this.count + added.length
    if (total > this.rows.length) {
      const grown = roomFor(total)
      grown.set(this.rows.subarray(0, this.count))
      this.rows = grown
    }
    // From the last, so that nothing is overwritten before it is moved; what lies between two added rows moves as one block.
    const { timedCount } = this
    let end = this.count
    for (let at = added.length - 1; at >= 0; at--) {
      const row = added[at] as number
      const isTimed = !Number.isNaN(columns.timeMs(row))
      const position = this.#search(isTimed ? 0 : Math.min(timedCount, end), isTimed ? Math.min(timedCount, end) : end, (other) =>
        later(row, other),
      )
      this.rows.copyWithin(position + at + 1, position, end)
      this.rows[position + at] = row
      end = position
    }
    this.count = total
    for (const row of added) if (!Number.isNaN(columns.timeMs(row))) this.timedCount++
  }
}

/** Room for so many rows and some more. */
export const roomFor = (count: number): Uint32Array<SharedArrayBuffer> =>
  new Uint32Array(new SharedArrayBuffer(Math.ceil(count * 1.1 + 65_536) * 4))

/** Rows that lie in time order already, as `TimeOrder` has them. */
export interface SortedRows {
  readonly count: number
  readonly timedCount: number
}

/** Sorts rows `from` to `to` (exclusive) into `out` as `TimeOrder` has them, in steps of a few milliseconds. Returns how many have a time. */
export function* sortingByTime(times: Times, from: number, to: number, out: Uint32Array): Generator<void, number> {
  const span = { min: Infinity, max: -Infinity, timed: 0 }
  for (const step of stepsOf(from, to)) {
    measure(times, step.from, step.to, span)
    yield
  }
  yield* spreadAll(times, from, to, span.min, span.max, out)
  return span.timed
}

/**
 * Puts the rows up to `count` (exclusive) into `rows` as `TimeOrder` has them, where those before `sorted.count` lie in that order already, but
 * for some that `moved` and are left out. In steps of a few milliseconds.
 */
export function* addingByTime(
  times: Times,
  count: number,
  rows: Uint32Array,
  sorted: SortedRows,
  moved: ReadonlySet<number>,
): Generator<void, SortedRows> {
  const known = moved.size === 0 ? sorted : take(rows, sorted, moved)
  const added = new Uint32Array(count - sorted.count)
  const addedTimed = yield* sortingByTime(times, sorted.count, count, added)
  const timedCount = known.timedCount + addedTimed
  // Those without a time are ascending, and added ones are greater than any other.
  rows.copyWithin(timedCount, known.timedCount, known.count)
  rows.set(added.subarray(addedTimed), timedCount + known.count - known.timedCount)
  let before = known.timedCount - 1
  let at = addedTimed - 1
  while (at >= 0) {
    const end = Math.max(0, before + at + 1 - stepRows)
    let beforeMs = before < 0 ? -Infinity : timeAt(times, rows[before] as number)
    let addedMs = timeAt(times, added[at] as number)
    for (let place = before + at + 1; place >= end && at >= 0; place--) {
      if (beforeMs > addedMs) {
        rows[place] = rows[before--] as number
        beforeMs = before < 0 ? -Infinity : timeAt(times, rows[before] as number)
      } else {
        rows[place] = added[at--] as number
        addedMs = at < 0 ? -Infinity : timeAt(times, added[at] as number)
      }
    }
    yield
  }
  release(added)
  return { count: known.count + count - sorted.count, timedCount }
}

/** Takes some of the first rows out; the others close up. */
function take(rows: Uint32Array, { count, timedCount }: SortedRows, taken: ReadonlySet<number>): SortedRows {
  let greatest = 0
  for (const row of taken) greatest = Math.max(greatest, row)
  const bits = emptyBits(greatest + 1)
  for (const row of taken) setBit(bits, row)
  let kept = 0
  let keptTimed = 0
  for (let at = 0; at < count; at++) {
    const row = rows[at] as number
    if (hasBit(bits, row)) continue
    rows[kept++] = row
    if (at < timedCount) keptTimed++
  }
  return { count: kept, timedCount: keptTimed }
}

function* stepsOf(from: number, to: number): Generator<{ readonly from: number; readonly to: number }> {
  for (let begin = from; begin < to; begin += stepRows) yield { from: begin, to: Math.min(begin + stepRows, to) }
}

/** Buckets above this size are spread once more instead of compared. */
const spreadLimit = 4_096

/** Extends a span by the times of rows `from` to `to` (exclusive). */
function measure(times: Times, from: number, to: number, span: { min: number; max: number; timed: number }): void {
  let { min, max, timed } = span
  for (let row = from; row < to; row++) {
    const at = timeAt(times, row)
    if (at < min) min = at
    if (at > max) max = at
    if (at === at) timed++
  }
  span.min = min
  span.max = max
  span.timed = timed
}

/** Sorts rows by (time, row) into `out`, those without a time last: spread over buckets of equal time, then each bucket by itself. */
function* spreadAll(times: Times, from: number, to: number, min: number, max: number, out: Uint32Array): Generator<void, void> {
  const buckets = bucketsFor(to - from)
  const scale = scaleOf(min, max, buckets)
  // One bucket more for events without a time: they go last.
  const ends = new Uint32Array(buckets + 2)
  for (const step of stepsOf(from, to)) {
    for (let row = step.from; row < step.to; row++) {
      const bucket = bucketOf(timeAt(times, row), min, scale, buckets)
      ends[bucket + 1] = (ends[bucket + 1] as number) + 1
    }
    yield
  }
  addUp(ends)
  for (const step of stepsOf(from, to)) {
    for (let row = step.from; row < step.to; row++) {
      const bucket = bucketOf(timeAt(times, row), min, scale, buckets)
      const place = ends[bucket] as number
      out[place] = row
      ends[bucket] = place + 1
    }
    yield
  }
  for (let bucket = 0; bucket < buckets; bucket += stepBuckets) {
    sortBuckets(times, out, 0, ends, bucket, Math.min(bucket + stepBuckets, buckets))
    yield
  }
  release(ends)
}

const bucketsFor = (count: number): number => 1 << Math.min(bucketBits, Math.ceil(Math.log2(count + 1)))
const scaleOf = (min: number, max: number, buckets: number): number => (max > min ? (buckets - 1) / (max - min) : 0)
const bucketOf = (at: number, min: number, scale: number, buckets: number): number => (at === at ? Math.floor((at - min) * scale) : buckets)

/** Turns counts, each one place up, into beginnings. */
function addUp(ends: Uint32Array): void {
  for (let at = 1; at < ends.length; at++) ends[at] = (ends[at] as number) + (ends[at - 1] as number)
}

/** Sorts buckets `first` to `last` (exclusive), whose ends are given from `start` on; rows within one are ascending. */
function sortBuckets(times: Times, rows: Uint32Array, start: number, ends: Uint32Array, first: number, last: number): void {
  let from = start + (first === 0 ? 0 : (ends[first - 1] as number))
  for (let bucket = first; bucket < last; bucket++) {
    const to = start + (ends[bucket] as number)
    if (to - from > 1) sortBucket(times, rows, from, to)
    from = to
  }
}

/**
 * Sorts rows that stand in ascending order by their time. Times crowd (bursts, one stray date centuries away), so that a crowded
 * bucket is spread again over its own span.
 */
function spread(times: Times, rows: Uint32Array, start: number, end: number, min: number, max: number): void {
  const buckets = bucketsFor(end - start)
  const scale = scaleOf(min, max, buckets)
  const source = rows.slice(start, end)
  const ends = new Uint32Array(buckets + 1)
  for (const row of source) {
    const bucket = bucketOf(timeAt(times, row), min, scale, buckets)
    ends[bucket + 1] = (ends[bucket + 1] as number) + 1
  }
  addUp(ends)
  for (const row of source) {
    const bucket = bucketOf(timeAt(times, row), min, scale, buckets)
    const place = ends[bucket] as number
    rows[start + place] = row
    ends[bucket] = place + 1
  }
  release(source)
  sortBuckets(times, rows, start, ends, 0, buckets)
  release(ends)
}

function sortBucket(times: Times, rows: Uint32Array, start: number, end: number): void {
  if (isAscending(times, rows, start, end)) return
  if (end - start > spreadLimit) {
    let min = Infinity
    let max = -Infinity
    for (let i = start; i < end; i++) {
      const at = timeAt(times, rows[i] as number)
      if (at < min) min = at
      if (at > max) max = at
    }
    spread(times, rows, start, end, min, max)
  } else if (end - start > insertionLimit) {
    rows.subarray(start, end).sort((a, b) => timeAt(times, a) - timeAt(times, b) || a - b)
  } else {
    insert(times, rows, start, end)
  }
}

function insert(times: Times, rows: Uint32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const row = rows[i] as number
    const at = timeAt(times, row)
    let j = i - 1
    while (j >= start && timeAt(times, rows[j] as number) > at) {
      rows[j + 1] = rows[j] as number
      j--
    }
    rows[j + 1] = row
  }
}

function isAscending(times: Times, rows: Uint32Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (timeAt(times, rows[i - 1] as number) > timeAt(times, rows[i] as number)) return false
  return true
}
