import { serviceIds } from '../../../../contract/model/audit-event.ts'
import type { Database } from '../../driver.ts'
import type { ColumnSegment } from '../../reader-port.ts'
import type { ArchiveState } from '../archive-state.ts'
import type { PlacesTask } from '../threads/assistant.ts'
import { CountBasis, type PackedBasis } from '../counting/count-basis.ts'
import type { ContextsMark } from '../columns/contexts.ts'
import { decode, encode } from './packed.ts'
import { type PackedRows, packRows, unpackRows } from './packed-rows.ts'
import { type Narrow, narrow } from '../columns/narrow-column.ts'
import { prepared } from '../rows/prepared.ts'
import { segmentRows } from './segments.ts'

/** Number of the snapshot, beside those of the newest rows and of numbers of all events. */
const snapshotNum = 3_000_002
/** Full segments added after which it is stored anew: a start counts their rows. */
const staleSegments = 10

/**
 * What results are counted with, of the rows of all full segments at one moment. Each segment was stored at a moment of its own, so what
 * had changed since then is here as well: with it, the segments hold what was counted.
 */
interface Stored extends Pick<PackedBasis, 'frequent' | 'slots'> {
  readonly epoch: number
  /** The last change that each segment held. */
  readonly segments: readonly number[]
  readonly changed: PackedRows
  /** In the order in which slots of time count them. */
  readonly services: readonly string[]
  /** All contexts there were. */
  readonly contexts: ContextsMark
  readonly totals: Readonly<Record<keyof PackedBasis['totals'], Narrow>>
}

/** What is stored, for telling when to store it anew. */
export interface BasisStored {
  readonly basis: CountBasis
  readonly segments: readonly number[]
}

/**
 * The snapshot to store now; null when there is none, or the stored one will do. It counts as stored from then on. To be called once all
 * full segments are stored.
 */
export function basisToSave(state: ArchiveState, db: Database): ColumnSegment | null {
  const { basis, columns, dictionaries, stored, basisStored } = state
  const { epoch, lastChange } = state.moment
  const rowCount = columns.count - (columns.count % segmentRows)
  if (basis === null || basis.isStale || rowCount === 0) return null
  const segments = Array.from({ length: rowCount / segmentRows }, (_, num) => stored.get(num) ?? 0)
  if (basisStored?.basis === basis && isRecent(basisStored.segments, segments)) return null
  const { frequent, slots, totals } = basis.pack(rowCount)
  const data = encode({
    epoch,
    segments,
    changed: packRows(columns, rowsChanged(db, segments, lastChange)),
    services: serviceIds,
    contexts: dictionaries.contexts.mark,
    frequent,
    slots,
    totals: {
      actor: narrow(totals.actor),
      context: narrow(totals.context.slice(0, dictionaries.contexts.count)),
      flags: narrow(totals.flags),
      place: narrow(totals.place.slice(0, frequent.numbers.length)),
      slot: narrow(totals.slot),
    },
  } satisfies Stored)
  state.basisStored = { basis, segments }
  return { num: snapshotNum, rows: rowCount, changeNum: lastChange, data }
}

/** Whether what is stored speaks of the segments as they are, but for the newest. */
function isRecent(known: readonly number[], segments: readonly number[]): boolean {
  return segments.length - known.length < staleSegments && known.every((changeNum, num) => segments[num] === changeNum)
}

/** Rows of segments that have changed since these were stored, up to a change. */
function rowsChanged(db: Database, segments: readonly number[], lastChange: number): readonly number[] {
  const changes = prepared<[number, number, number], [num: number, seq: number]>(
    db,
    'SELECT max(num), seq FROM change WHERE num > ? AND num <= ? AND seq <= ? GROUP BY seq',
    'arrays',
  ).all(Math.min(...segments), lastChange, segments.length * segmentRows)
  return changes.flatMap(([num, seq]) => (num > (segments[Math.floor((seq - 1) / segmentRows)] as number) ? [seq - 1] : []))
}

/** What is stored and speaks of the segments that were loaded. It is taken up in two steps, as the second needs all dictionaries. */
export class StoredBasis {
  readonly #stored: Stored

  private constructor(stored: Stored) {
    this.#stored = stored
  }

  /**
   * Reads what is stored, and brings the rows of the columns to the moment it is of; null when it is of no use. `loaded`: the last change
   * of each segment.
   */
  static open(
    db: Database,
    { columns, dictionaries }: ArchiveState,
    epoch: number,
    loaded: ReadonlyMap<number, number>,
  ): StoredBasis | null {
    const data = prepared<[number], Uint8Array>(db, 'SELECT data FROM column_segment WHERE num = ?', 'values').get(snapshotNum)
    const stored = data === undefined ? null : decode<Stored>(data)
    const isOfUse =
      stored?.epoch === epoch &&
      stored.services.join() === serviceIds.join() &&
      dictionaries.contexts.has(stored.contexts) &&
      stored.segments.every((changeNum, num) => loaded.get(num) === changeNum)
    if (!isOfUse) return null
    unpackRows(stored.changed, columns)
    return new StoredBasis(stored)
  }

  /** What the places of its rows' objects are told from. */
  placesTask({ columns, dictionaries }: ArchiveState): PlacesTask {
    const { frequent, segments } = this.#stored
    const { object: objectCount } = dictionaries.counts
    return { object: columns.object.shared, count: segments.length * segmentRows, numbers: frequent.numbers, objectCount }
  }

  /** The basis, with all other rows there are counted too; in steps of a few milliseconds. `places`: what came of `placesTask`. */
  *restoring(state: ArchiveState, places: Uint16Array): Generator<void, CountBasis> {
    const { frequent, slots, segments, totals } = this.#stored
    const context = new Uint32Array(state.dictionaries.counts.context)
    context.set(totals.context)
    const counts = {
      actor: new Uint32Array(totals.actor),
      context,
      flags: new Uint32Array(totals.flags),
      place: new Uint32Array(totals.place),
      slot: new Uint32Array(totals.slot),
    }
    const basis = yield* CountBasis.restore(state, { frequent, slots, totals: counts }, segments.length * segmentRows, places)
    state.basisStored = { basis, segments }
    return basis
  }
}
