import type { Database } from '../../driver.ts'
import type { ColumnSegment } from '../../reader-port.ts'
import type { ArchiveState } from '../archive-state.ts'
import { release } from '../../../lib/release.ts'
import { decode, encode } from './packed.ts'
import { prepared } from '../rows/prepared.ts'
import { segmentRows } from './segments.ts'
import { roomFor, type SortedRows, type TimeOrder } from '../columns/time-order.ts'

/** Snapshots of the time order stand beside the others, from this number on. */
const firstPart = 4_000_000
/** Rows of a part, but for the last. */
const partRows = 4 * segmentRows
/** What share of the stored rows may come, and how many changes be made, before the order is stored anew. */
const stale = { share: 1 / 8, changes: 20_000 } as const

/** Of which rows an order is, and up to which change. */
interface OrderMoment {
  readonly epoch: number
  readonly rowCount: number
  readonly timedCount: number
  readonly changeNum: number
}

/** A part of the time order of all rows below `rowCount`. */
interface StoredPart extends Omit<OrderMoment, 'changeNum'> {
  readonly rows: Uint32Array
}

/** An order as it was read, in memory that threads share. */
export interface ReadOrder {
  readonly rows: Uint32Array<SharedArrayBuffer>
  readonly moment: OrderMoment
}

/** An order that was taken over: it lacks the rows that have changed since. */
export interface KnownOrder extends SortedRows {
  readonly moved: ReadonlySet<number>
}

/** Reads what is stored, with room for rows up to `lastSeq`; null: nothing of use. */
export function readOrder(db: Database, epoch: number, lastSeq: number): ReadOrder | null {
  const read = prepared<[number], { change_num: number; data: Uint8Array }>(db, 'SELECT change_num, data FROM column_segment WHERE num = ?')
  const rows = roomFor(lastSeq)
  let moment: OrderMoment | null = null
  let count = 0
  for (let num = firstPart; moment === null || count < moment.rowCount; num++) {
    const found = read.get(num)
    const part = found === undefined ? null : decode<StoredPart>(found.data)
    if (found === undefined || part === null) return null
    moment ??= { epoch: part.epoch, rowCount: part.rowCount, timedCount: part.timedCount, changeNum: found.change_num }
    // Another process may have stored its own in between.
    const isOfUse =
      part.epoch === epoch &&
      part.rowCount === moment.rowCount &&
      part.rowCount <= lastSeq &&
      part.timedCount === moment.timedCount &&
      found.change_num === moment.changeNum
    if (!isOfUse) return null
    rows.set(part.rows, count)
    count += part.rows.length
    release(found.data)
  }
  return { rows, moment }
}

/** The time order of full segments as it is stored, so that a start need not sort everything. */
export class StoredOrder {
  #stored: OrderMoment | null = null
  /** What is being stored, a part at a time: a copy, as the order goes on meanwhile. */
  #pending: { readonly moment: OrderMoment; readonly rows: Uint32Array; readonly num: number } | null = null

  /** The next parts to store, at most so many; none where what is stored will do. They count as stored from then on. */
  partsToSave(state: ArchiveState, most: number): readonly ColumnSegment[] {
    if (most < 1) return []
    const pending = (this.#pending ??= this.#isStale(state) ? copyOf(state) : null)
    if (pending === null) return []
    const { moment, rows, num } = pending
    const { changeNum, ...known } = moment
    const end = Math.min(num + most, Math.ceil(moment.rowCount / partRows))
    const isLast = end * partRows >= moment.rowCount
    if (isLast) this.#stored = moment
    this.#pending = isLast ? null : { ...pending, num: end }
    return Array.from({ length: end - num }, (_, at) => {
      const part: StoredPart = { ...known, rows: rows.subarray((num + at) * partRows, (num + at + 1) * partRows) }
      return { num: firstPart + num + at, rows: part.rows.length, changeNum, data: encode(part) }
    })
  }

  /**
   * Takes over what was read, where rows up to `rowCount` are loaded; null: it is of no use. `lastChange`: the last change that all of them hold.
   * To be called within a transaction.
   */
  take({ rows, moment }: ReadOrder, order: TimeOrder, db: Database, rowCount: number, lastChange: number): KnownOrder | null {
    if (moment.rowCount > rowCount) return null
    this.#stored = moment
    order.rows = rows
    const changed = prepared<[number, number], number>(db, 'SELECT DISTINCT seq - 1 FROM change WHERE num > ? AND seq <= ?', 'values')
    // What the order held already and the columns do not yet is as much out of order as what it does not hold.
    const moved = changed.all(Math.min(moment.changeNum, lastChange), moment.rowCount)
    return { count: moment.rowCount, timedCount: moment.timedCount, moved: new Set(moved) }
  }

  #isStale({ columns, moment: { epoch, lastChange } }: ArchiveState): boolean {
    const rowCount = fullRows(columns.count)
    if (rowCount === 0) return false
    const stored = this.#stored
    return (
      stored?.epoch !== epoch ||
      rowCount - stored.rowCount > stored.rowCount * stale.share ||
      lastChange - stored.changeNum >= stale.changes
    )
  }
}

const fullRows = (count: number): number => count - (count % segmentRows)

function copyOf({ columns, order, moment: { epoch, lastChange } }: ArchiveState): {
  readonly moment: OrderMoment
  readonly rows: Uint32Array
  readonly num: number
} {
  const rowCount = fullRows(columns.count)
  const rows = new Uint32Array(rowCount)
  let count = 0
  let timedCount = 0
  for (let position = 0; position < order.count; position++) {
    const row = order.rows[position] as number
    if (row >= rowCount) continue
    rows[count++] = row
    if (position < order.timedCount) timedCount++
  }
  return { moment: { epoch, rowCount, timedCount, changeNum: lastChange }, rows, num: 0 }
}
