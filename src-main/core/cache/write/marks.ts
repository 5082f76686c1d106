import type { Database } from '../driver.ts'

/** What is noted beside an event; every change is announced to the readers. */
export interface Marks {
  setLate(seq: number, since: string): void
  setGone(seq: number, lastSeenAt: string): void
  /** The event is at the source after all; true when it had been marked. */
  clearGone(seq: number): boolean
  isGone(seq: number): boolean
  setStatus(seq: number, status: number): void
  /** Announces that something about the event changed. */
  changed(seq: number): void
}

export function openMarks(db: Database): Marks {
  const late = db.prepare<[number, string]>(
    'INSERT INTO mark (seq, late_since) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET late_since = excluded.late_since',
  )
  const gone = db.prepare<[number, string]>(
    'INSERT INTO mark (seq, gone_since) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET gone_since = excluded.gone_since',
  )
  const clear = db.prepare<[number]>('UPDATE mark SET gone_since = NULL WHERE seq = ? AND gone_since IS NOT NULL')
  const goneSince = db.prepare<[number], string | null>('SELECT gone_since FROM mark WHERE seq = ?').pluck()
  const status = db.prepare<[number, number]>(
    'INSERT INTO mark (seq, status) VALUES (?, ?) ON CONFLICT (seq) DO UPDATE SET status = excluded.status',
  )
  const change = db.prepare<[number]>('INSERT INTO change (seq) VALUES (?)')
  const changed = (seq: number): void => void change.run(seq)
  return {
    setLate: (seq, since) => {
      late.run(seq, since)
      changed(seq)
    },
    setGone: (seq, lastSeenAt) => {
      gone.run(seq, lastSeenAt)
      changed(seq)
    },
    clearGone: (seq) => {
      const wasGone = clear.run(seq).changes > 0
      if (wasGone) changed(seq)
      return wasGone
    },
    isGone: (seq) => typeof goneSince.get(seq) === 'string',
    setStatus: (seq, value) => {
      status.run(seq, value)
      changed(seq)
    },
    changed,
  }
}
