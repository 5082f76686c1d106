import type { Database } from '../../driver.ts'
import { asText, NumberReader } from './number-text.ts'
import { prepared } from './prepared.ts'
import { release } from '../../../lib/release.ts'

/** Rows that lie at most this far apart are read in one go, with those between them. */
const nearbyRows = 8
const hashBytes = 32

const numbers = asText({
  numbers: [
    'seq',
    'connection',
    'actor',
    'action',
    'object',
    'workspace',
    'template',
    'related',
    'revision',
    'block',
    'commit_num',
    'octet_length(external_id)',
    'coalesce(octet_length(time_original) + 1, 0)',
  ],
  digits: ['outcome', 'slot'],
  time: 'time_ms',
})
const select = `SELECT CAST(group_concat(${numbers} || hash || external_id || coalesce(time_original, ''), '') AS BLOB) FROM event WHERE seq BETWEEN ? AND ?`

const nothing = Buffer.alloc(0)

/** A row of the event table; its texts are made when asked for. One object may serve many rows, one after the other. */
export class StoredEvent {
  seq = 0
  connection = 0
  actor = 0
  action = 0
  object = 0
  workspace = 0
  template = 0
  related = 0
  outcome = 0
  revision = 0
  block = 0
  slot = 0
  commit = 0
  /** Hash, external id and original time as bytes, one after the other, begin here. */
  bytes: Buffer = nothing
  hashAt = 0
  externalIdBytes = 0
  /** Null: it has none of its own. */
  timeOriginalBytes: number | null = null
  /** A number in any case: changed in place, where null beside it would make a new one each time. */
  #timeMs = NaN

  /** Takes the next row of those joined. */
  take(reader: NumberReader): void {
    this.seq = reader.next()
    this.connection = reader.next()
    this.actor = reader.next()
    this.action = reader.next()
    this.object = reader.next()
    this.workspace = reader.next()
    this.template = reader.next()
    this.related = reader.next()
    this.revision = reader.next()
    this.block = reader.next()
    this.commit = reader.next()
    this.externalIdBytes = reader.next()
    const originalBytes = reader.next() - 1
    this.timeOriginalBytes = originalBytes < 0 ? null : originalBytes
    this.outcome = reader.digit()
    this.slot = reader.digit()
    this.#timeMs = reader.nextTime() ?? NaN
    this.bytes = reader.bytes
    this.hashAt = reader.at
    reader.at += this.textBytes
  }

  get timeMs(): number | null {
    return Number.isNaN(this.#timeMs) ? null : this.#timeMs
  }

  /** Size of hash, external id and original time together. */
  get textBytes(): number {
    return hashBytes + this.externalIdBytes + (this.timeOriginalBytes ?? 0)
  }

  /** Hex. */
  get hash(): string {
    return this.bytes.toString('hex', this.hashAt, this.hashAt + hashBytes)
  }

  get externalId(): string {
    const at = this.hashAt + hashBytes
    return this.bytes.toString('utf8', at, at + this.externalIdBytes)
  }

  get timeOriginal(): string | null {
    if (this.timeOriginalBytes === null) return null
    const at = this.hashAt + hashBytes + this.externalIdBytes
    return this.bytes.toString('utf8', at, at + this.timeOriginalBytes)
  }
}

/** More than rows that are read at once. */
const mostRows = 2 ** 20

/**
 * Rows of the event table, each at the place of its number (seq - 1) among `rows`; undefined for purged ones. Neighbours are read together. They are read
 * into `events`, of which there will be as many as are needed: what was read into them before is lost.
 */
export function readStored(db: Database, rows: Uint32Array, events: StoredEvent[] = []): readonly (StoredEvent | undefined)[] {
  const found: (StoredEvent | undefined)[] = Array.from({ length: rows.length })
  const sorted = new Float64Array(rows.length)
  for (let place = 0; place < rows.length; place++) sorted[place] = (rows[place] as number) * mostRows + place
  sorted.sort()
  const rowAt = (i: number): number => Math.floor((sorted[i] as number) / mostRows)
  const read = prepared<[number, number], Buffer | null>(db, select, 'values')
  let used = 0
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    to = from + 1
    while (to < sorted.length && rowAt(to) - rowAt(to - 1) <= nearbyRows) to++
    const reader = new NumberReader(read.get(rowAt(from) + 1, rowAt(to - 1) + 1) ?? nothing)
    for (let i = from; !reader.isAtEnd;) {
      const event = (events[used] ??= new StoredEvent())
      event.take(reader)
      const row = event.seq - 1
      while (i < to && rowAt(i) < row) i++
      if (i < to && rowAt(i) === row) used++
      for (; i < to && rowAt(i) === row; i++) found[(sorted[i] as number) % mostRows] = event
    }
  }
  release(sorted)
  return found
}
