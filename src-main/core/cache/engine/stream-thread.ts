import { type Database, openDatabase } from '../driver.ts'
import type { WorkerOptions } from '../reader-port.ts'
import { type Moment, readMoment } from './archive-state.ts'
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
    for (; at < rows.length && events.length < batchEvents && sizeBytes < batchBytes; at++) {
      const found = builder.withPlace(rows[at] ?? 0)
      if (found === null) continue
      const payload = payloads.at(found.place.block, found.place.slot)
      events.push(found.event)
      parts.push(payload)
      sizeBytes += payload.length
    }
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
