import type { Database } from '../driver.ts'
import { prepared } from './prepared.ts'
import { type EventColumns, flag } from './columns.ts'
import type { Dictionaries } from './dictionaries.ts'

/** Events of one stored segment. */
export const segmentRows = 65_536

const outcomeCount = 4
const magic = 0x54564331

/** One column in a segment: values less their least, in as many bytes as the greatest needs. */
type Packed = Uint8Array | Uint16Array | Uint32Array | Float64Array

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
    context: dictionaries.contextOf(record.connection, record.workspace, record.action, record.outcome),
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

/** Packs the rows of a full segment: numbers only, contexts by what they stand for, as their numbers differ from start to start. */
export function packSegment(columns: EventColumns, { contexts }: Dictionaries, num: number): Uint8Array {
  const from = num * segmentRows
  const to = from + segmentRows
  const local = new Map<number, number>()
  const values: number[] = []
  const context = Uint32Array.from(columns.context.subarray(from, to), (number) => {
    let at = local.get(number)
    if (at === undefined) {
      at = local.size
      local.set(number, at)
      values.push(contexts.connection.at(number), contexts.workspace.at(number), contexts.action.at(number), contexts.outcome.at(number))
    }
    return at
  })
  const packed = [
    narrowTimes(columns.timeMs.slice(from, to)),
    ...[columns.actor, columns.object, columns.template].map((column) => narrow(column.slice(from, to))),
    narrow(context),
  ]
  return join([...packed, columns.flags.slice(from, to)], Uint32Array.from(values))
}

/** Puts a packed segment into the columns, at the rows of segment `num`. False when it was written in a form this build does not know. */
export function unpackSegment(data: Uint8Array, num: number, columns: EventColumns, dictionaries: Dictionaries): boolean {
  const packed = split(data)
  if (packed === null) return false
  const from = num * segmentRows
  columns.reserve(from + segmentRows)
  columns.padTo(from)
  const [times, actor, object, template, context, flags] = packed.columns
  if (
    times === undefined ||
    actor === undefined ||
    object === undefined ||
    template === undefined ||
    context === undefined ||
    flags === undefined
  )
    return false
  widenTimes(times, columns.timeMs.subarray(from, from + segmentRows))
  columns.actor.set(actor.values, from)
  columns.object.set(object.values, from)
  columns.template.set(template.values, from)
  columns.flags.set(flags.values, from)
  const numbers = new Uint32Array(packed.contexts.length / outcomeCount)
  for (let i = 0; i < numbers.length; i++) {
    const [connection = 0, workspace = 0, action = 0, outcome = 0] = packed.contexts.subarray(i * outcomeCount, (i + 1) * outcomeCount)
    numbers[i] = dictionaries.contextOf(connection, workspace, action, outcome)
  }
  const local = context.values
  const wide = columns.context
  for (let i = 0; i < segmentRows; i++) wide[from + i] = numbers[local[i] as number] ?? 0
  columns.count = Math.max(columns.count, from + segmentRows)
  for (let i = from; i < from + segmentRows; i++) if (((columns.flags[i] as number) & flag.removed) !== 0) columns.removedCount++
  return true
}

interface Column {
  readonly base: number
  readonly values: Packed
}

const noTime = 0xffffffff

/** Times as milliseconds after the segment's first where they fit in 32 bits, else as they are. */
function narrowTimes(timeMs: Float64Array<ArrayBufferLike>): Column {
  let min = Infinity
  let max = -Infinity
  for (const at of timeMs) {
    if (at < min) min = at
    if (at > max) max = at
  }
  if (!(max - min < noTime)) return { base: 0, values: timeMs }
  return { base: min, values: Uint32Array.from(timeMs, (at) => (Number.isNaN(at) ? noTime : at - min)) }
}

function widenTimes({ base, values }: Column, out: Float64Array<ArrayBufferLike>): void {
  if (values instanceof Float64Array) out.set(values)
  else for (let i = 0; i < values.length; i++) out[i] = values[i] === noTime ? Number.NaN : base + (values[i] as number)
}

function narrow(values: Uint32Array<ArrayBufferLike>): Column {
  let max = 0
  for (const value of values) if (value > max) max = value
  return { base: 0, values: max < 256 ? Uint8Array.from(values) : max < 65_536 ? Uint16Array.from(values) : values }
}

/** Magic, number of contexts, the contexts, then each column: width, padding, base, values; everything aligned to 8 bytes. */
function join(columns: readonly (Column | Uint8Array)[], contexts: Uint32Array): Uint8Array {
  const parts: Uint8Array[] = [bytesOf(Uint32Array.of(magic, contexts.length)), padded(bytesOf(contexts))]
  for (const column of columns) {
    const { base, values } = column instanceof Uint8Array ? { base: 0, values: column } : column
    parts.push(bytesOf(Float64Array.of(values.BYTES_PER_ELEMENT, base)), padded(bytesOf(values)))
  }
  return Buffer.concat(parts)
}

function split(data: Uint8Array): { readonly contexts: Uint32Array; readonly columns: readonly Column[] } | null {
  // A copy begins where typed arrays may begin.
  const buffer = data.slice().buffer
  const [seen, contextCount = 0] = new Uint32Array(buffer, 0, 2)
  if (seen !== magic) return null
  const contexts = new Uint32Array(buffer, 8, contextCount)
  let at = 8 + align(contextCount * 4)
  const columns: Column[] = []
  while (at < buffer.byteLength) {
    const [width = 0, base = 0] = new Float64Array(buffer, at, 2)
    at += 16
    const values =
      width === 1
        ? new Uint8Array(buffer, at, segmentRows)
        : width === 2
          ? new Uint16Array(buffer, at, segmentRows)
          : width === 4
            ? new Uint32Array(buffer, at, segmentRows)
            : new Float64Array(buffer, at, segmentRows)
    columns.push({ base, values })
    at += align(segmentRows * width)
  }
  return { contexts, columns }
}

const align = (sizeBytes: number): number => (sizeBytes + 7) & ~7

function padded(bytes: Uint8Array): Uint8Array {
  return bytes.length % 8 === 0 ? bytes : Buffer.concat([bytes], align(bytes.length))
}

function bytesOf(values: Packed): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
