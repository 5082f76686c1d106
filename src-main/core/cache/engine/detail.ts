import { TrailviewError } from '../../../contract/errors.ts'
import type { Actor, EventDetail, EventRevision, ReviewNote, Subject } from '../../../contract/model/audit-event.ts'
import type { Database } from '../driver.ts'
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
export function detailOf(db: Database, rows: RowBuilder, row: number): EventDetail {
  const seq = row + 1
  const event = rows.event(row)
  if (event === null) throw new TrailviewError('EVENT_NOT_FOUND', 'The event was removed from the archive meanwhile. Refresh the list.')
  return {
    event,
    marks: rows.marks(row),
    revisions: revisionsOf(db, rows, seq),
    currentNames: {
      actor: currentName(db, event.connection, event.actor),
      object: currentName(db, event.connection, event.object),
      workspace: currentName(db, event.connection, event.workspace),
    },
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

/** The name a thing has now where it differs from the one in the event; null where it does not or nothing is known. */
function currentName(db: Database, connection: string, thing: Actor | Subject | null): string | null {
  if (thing === null || thing.id === null) return null
  const now = prepared<[string, string, string], string | null>(
    db,
    'SELECT name FROM name WHERE connection = ? AND kind = ? AND id = ? ORDER BY num DESC LIMIT 1',
    'values',
  ).get(connection, thing.kind, thing.id)
  return now === undefined || now === thing.name ? null : now
}
