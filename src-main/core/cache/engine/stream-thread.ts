import type { AuditEvent } from '../../../contract/model/audit-event.ts'
import { type LineBatch, type LineFormatName, linesOf } from '../../export/lines.ts'
import type { ExportedEvent } from '../../export/writer.ts'
import { type Database, openDatabase } from '../driver.ts'
import type { WorkerOptions } from '../reader-port.ts'
import { type Moment, readMoment } from './moment.ts'
import { NamesAhead, type Share, type SharedNames } from './names-ahead.ts'
import { Payloads } from './payloads.ts'
import type { RowList } from './row-list.ts'
import { RowBuilder } from './rows.ts'
import { Handover, type ThreadMethods } from './thread-calls.ts'

/** Bytes of payloads after which a batch is full, whatever its events. */
const batchBytes = 8 * 1024 * 1024

/** Events with their payloads, joined; `next`: the place in the list from which to go on. */
export interface EventBatch {
  readonly events: readonly AuditEvent[]
  readonly payloads: Uint8Array
  readonly ends: Uint32Array
  readonly next: number
}

/** Lines of events; `next`: the place in the list from which to go on. */
export interface EncodedLines {
  readonly batch: LineBatch
  readonly next: number
}

/** A thread that reads events with their payloads for one export, all within one transaction. */
export function streamMethods(options: WorkerOptions): ThreadMethods {
  const db: Database = openDatabase({ home: options.home, keyHex: options.keyHex, role: 'reader' })
  let reading: ListReader | null = null
  const taken = (): ListReader => {
    if (reading === null) throw new Error('no list was taken')
    return reading
  }
  return {
    /** Begins, or begins anew, at the archive's present moment. */
    begin: (): Moment => {
      if (db.inTransaction) db.exec('ROLLBACK')
      db.exec('BEGIN')
      return readMoment(db)
    },
    take: (list: RowList, names: SharedNames, share: Share): null => {
      reading = new ListReader(db, list, names, share)
      return null
    },
    /** Reads this thread's share of the names that events at places `from` to `to` (exclusive) need. */
    readAhead: (from: number, to: number): null => {
      taken().names.read(from, to)
      return null
    },
    events: (from: number, to: number): Handover => {
      const batch = taken().eventsFrom(from, to)
      return new Handover(batch, [batch.payloads.buffer as ArrayBuffer, batch.ends.buffer as ArrayBuffer])
    },
    lines: (from: number, to: number, format: LineFormatName, zone: string): Handover => {
      const lines = taken().linesOf(from, to, format, zone)
      return new Handover(lines, [lines.batch.bytes.buffer as ArrayBuffer])
    },
  }
}

/** Reads the events of a list of rows. */
export class ListReader {
  readonly names: NamesAhead
  readonly #rows: Uint32Array
  readonly #builder: RowBuilder
  readonly #payloads: Payloads

  constructor(db: Database, list: RowList, names: SharedNames, share: Share) {
    this.names = new NamesAhead(db, list, names, share)
    this.#rows = list.rows
    this.#builder = new RowBuilder(db, this.names)
    this.#payloads = new Payloads(db)
  }

  /** Events at places `from` to `to` (exclusive), or as many of them as make a batch. */
  eventsFrom(from: number, to: number): EventBatch {
    const events: AuditEvent[] = []
    const parts: Uint8Array[] = []
    let sizeBytes = 0
    let next = from
    for (const { event, payload, place } of this.#read(from, to)) {
      // What does not fit is read again for the next batch.
      if (events.length > 0 && sizeBytes + payload.length > batchBytes) break
      events.push(event)
      parts.push(payload)
      sizeBytes += payload.length
      next = place + 1
    }
    const payloads = new Uint8Array(sizeBytes)
    const ends = new Uint32Array(parts.length)
    let end = 0
    parts.forEach((part, i) => {
      payloads.set(part, end)
      ends[i] = end += part.length
    })
    return { events, payloads, ends, next: events.length === 0 ? to : next }
  }

  /** Lines of the events at places `from` to `to` (exclusive), or as many of them as make a batch. */
  linesOf(from: number, to: number, format: LineFormatName, zone: string): EncodedLines {
    const { batch, stoppedAt } = linesOf(format, zone, this.#read(from, to))
    return { batch, next: stoppedAt === null ? to : stoppedAt.place + 1 }
  }

  /** The events at places `from` to `to` (exclusive), each with its place; removed ones are left out. */
  *#read(from: number, to: number): Generator<ExportedEvent & { readonly place: number }> {
    const stored = this.#builder.storedAt(this.#rows.subarray(from, to))
    for (let at = 0; at < stored.length; at++) {
      const row = stored[at]
      if (row !== undefined) yield { event: this.#builder.eventOf(row), payload: this.#payloads.at(row.block, row.slot), place: from + at }
    }
  }
}
