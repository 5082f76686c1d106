import type { Database } from '../driver.ts'
import { keyOfEvent } from '../identity.ts'
import type { Walk } from './coverage.ts'
import type { Marks } from './marks.ts'
import type { SeenSeqs } from './seen.ts'

export interface GoneSearch {
  readonly connectionNum: number
  readonly walk: Walk
  readonly fromMs: number
  readonly toMs: number
  readonly seen: SeenSeqs
}

interface CommitRow {
  readonly received_at: string
  readonly first_seq: number
  readonly last_seq: number
}

interface EventRow {
  readonly seq: number
  readonly external_id: string
  readonly hash: Buffer
}

/**
 * Finds what a complete walk should have met and did not. Only events that the same stream brought under the same narrowing options
 * are looked at: no other walk says anything about them.
 */
export interface GoneFinder {
  /** Marks them; returns their ids. */
  mark(search: GoneSearch): readonly string[]
}

export function openGone(db: Database, marks: Marks): GoneFinder {
  // A page lies close together in time, so its commit's bounds leave only few pages to look into.
  const commits = db.prepare<[number, string, string, number, number], CommitRow>(
    `SELECT received_at, first_seq, last_seq FROM "commit"
     WHERE connection = ? AND stream = ? AND scope = ? AND max_ms >= ? AND min_ms < ?`,
  )
  const events = db.prepare<[number, number, number, number, number], EventRow>(
    'SELECT seq, external_id, hash FROM event WHERE seq BETWEEN ? AND ? AND connection = ? AND time_ms >= ? AND time_ms < ?',
  )
  return {
    mark: ({ connectionNum, walk, fromMs, toMs, seen }) => {
      const ids: string[] = []
      const from = Math.max(fromMs, Number.MIN_SAFE_INTEGER)
      for (const commit of commits.all(connectionNum, walk.stream, walk.scope, from, toMs)) {
        for (const event of events.all(commit.first_seq, commit.last_seq, connectionNum, from, toMs)) {
          if (seen.has(event.seq) || marks.isGone(event.seq)) continue
          marks.setGone(event.seq, commit.received_at)
          ids.push(keyOfEvent(walk.connection, event.external_id, event.hash).toString('hex'))
        }
      }
      return ids
    },
  }
}
