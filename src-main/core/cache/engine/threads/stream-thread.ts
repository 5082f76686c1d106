import type { AuditEvent } from '../../../../contract/model/audit-event.ts'
import type { ProofLines } from '../../../evidence/evidence-part.ts'
import { LineBytes } from '../../../export/line-bytes.ts'
import { type LineBatch, lineFormats, type LineFormatName, Lines } from '../../../export/lines.ts'
import type { ExportedEvent } from '../../../export/writer.ts'
import { type LedgerHead, readLedgerHead } from '../../../ledger/ledger.ts'
import { type Database, openDatabase } from '../../driver.ts'
import type { WorkerOptions } from '../../reader-port.ts'
import { type Moment, readMoment } from '../rows/moment.ts'
import { NamesAhead, type SharedNames } from '../lines/names-ahead.ts'
import { NearBlocks } from '../lines/near-blocks.ts'
import { Payloads } from '../rows/payloads.ts'
import { ledgerLines, type ProofPart, proofOf } from '../lines/proof.ts'
import { QuickLines } from '../lines/quick-lines.ts'
import { release } from '../../../lib/release.ts'
import type { RowList } from '../lines/row-list.ts'
import { RowBuilder } from '../rows/rows.ts'
import type { Share } from '../lines/shared-places.ts'
import type { StoredEvent } from '../rows/stored-events.ts'
import { Handover, type ThreadMethods } from '../turns/thread-calls.ts'

/** Bytes of payloads after which a batch is full, whatever its events. */
const batchBytes = 8 * 1024 * 1024

/** Pages are read in the order they lie in the file, and once. */
const cacheKib = 4_096

/** Events in a row whose rows are read together. */
export const runRows = 4_000

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
  db.pragma(`cache_size = -${cacheKib}`)
  let reading: ListReader | null = null
  let proof: Generator<ProofPart, undefined> | null = null
  let ledger: Generator<ProofLines, undefined> | null = null
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
    take: async (list: RowList, names: SharedNames, share: Share): Promise<null> => {
      reading = await ListReader.open(db, list, names, share)
      return null
    },
    /** Reads this thread's share of the names that events at places `from` to `to` (exclusive) need. */
    readAhead: (from: number, to: number): null => {
      taken().names.read(from, to)
      return null
    },
    /** How far the ledger goes at the moment that was begun. */
    ledgerHead: (): LedgerHead => readLedgerHead(db),
    /** The next lines that prove the events of the list; null after the last. */
    proof: (): Handover | null => {
      proof ??= taken().proof()
      const { value } = proof.next()
      return value === undefined ? null : new Handover(value, [value.lines.bytes.buffer as ArrayBuffer])
    },
    /** The next entries of the ledger up to a number; null after the last. */
    ledger: (entries: number): Handover | null => {
      ledger ??= ledgerLines(db, new LineBytes(), entries)
      const { value } = ledger.next()
      return value === undefined ? null : new Handover(value, [value.bytes.buffer as ArrayBuffer])
    },
    events: (from: number, to: number): Handover => {
      const batch = taken().eventsFrom(from, to)
      return new Handover(batch, [batch.payloads.buffer as ArrayBuffer, batch.ends.buffer as ArrayBuffer])
    },
    lines: (from: number, to: number, format: LineFormatName, zone: string, room: Uint8Array<SharedArrayBuffer>): Handover => {
      const lines = taken().linesOf(from, to, format, zone, room)
      const { buffer } = lines.batch.bytes
      return new Handover(lines, buffer instanceof ArrayBuffer ? [buffer] : [])
    },
  }
}

/** Reads the events of a list of rows. */
export class ListReader {
  readonly names: NamesAhead
  readonly #db: Database
  readonly #rows: Uint32Array
  readonly #builder: RowBuilder
  readonly #payloads: Payloads
  readonly #bytes: LineBytes
  readonly #blocks: NearBlocks
  #quick: { readonly format: LineFormatName; readonly lines: QuickLines } | null = null
  /** Those of the run, and of all runs before: thrown away, they would take tens of megabytes. */
  readonly #events: StoredEvent[] = []
  #run: { readonly first: number; readonly stored: readonly (StoredEvent | undefined)[] } = { first: -1, stored: [] }

  static async open(db: Database, list: RowList, names: SharedNames, share: Share): Promise<ListReader> {
    const bytes = new LineBytes()
    return new ListReader(db, list, names, share, bytes, await NearBlocks.open(db, bytes))
  }

  private constructor(db: Database, list: RowList, names: SharedNames, share: Share, bytes: LineBytes, blocks: NearBlocks) {
    this.#db = db
    this.names = new NamesAhead(db, list, names, share)
    this.#rows = list.rows
    this.#builder = new RowBuilder(db, this.names)
    this.#payloads = new Payloads(db)
    this.#bytes = bytes
    this.#blocks = blocks
  }

  /** Events at places `from` to `to` (exclusive), or as many of them as make a batch. */
  eventsFrom(from: number, to: number): EventBatch {
    const events: AuditEvent[] = []
    const parts: Uint8Array[] = []
    let sizeBytes = 0
    let next = from
    for (let place = from; place < to; place++) {
      const stored = this.#storedAt(place)
      if (stored === undefined) continue
      const { event, payload } = this.#exported(stored)
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

  /** Lines of the events at places `from` to `to` (exclusive), or as many of them as make a batch; in `room` if they fit there. */
  linesOf(from: number, to: number, format: LineFormatName, zone: string, room?: Uint8Array): EncodedLines {
    const quick = this.#quickLines(format)
    const lines = new Lines(this.#bytes, format, zone)
    this.names.touch(from, to)
    let place = from
    while (place < to && !lines.isFull) {
      const stored = this.#storedAt(place++)
      if (stored !== undefined && quick?.add(lines, stored) !== true) lines.add(this.#exported(stored))
    }
    return { batch: lines.take(room), next: place }
  }

  /** Lines that prove all events of the list. */
  proof(): Generator<ProofPart, undefined> {
    return proofOf({ db: this.#db, builder: this.#builder, payloads: this.#payloads, bytes: this.#bytes }, this.#rows)
  }

  #exported(stored: StoredEvent): ExportedEvent {
    return { event: this.#builder.eventOf(stored), payload: this.#payloads.at(stored.block, stored.slot) }
  }

  #quickLines(format: LineFormatName): QuickLines | null {
    const { parts } = lineFormats[format]
    if (parts === null) return null
    if (this.#quick?.format !== format) {
      const lines = new QuickLines(this.#bytes, parts, this.#builder, this.names, this.#blocks)
      this.#quick = { format, lines }
    }
    return this.#quick.lines
  }

  #storedAt(place: number): StoredEvent | undefined {
    const first = place - (place % runRows)
    if (first !== this.#run.first) {
      releaseAll(this.#run.stored)
      this.#run = { first, stored: this.#builder.storedAt(this.#rows.subarray(first, first + runRows), this.#events) }
    }
    return this.#run.stored[place - first]
  }
}

/** Nothing that was made of a run refers to its memory, of which there would otherwise be megabytes before it is collected. */
function releaseAll(run: readonly (StoredEvent | undefined)[]): void {
  let last: Buffer | null = null
  for (const stored of run) {
    if (stored === undefined || stored.bytes === last) continue
    last = stored.bytes
    release(last)
  }
}
