import { randomUUID } from 'node:crypto'
import { TrailviewError } from '../../../contract/errors.ts'
import { reviewStatuses, type ReviewStatus } from '../../../contract/model/audit-event.ts'
import type { SavedView } from '../../../contract/model/review.ts'
import type { Json } from '../../connectors/define.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Database } from '../driver.ts'
import { findSeqs } from '../identity.ts'
import type { Marks } from './marks.ts'

/** What people add to events, and the app's own small facts. Event ids that are not archived throw EVENT_NOT_FOUND. */
export interface Reviews {
  markReview(ids: readonly string[], status: ReviewStatus, at: string): number
  tag(id: string, add: readonly string[], remove: readonly string[], at: string): readonly string[]
  /** Returns the note's id. */
  note(id: string, text: string, at: string): string
  markGone(id: string, scope: string, at: string): boolean
  saveView(view: SavedView): void
  removeView(id: string): boolean
  saveFact(key: string, value: Json): void
}

export function openReviews(db: Database, marks: Marks, ledger: Ledger): Reviews {
  const scopeOf = db
    .prepare<[number], string>('SELECT scope FROM "commit" JOIN event ON event.commit_num = "commit".num WHERE event.seq = ?')
    .pluck()
  const insertTag = db.prepare<[number, string]>('INSERT OR IGNORE INTO tag (seq, tag) VALUES (?, ?)')
  const removeTag = db.prepare<[number, string]>('DELETE FROM tag WHERE seq = ? AND tag = ?')
  const tagsOf = db.prepare<[number], string>('SELECT tag FROM tag WHERE seq = ? ORDER BY tag').pluck()
  const insertNote = db.prepare<[string, number, string, string]>('INSERT INTO note (id, seq, text, written_at) VALUES (?, ?, ?, ?)')
  const upsertView = db.prepare<[string, string, string, string | null, string]>(
    'INSERT OR REPLACE INTO view (id, name, query, zone, created_at) VALUES (?, ?, ?, ?, ?)',
  )
  const dropView = db.prepare<[string]>('DELETE FROM view WHERE id = ?')
  const upsertFact = db.prepare<[string, string]>('INSERT OR REPLACE INTO fact (key, json) VALUES (?, ?)')

  const seqsOf = (ids: readonly string[]): readonly number[] => {
    const seqs = findSeqs(
      db,
      ids.map((id) => Buffer.from(id, 'hex')),
    )
    return seqs.map((seq, at) => {
      if (seq === null) throw new TrailviewError('EVENT_NOT_FOUND', `There is no event ${ids[at] ?? ''} in the archive.`)
      return seq
    })
  }
  const seqOf = (id: string): number => seqsOf([id])[0] as number

  return {
    markReview: (ids, status, at) => {
      const seqs = new Set(seqsOf(ids))
      for (const seq of seqs) marks.setStatus(seq, reviewStatuses.indexOf(status))
      ledger.append('review', { status, ids }, at)
      return seqs.size
    },
    tag: (id, add, remove, at) => {
      const seq = seqOf(id)
      for (const tag of remove) removeTag.run(seq, tag)
      for (const tag of add) insertTag.run(seq, tag)
      marks.changed(seq)
      ledger.append('tag', { id, add, remove }, at)
      return tagsOf.all(seq)
    },
    note: (id, text, at) => {
      const seq = seqOf(id)
      const noteId = randomUUID()
      insertNote.run(noteId, seq, text, at)
      marks.changed(seq)
      ledger.append('note', { id, note: noteId }, at)
      return noteId
    },
    markGone: (id, scope, at) => {
      const seq = seqOf(id)
      if (scopeOf.get(seq) !== scope) return false
      if (!marks.isGone(seq)) {
        marks.setGone(seq, at)
        ledger.append('gone', { id }, at)
      }
      return true
    },
    saveView: (view) => void upsertView.run(view.id, view.name, view.query, view.zone, view.createdAt),
    removeView: (id) => dropView.run(id).changes > 0,
    saveFact: (key, value) => void upsertFact.run(key, JSON.stringify(value)),
  }
}
