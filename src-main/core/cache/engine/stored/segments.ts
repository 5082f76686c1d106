import type { Database } from '../../driver.ts'
import { decode, encode } from './packed.ts'
import { prepared } from '../rows/prepared.ts'
import { release } from '../../../lib/release.ts'
import { type EventColumns, flag } from '../columns/columns.ts'
import type { ContextsMark } from '../columns/contexts.ts'
import type { Dictionaries } from '../dictionaries/dictionaries.ts'
import { narrow, type Narrow } from '../columns/narrow-column.ts'
import type { SplitNumbers } from '../columns/split-column.ts'
import type { Times } from '../columns/time-column.ts'

/** Events of one stored segment: so many that its 16 bytes an event are memory that is used again, instead of asked of the system each time. */
export const segmentRows = 12_288

interface EventRecord {
  readonly seq: number
  readonly connection: number
  readonly time_ms: number | null
  readonly actor: number
  readonly action: number
  readonly object: number
  readonly workspace: number
  readonly template: number
  readonly outcome: number
  readonly revision: number
}

const eventColumns = 'seq, connection, time_ms, actor, action, object, workspace, template, outcome, revision'

/** A row of the event table as it goes into the columns. Marks are added by the caller. */
export function columnRowOf(record: EventRecord, dictionaries: Dictionaries, marks: number): Parameters<EventColumns['set']>[1] {
  return {
    timeMs: record.time_ms ?? Number.NaN,
    actor: record.actor,
    object: record.object,
    context: dictionaries.contexts.numberOf(
      record.connection,
      record.workspace,
      record.action,
      record.outcome,
      record.object === 0 ? 0 : dictionaries.subject.kind.at(record.object) + 1,
    ),
    template: record.template,
    flags: marks | (record.revision > 1 ? flag.revision : 0) | (record.time_ms === null ? flag.unmapped : 0),
  }
}

/** Rows of the event table from a seq on, in order of seq. */
export function readEvents(db: Database, fromSeq: number, toSeq: number): IterableIterator<EventRecord> {
  return db
    .prepare<[number, number], EventRecord>(`SELECT ${eventColumns} FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq`)
    .iterate(fromSeq, toSeq)
}

/** One row of the event table; undefined when it was purged. */
export function readEvent(db: Database, seq: number): EventRecord | undefined {
  return prepared<[number], EventRecord>(db, `SELECT ${eventColumns} FROM event WHERE seq = ?`).get(seq)
}

/** A full segment as it is stored: much as it lies in memory. */
interface PackedSegment {
  readonly times: Times
  readonly actor: SplitNumbers
  readonly object: SplitNumbers
  readonly context: SplitNumbers
  readonly template: Narrow
  readonly flags: Uint8Array
  readonly removedCount: number
  /** All contexts there were. */
  readonly contexts: ContextsMark
}

/** Packs the rows of a full segment. */
export function packSegment(columns: EventColumns, { contexts }: Dictionaries, num: number): Uint8Array {
  const from = num * segmentRows
  const to = from + segmentRows
  const flags = columns.flags.slice(from, to)
  const packed: PackedSegment = {
    times: columns.times.part(from, to),
    actor: columns.actor.part(from, to),
    object: columns.object.part(from, to),
    context: columns.context.part(from, to),
    template: narrow(Uint32Array.from(columns.template.subarray(from, to))),
    flags,
    removedCount: flags.reduce((count, flags) => count + ((flags & flag.removed) === 0 ? 0 : 1), 0),
    contexts: contexts.mark,
  }
  return encode(packed)
}

/**
 * Puts a packed segment into the columns, at the rows of segment `num`. Returns the contexts it knows; it is of no use without them. Null when
 * it was written in a form this build does not know.
 */
export function unpackSegment(data: Uint8Array, num: number, columns: EventColumns): ContextsMark | null {
  const packed = decode<PackedSegment>(data)
  if (packed === null) return null
  const from = num * segmentRows
  columns.reserve(from + segmentRows)
  columns.padTo(from)
  columns.times.put(from, packed.times)
  columns.actor.put(from, packed.actor)
  columns.object.put(from, packed.object)
  columns.context.put(from, packed.context)
  if (packed.template.BYTES_PER_ELEMENT > 1) columns.fitTemplates(Infinity)
  columns.template.set(packed.template, from)
  columns.flags.set(packed.flags, from)
  columns.removedCount += packed.removedCount
  columns.count = from + segmentRows
  return packed.contexts
}

/** A segment that was loaded. */
export interface LoadedSegment {
  readonly changeNum: number
  /** The contexts it knows: it is of no use without them. */
  readonly contexts: ContextsMark
}

/**
 * Fills empty columns with the stored segments of events up to `lastSeq`, a segment a step; the rest is read from the table. `lastChange`: of the
 * moment that is loaded.
 */
export function* loadSegments(
  db: Database,
  columns: EventColumns,
  lastSeq: number,
  lastChange: number,
): Generator<void, readonly LoadedSegment[]> {
  const read = db.prepare<[number], { change_num: number; data: Uint8Array }>('SELECT change_num, data FROM column_segment WHERE num = ?')
  const loaded: LoadedSegment[] = []
  columns.reserve(lastSeq)
  for (let num = 0; (num + 1) * segmentRows <= lastSeq; num++) {
    const segment = read.get(num)
    if (segment === undefined || segment.change_num > lastChange) break
    const contexts = unpackSegment(segment.data, num, columns)
    if (contexts === null) break
    release(segment.data)
    loaded.push({ changeNum: segment.change_num, contexts })
    yield
  }
  return loaded
}
