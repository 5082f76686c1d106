import type { Database } from '../driver.ts'
import { decode, encode } from './packed.ts'
import { prepared } from './prepared.ts'
import type { SplitColumn, SplitNumbers } from './split-column.ts'
import type { TimeColumn } from './time-column.ts'
import { type EventColumns, flag } from './columns.ts'
import type { Dictionaries } from './dictionaries.ts'
import { Interner } from './entries.ts'
import { narrow, type Narrow } from './narrow-column.ts'
import { release } from '../../lib/release.ts'

/** Events of one stored segment. */
export const segmentRows = 65_536

/** Numbers that make a context. */
const contextParts = 5

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

/** A full segment as it is stored. Contexts are told by what they stand for, as their numbers differ from start to start. */
interface PackedSegment {
  /** Milliseconds since `timeBase` where they fit in 32 bits, else as they are. */
  readonly timeMs: Uint32Array | Float64Array
  readonly timeBase: number
  readonly actor: SplitNumbers
  readonly object: SplitNumbers
  readonly template: Narrow
  /** Numbers into `contexts`. */
  readonly context: Narrow
  /**
   * Connection, workspace, action, outcome and kind of object of each, one after another; the kind as a number into `kinds` plus one, 0: no
   * object.
   */
  readonly contexts: Uint32Array
  readonly kinds: readonly string[]
  readonly flags: Uint8Array
}

/** Packs the rows of a full segment. */
export function packSegment(columns: EventColumns, { contexts, kinds }: Dictionaries, num: number): Uint8Array {
  const from = num * segmentRows
  const to = from + segmentRows
  const local = new Map<number, number>()
  const values: number[] = []
  const localKinds = new Interner()
  const localKindOf = (kind: number): number => (kind === 0 ? 0 : localKinds.numberOf(kinds.texts[kind - 1] ?? '') + 1)
  const context = Uint32Array.from(columns.context.slice(from, to), (number) => {
    let at = local.get(number)
    if (at === undefined) {
      at = local.size
      local.set(number, at)
      const { connection, workspace, action, outcome, kind } = contexts
      values.push(connection.at(number), workspace.at(number), action.at(number), outcome.at(number), localKindOf(kind.at(number)))
    }
    return at
  })
  const packed: PackedSegment = {
    ...narrowTimes(Float64Array.from({ length: segmentRows }, (_, at) => columns.timeMs(from + at))),
    actor: columns.actor.part(from, to),
    object: columns.object.part(from, to),
    template: narrow(Uint32Array.from(columns.template.subarray(from, to))),
    context: narrow(context),
    contexts: Uint32Array.from(values),
    kinds: localKinds.texts,
    flags: columns.flags.slice(from, to),
  }
  return encode(packed)
}

/** Puts the contexts of a segment into their column. */
export type PutContexts = (dictionaries: Dictionaries) => void

/**
 * Puts a packed segment into the columns, at the rows of segment `num`, but for its contexts, which take as long as all else: what is
 * returned does that. Null when it was written in a form this build does not know.
 */
export function unpackSegment(data: Uint8Array, num: number, columns: EventColumns): PutContexts | null {
  const packed = decode<PackedSegment>(data)
  if (packed === null) return null
  const from = num * segmentRows
  columns.reserve(from + segmentRows)
  columns.padTo(from)
  putTimes(packed, columns.times, from)
  columns.actor.put(from, packed.actor)
  columns.object.put(from, packed.object)
  if (packed.template.BYTES_PER_ELEMENT > 1) columns.fitTemplates(Infinity)
  columns.template.set(packed.template, from)
  columns.flags.set(packed.flags, from)
  const { flags } = packed
  for (let at = 0; at < flags.length; at++) if (((flags[at] as number) & flag.removed) !== 0) columns.removedCount++
  columns.count = from + segmentRows
  // Copies, so that the rest of the data can be given back.
  const own = { kinds: packed.kinds, contexts: packed.contexts.slice(), context: packed.context.slice() }
  return (dictionaries) => putContexts(own, columns.context, from, dictionaries)
}

function putContexts(
  { kinds, contexts, context }: Pick<PackedSegment, 'kinds' | 'contexts' | 'context'>,
  column: SplitColumn,
  from: number,
  dictionaries: Dictionaries,
): void {
  const kindOf = Uint32Array.from(['', ...kinds], (kind, at) => (at === 0 ? 0 : dictionaries.kinds.numberOf(kind) + 1))
  const numbers = new Uint32Array(contexts.length / contextParts)
  for (let i = 0, at = 0; i < numbers.length; i++, at += contextParts) {
    numbers[i] = dictionaries.contexts.numberOf(
      contexts[at] as number,
      contexts[at + 1] as number,
      contexts[at + 2] as number,
      contexts[at + 3] as number,
      kindOf[contexts[at + 4] as number] as number,
    )
  }
  const own = new Uint32Array(context.length)
  for (let at = 0; at < own.length; at++) own[at] = numbers[context[at] as number] as number
  column.setAll(from, own)
  for (const array of [own, numbers, contexts, context]) release(array)
}

/** Stands for an event without a time. */
const noTime = 0xffffffff

function narrowTimes(timeMs: Float64Array): Pick<PackedSegment, 'timeMs' | 'timeBase'> {
  let min = Infinity
  let max = -Infinity
  for (const at of timeMs) {
    if (at < min) min = at
    if (at > max) max = at
  }
  if (!(max - min < noTime)) return { timeBase: 0, timeMs }
  return { timeBase: min, timeMs: Uint32Array.from(timeMs, (at) => (Number.isNaN(at) ? noTime : at - min)) }
}

function putTimes({ timeMs, timeBase }: PackedSegment, times: TimeColumn, from: number): void {
  if (timeMs instanceof Float64Array) timeMs.forEach((at, i) => times.set(from + i, at))
  else for (let i = 0; i < timeMs.length; i++) times.set(from + i, timeMs[i] === noTime ? Number.NaN : timeBase + (timeMs[i] as number))
}
