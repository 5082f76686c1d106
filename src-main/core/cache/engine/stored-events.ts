import type { Database } from '../driver.ts'
import { prepared } from './prepared.ts'

/** A row of the event table. */
export interface StoredEvent {
  readonly seq: number
  readonly connection: number
  readonly timeMs: number | null
  readonly actor: number
  readonly action: number
  readonly object: number
  readonly workspace: number
  readonly template: number
  readonly related: number
  readonly outcome: number
  readonly externalId: string
  readonly timeOriginal: string | null
  readonly revision: number
  /** Hex: small buffers take longer to make than text. */
  readonly hash: string
  readonly block: number
  readonly slot: number
  readonly commit: number
}

const select = `SELECT seq, connection, time_ms AS timeMs, actor, action, object, workspace, template, related, outcome, external_id AS externalId,
  time_original AS timeOriginal, revision, lower(hex(hash)) AS hash, block, slot, commit_num AS "commit" FROM event`
/** Rows that lie at most this far apart are read in one go, with those between them. */
const nearbyRows = 8

/** Rows of the event table by row number (seq - 1); purged ones are missing. Neighbours are read together. */
export function readStored(db: Database, rows: Uint32Array): ReadonlyMap<number, StoredEvent> {
  const sorted = Uint32Array.from(rows).sort()
  const read = prepared<[number, number], StoredEvent>(db, `${select} WHERE seq BETWEEN ? AND ?`)
  const found = new Map<number, StoredEvent>()
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    to = from + 1
    while (to < sorted.length && (sorted[to] as number) - (sorted[to - 1] as number) <= nearbyRows) to++
    for (const row of read.all((sorted[from] as number) + 1, (sorted[to - 1] as number) + 1)) found.set(row.seq - 1, row)
  }
  return found
}
