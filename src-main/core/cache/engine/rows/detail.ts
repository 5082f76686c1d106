import { TrailviewError } from '../../../../contract/errors.ts'
import type { AuditEvent, EventRevision, ReviewNote } from '../../../../contract/model/audit-event.ts'
import type { StoredDetail } from '../../archive.ts'
import type { Database } from '../../driver.ts'
import type { ArchiveState } from '../archive-state.ts'
import { lacksNames } from './lacking-names.ts'
import { latestOf, membersOf, type ThingColumn } from '../dictionaries/latest-names.ts'
import { decodedLength } from './payload-length.ts'
import { prepared } from './prepared.ts'
import type { RowBuilder } from './rows.ts'

interface RevisionRow {
  readonly revision: number
  readonly hash: Uint8Array
  readonly block: number
  readonly slot: number
  readonly commit_num: number
}

/** Everything the detail of an event shows. Throws EVENT_NOT_FOUND when it was removed. */
export function detailOf(db: Database, state: ArchiveState, rows: RowBuilder, row: number): StoredDetail {
  const seq = row + 1
  const event = rows.event(row)
  if (event === null) throw new TrailviewError('EVENT_NOT_FOUND', 'The event was removed from the archive meanwhile. Refresh the list.')
  return {
    event,
    marks: rows.marks(row),
    revisions: revisionsOf(db, rows, seq),
    currentNames: {
      actor: currentName(db, state, 'actor', row, event),
      object: currentName(db, state, 'object', row, event),
      workspace: currentName(db, state, 'workspace', row, event),
    },
    lacksNames: lacksNames(db, seq),
    notes: prepared<[number], ReviewNote>(
      db,
      'SELECT id, text, written_at AS writtenAt FROM note WHERE seq = ? ORDER BY written_at, id',
    ).all(seq),
    unmappedReason: prepared<[number], string>(db, 'SELECT reason FROM unmapped WHERE seq = ?', 'values').get(seq) ?? null,
  }
}

/** Newest first. An event that never changed has its one payload in its own row. */
function revisionsOf(db: Database, rows: RowBuilder, seq: number): readonly EventRevision[] {
  const select = 'revision, hash, block, slot, commit_num'
  const kept = prepared<[number], RevisionRow>(db, `SELECT ${select} FROM revision WHERE seq = ? ORDER BY revision DESC`).all(seq)
  const all = kept.length > 0 ? kept : prepared<[number], RevisionRow>(db, `SELECT ${select} FROM event WHERE seq = ?`).all(seq)
  return all.map((revision) => ({
    revision: revision.revision,
    hash: Buffer.from(revision.hash).toString('hex'),
    collectedAt: rows.receivedAt(revision.commit_num),
    sizeBytes: decodedLength(db, revision.block, revision.slot),
  }))
}

/**
 * The name a thing has now where it differs from the one in the event: what the service answered last when it was asked, else the name
 * in the thing's newest event. Null where it does not differ or nothing is known.
 */
function currentName(db: Database, state: ArchiveState, column: ThingColumn, row: number, event: AuditEvent): string | null {
  const thing = event[column]
  if (thing === null || thing.id === null) return null
  const answered = prepared<[string, string, string], string | null>(
    db,
    'SELECT name FROM name WHERE connection = ? AND kind = ? AND id = ? ORDER BY num DESC LIMIT 1',
    'values',
  ).get(event.connection, thing.kind, thing.id)
  const now = answered ?? newestName(db, state, column, row)
  return now === thing.name ? null : now
}

/** The name in the newest event of the same thing at the same connection. */
function newestName(db: Database, state: ArchiveState, column: ThingColumn, row: number): string | null {
  const { columns, dictionaries } = state
  const number = column === 'workspace' ? dictionaries.contexts.workspace.at(columns.context.at(row)) : columns[column].at(row)
  const table = column === 'actor' ? 'actor' : 'subject'
  const find = prepared<[number], { connection: number; kind: string; id: string; name: string | null }>(
    db,
    `SELECT connection, kind, id, name FROM ${table} WHERE num = ?`,
  )
  const own = find.get(number)
  const entries = column === 'actor' ? dictionaries.actor : dictionaries.subject
  // Without this, names that came since the last facets are in no group yet.
  entries.groups.catchUp()
  const group = entries.groups.of(number)
  const others =
    latestOf(
      state,
      column,
      membersOf(entries, [group], () => true),
    ).get(group) ?? []
  for (const other of others) {
    const found = find.get(other)
    const isSame = found?.connection === own?.connection && found?.kind === own?.kind && found?.id === own?.id
    if (isSame && found?.name != null) return found.name
  }
  return null
}
