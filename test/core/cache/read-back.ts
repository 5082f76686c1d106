import type { NormalisedEvent, Subject } from '../../../src-main/contract/model/audit-event.ts'
import { outcomes, verbs } from '../../../src-main/contract/model/audit-event.ts'
import { unpackBlock, type StoredBlock } from '../../../src-main/core/cache/blocks.ts'
import type { Database } from '../../../src-main/core/cache/driver.ts'
import { keyOfEvent } from '../../../src-main/core/cache/identity.ts'
import { restoreSummary } from '../../../src-main/core/cache/summary.ts'

/** An event as the tables hold it, put together by the shortest way. */
export interface StoredEvent {
  readonly id: string
  readonly externalId: string
  readonly mapped: NormalisedEvent | null
  readonly reason: string | null
  readonly revision: number
  /** Oldest first. */
  readonly payloads: readonly string[]
  readonly lateSince: string | null
  readonly goneSince: string | null
}

interface Row {
  readonly seq: number
  readonly connection_id: string
  readonly time_ms: number | null
  readonly actor: number
  readonly action: number
  readonly object: number
  readonly workspace: number
  readonly template: number
  readonly related: number
  readonly outcome: number
  readonly external_id: string
  readonly time_original: string | null
  readonly revision: number
  readonly hash: Buffer
  readonly block: number
  readonly slot: number
  readonly reason: string | null
  readonly late_since: string | null
  readonly gone_since: string | null
}

/** All events in order of arrival. */
export function readBack(db: Database): readonly StoredEvent[] {
  const rows = db
    .prepare<[], Row>(
      `SELECT event.*, connection.id AS connection_id, reason, late_since, gone_since FROM event
       JOIN connection ON connection.num = event.connection LEFT JOIN unmapped USING (seq) LEFT JOIN mark USING (seq) ORDER BY seq`,
    )
    .all()
  return rows.map((row) => ({
    id: keyOfEvent(row.connection_id, row.external_id, row.hash).toString('hex'),
    externalId: row.external_id,
    mapped: row.time_ms === null ? null : mappedOf(db, row, row.time_ms),
    reason: row.reason,
    revision: row.revision,
    payloads: payloadsOf(db, row),
    lateSince: row.late_since,
    goneSince: row.gone_since,
  }))
}

/** Seqs of the changes, in order. */
export const readChanges = (db: Database): readonly number[] => db.prepare<[], number>('SELECT seq FROM change ORDER BY num').pluck().all()

function mappedOf(db: Database, row: Row, timeMs: number): NormalisedEvent {
  const one = <Found>(sql: string, num: number): Found | null => db.prepare<[number], Found>(sql).get(num) ?? null
  const actor = one<NonNullable<NormalisedEvent['actor']>>('SELECT id, name, email, kind FROM actor WHERE num = ?', row.actor)
  const object = one<Subject>('SELECT kind, id, name FROM subject WHERE num = ?', row.object)
  const workspace = one<Subject>('SELECT kind, id, name FROM subject WHERE num = ?', row.workspace)
  const action = one<{ action: string; verb: string }>('SELECT action, verb FROM action WHERE num = ?', row.action)
  const template = one<{ text: string }>('SELECT text FROM template WHERE num = ?', row.template)
  const related = one<{ json: string }>('SELECT json FROM related WHERE num = ?', row.related)
  const iso = new Date(timeMs).toISOString()
  return {
    externalId: row.external_id,
    occurredAt: iso,
    occurredAtOriginal: row.time_original ?? iso,
    actor,
    action: action?.action ?? '',
    verb: verbs.find((verb) => verb === action?.verb) ?? 'other',
    object,
    workspace,
    related: related ? (JSON.parse(related.json) as readonly Subject[]) : [],
    outcome: (['unknown', 'success', 'failure'] as const)[row.outcome] ?? outcomes[0],
    summary: restoreSummary(template?.text ?? '', actor?.name ?? null, object?.name ?? null, workspace?.name ?? null),
  }
}

function payloadsOf(db: Database, row: Row): readonly string[] {
  const older = db
    .prepare<[number], { block: number; slot: number }>('SELECT block, slot FROM revision WHERE seq = ? ORDER BY revision')
    .all(row.seq)
  const places = older.length > 0 ? older : [row]
  return places.map(({ block, slot }) => {
    const stored = db.prepare<[number], StoredBlock>('SELECT codec, lengths, data FROM block WHERE num = ?').get(block)
    return Buffer.from((stored ? unpackBlock(stored)[slot] : undefined) ?? []).toString()
  })
}
