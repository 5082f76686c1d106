import type { Database } from '../../driver.ts'
import type { ColumnSegment } from '../../reader-port.ts'
import type { ArchiveState } from '../archive-state.ts'
import { type Moment, readMoment } from '../rows/moment.ts'
import { decode, encode } from './packed.ts'
import { prepared } from '../rows/prepared.ts'

/** Number of the snapshot, beside those of segments and dictionaries. */
const snapshotNum = 3_000_000
interface NewestLimits {
  /** Newest rows that a snapshot names. */
  readonly keptRows: number
  /** Archives with fewer rows are loaded in no time. */
  readonly leastRows: number
}

const usual: NewestLimits = { keptRows: 2_000, leastRows: 65_536 }
/** Events added, or changes made, after which it is stored anew. */
const stale = { rows: 10_000, changes: 2_000 } as const
/** With more of either since it was stored, the archive is loaded first. */
const mostSince = 100_000

/** The newest rows of all events up to one moment. */
interface StoredNewest {
  readonly epoch: number
  /** Rows it speaks of: those below. */
  readonly rowCount: number
  /** How many of them are not removed. */
  readonly eventCount: number
  /** The newest with a time, newest first. */
  readonly rows: Uint32Array
  readonly timeMs: Float64Array
  /** Whether they are all that have a time. */
  readonly isAll: boolean
}

/** What is stored, for telling when to store it anew. */
export interface NewestStored {
  readonly rowCount: number
  readonly changeNum: number
}

/** The newest events of one moment of the archive, known without loading it. */
export interface NewestRows {
  readonly moment: Moment
  /** Newest first: the first of the list of all events. */
  readonly rows: readonly number[]
  /** Events in all, exact. */
  readonly total: number
}

/** The snapshot to store now; null when the stored one will do. It counts as stored from then on. */
export function newestToSave(state: ArchiveState, { keptRows, leastRows }: NewestLimits = usual): ColumnSegment | null {
  const { columns, order, moment } = state
  if (columns.count < leastRows) return null
  const known = state.newestStored
  if (known !== null && columns.count - known.rowCount < stale.rows && moment.lastChange - known.changeNum < stale.changes) return null
  const rows = order.rows.slice(Math.max(0, order.timedCount - keptRows), order.timedCount).reverse()
  const newest: StoredNewest = {
    epoch: moment.epoch,
    rowCount: columns.count,
    eventCount: columns.count - columns.removedCount,
    rows,
    timeMs: Float64Array.from(rows, (row) => columns.timeMs(row)),
    isAll: rows.length === order.timedCount,
  }
  state.newestStored = { rowCount: columns.count, changeNum: moment.lastChange }
  return { num: snapshotNum, rows: rows.length, changeNum: moment.lastChange, data: encode(newest) }
}

/** What is stored of the newest rows; null when nothing is, or nothing of use. To be called within a transaction. */
export function readNewestStored(db: Database, epoch: number): NewestStored | null {
  const stored = readSnapshot(db, epoch)
  return stored === null ? null : { rowCount: stored.rowCount, changeNum: stored.changeNum }
}

/**
 * The newest events at present, from the snapshot and what has happened since; null when that cannot be told exactly without loading
 * the archive. To be called within a transaction.
 */
export function readNewest(db: Database): NewestRows | null {
  const moment = readMoment(db)
  const stored = readSnapshot(db, moment.epoch)
  return stored === null ? null : newestOf(db, moment, stored)
}

function newestOf(db: Database, moment: Moment, stored: StoredNewest & NewestStored): NewestRows | null {
  const { rowCount, changeNum, eventCount } = stored
  if (moment.lastSeq - rowCount > mostSince || moment.lastChange - changeNum > mostSince) return null
  const changed = prepared<[number, number], number>(db, 'SELECT DISTINCT seq FROM change WHERE num > ? AND seq <= ?', 'values')
  const timeOf = prepared<[number], { time_ms: number | null }>(db, 'SELECT time_ms FROM event WHERE seq = ?')
  const added = prepared<[number], [seq: number, timeMs: number | null]>(db, 'SELECT seq, time_ms FROM event WHERE seq > ?', 'arrays')
  const times = new Map<number, number>()
  stored.rows.forEach((row, at) => times.set(row, stored.timeMs[at] as number))
  for (const seq of changed.all(changeNum, rowCount)) {
    const event = timeOf.get(seq)
    // Whether an event that is gone was counted cannot be told from here.
    if (event === undefined) return null
    if (event.time_ms === null) times.delete(seq - 1)
    else times.set(seq - 1, event.time_ms)
  }
  const tail = added.all(rowCount)
  for (const [seq, timeMs] of tail) if (timeMs !== null) times.set(seq - 1, timeMs)
  // Rows that the snapshot does not name come after the last it names; so nothing is known of what would come after that.
  const last = stored.isAll ? undefined : stored.rows.at(-1)
  const lastMs = stored.timeMs.at(-1) ?? -Infinity
  const rows = [...times]
    .filter(([row, timeMs]) => last === undefined || timeMs > lastMs || (timeMs === lastMs && row >= last))
    .sort(([a, timeA], [b, timeB]) => timeB - timeA || b - a)
    .map(([row]) => row)
  return { moment, rows, total: eventCount + tail.length }
}

function readSnapshot(db: Database, epoch: number): (StoredNewest & NewestStored) | null {
  const found = prepared<[number], { change_num: number; data: Uint8Array }>(
    db,
    'SELECT change_num, data FROM column_segment WHERE num = ?',
  ).get(snapshotNum)
  const stored = found === undefined ? null : decode<StoredNewest>(found.data)
  return found === undefined || stored?.epoch !== epoch ? null : { ...stored, changeNum: found.change_num }
}
