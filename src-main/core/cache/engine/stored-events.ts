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

type Values = [
  number,
  number,
  number | null,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  string,
  string | null,
  number,
  string,
  number,
  number,
  number,
]

const select =
  'SELECT seq, connection, time_ms, actor, action, object, workspace, template, related, outcome, external_id, time_original, revision, lower(hex(hash)), block, slot, commit_num FROM event'
/** Rows that lie at most this far apart are read in one go, with those between them. */
const nearbyRows = 8

/** Rows of the event table by row number (seq - 1); purged ones are missing. Neighbours are read together. */
export function readStored(db: Database, rows: Uint32Array): ReadonlyMap<number, StoredEvent> {
  const sorted = Uint32Array.from(rows).sort()
  const read = prepared<[number, number], Values>(db, `${select} WHERE seq BETWEEN ? AND ?`, 'arrays')
  const found = new Map<number, StoredEvent>()
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    to = from + 1
    while (to < sorted.length && (sorted[to] as number) - (sorted[to - 1] as number) <= nearbyRows) to++
    for (const values of read.all((sorted[from] as number) + 1, (sorted[to - 1] as number) + 1)) found.set(values[0] - 1, storedOf(values))
  }
  return found
}

function storedOf(values: Values): StoredEvent {
  const [
    seq,
    connection,
    timeMs,
    actor,
    action,
    object,
    workspace,
    template,
    related,
    outcome,
    externalId,
    timeOriginal,
    revision,
    hash,
    block,
    slot,
    commit,
  ] = values
  return {
    seq,
    connection,
    timeMs,
    actor,
    action,
    object,
    workspace,
    template,
    related,
    outcome,
    externalId,
    timeOriginal,
    revision,
    hash,
    block,
    slot,
    commit,
  }
}
