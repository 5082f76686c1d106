import type { Database } from '../driver.ts'
import { asText, NumberReader } from './number-text.ts'
import { prepared } from './prepared.ts'

/** Rows that lie at most this far apart are read in one go, with those between them. */
const nearbyRows = 8
const hashBytes = 32
const timeDigit = 2 ** 30

const numbers = asText(
  'seq',
  // A time has 48 bits and a sign.
  'time_ms',
  '(time_ms >> 30) + (1 << 28)',
  'time_ms IS NULL',
  'connection',
  'actor',
  'action',
  'object',
  'workspace',
  'template',
  'related',
  'outcome',
  'revision',
  'block',
  'slot',
  'commit_num',
  'octet_length(external_id)',
  'coalesce(octet_length(time_original) + 1, 0)',
)
const select = `SELECT CAST(group_concat(${numbers} || hash || external_id || coalesce(time_original, ''), '') AS BLOB) FROM event WHERE seq BETWEEN ? AND ?`

/** A row of the event table; its texts are made when asked for. */
export class StoredEvent {
  readonly seq: number
  readonly timeMs: number | null
  readonly connection: number
  readonly actor: number
  readonly action: number
  readonly object: number
  readonly workspace: number
  readonly template: number
  readonly related: number
  readonly outcome: number
  readonly revision: number
  readonly block: number
  readonly slot: number
  readonly commit: number
  /** Hash, external id and original time as bytes, one after the other, begin here. */
  readonly bytes: Buffer
  readonly hashAt: number
  readonly externalIdBytes: number
  /** Null: it has none of its own. */
  readonly timeOriginalBytes: number | null

  /** Takes the next row of those joined. */
  constructor(reader: NumberReader) {
    this.seq = reader.next()
    const timeLow = reader.next()
    const timeHigh = reader.next() - 2 ** 28
    this.timeMs = reader.next() === 1 ? null : timeHigh * timeDigit + timeLow
    this.connection = reader.next()
    this.actor = reader.next()
    this.action = reader.next()
    this.object = reader.next()
    this.workspace = reader.next()
    this.template = reader.next()
    this.related = reader.next()
    this.outcome = reader.next()
    this.revision = reader.next()
    this.block = reader.next()
    this.slot = reader.next()
    this.commit = reader.next()
    this.externalIdBytes = reader.next()
    const originalBytes = reader.next() - 1
    this.timeOriginalBytes = originalBytes < 0 ? null : originalBytes
    this.bytes = reader.bytes
    this.hashAt = reader.at
    reader.at += this.textBytes
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

/** Rows of the event table by row number (seq - 1); purged ones are missing. Neighbours are read together. */
export function readStored(db: Database, rows: Uint32Array): ReadonlyMap<number, StoredEvent> {
  const sorted = Uint32Array.from(rows).sort()
  const read = prepared<[number, number], Buffer | null>(db, select, 'values')
  const found = new Map<number, StoredEvent>()
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    to = from + 1
    while (to < sorted.length && (sorted[to] as number) - (sorted[to - 1] as number) <= nearbyRows) to++
    const joined = read.get((sorted[from] as number) + 1, (sorted[to - 1] as number) + 1) ?? null
    if (joined === null) continue
    const reader = new NumberReader(joined)
    while (!reader.isAtEnd) {
      const event = new StoredEvent(reader)
      found.set(event.seq - 1, event)
    }
  }
  return found
}
