import { type Database, openDatabase } from '../driver.ts'
import type { WorkerOptions } from '../reader-port.ts'
import { type Moment, readMoment } from './moment.ts'
import { Payloads } from './payloads.ts'
import { RowBuilder } from './rows.ts'
import { Handover, type ThreadMethods } from './thread-calls.ts'

/** Events of a batch. */
const batchEvents = 1_000
/** Bytes of payloads after which a batch is full, whatever its events. */
const batchBytes = 8 * 1024 * 1024

/** A thread that reads events with their payloads for one export, all within one transaction. */
export function streamMethods(options: WorkerOptions): ThreadMethods {
  const db: Database = openDatabase({ home: options.home, keyHex: options.keyHex, role: 'reader' })
  const builder = new RowBuilder(db)
  const payloads = new Payloads(db)
  let rows: Uint32Array = new Uint32Array(0)
  let at = 0

  const next = (): Handover => {
    const events: unknown[] = []
    const parts: Uint8Array[] = []
    let sizeBytes = 0
    let last = -1
    const wanted = [...rows.subarray(at, at + batchEvents)]
    for (const stored of builder.stored(wanted)) {
      const payload = payloads.at(stored.block, stored.slot)
      // What does not fit is read again for the next batch.
      if (events.length > 0 && sizeBytes + payload.length > batchBytes) break
      events.push(builder.eventOf(stored))
      parts.push(payload)
      sizeBytes += payload.length
      last = stored.seq - 1
    }
    at = last === -1 || events.length === wanted.length ? at + wanted.length : at + wanted.indexOf(last) + 1
    const joined = new Uint8Array(sizeBytes)
    const ends = new Uint32Array(parts.length)
    let end = 0
    parts.forEach((part, i) => {
      joined.set(part, end)
      ends[i] = end += part.length
    })
    return new Handover({ events, payloads: joined, ends, isLast: at >= rows.length }, [joined.buffer, ends.buffer])
  }

  return {
    /** Begins, or begins anew, at the archive's present moment. */
    begin: (): Moment => {
      if (db.inTransaction) db.exec('ROLLBACK')
      db.exec('BEGIN')
      return readMoment(db)
    },
    take: (taken: Uint32Array): null => {
      rows = taken
      at = 0
      return null
    },
    next,
  }
}
