import type { ListedCount } from '../../../../contract/model/collection.ts'
import type { Database } from '../../driver.ts'
import { findSeqs } from '../../identity.ts'
import type { ArchiveState } from '../archive-state.ts'
import { flag } from '../columns/columns.ts'
import { prepared } from '../rows/prepared.ts'
import { ResultSet } from './result-set.ts'

/** The events behind a count of a run: what its commits added is known by number, what it changed or missed by the ledger. */
export function eventsOfRun(db: Database, state: ArchiveState, run: string, count: ListedCount): ResultSet {
  switch (count) {
    case 'added':
      return setOf(state, addedBy(db, run))
    case 'late':
    case 'unmapped':
      return setOf(state, addedBy(db, run), flag[count])
    case 'gone':
      return setOf(state, toldBy(db, run, 'goneIds'))
    case 'changed': {
      // A further payload of an event that the run itself added makes no changed event.
      const added = new Set(addedBy(db, run))
      return setOf(
        state,
        toldBy(db, run, 'changedIds').filter((seq) => !added.has(seq)),
      )
    }
  }
}

function setOf({ columns, version }: ArchiveState, seqs: Iterable<number>, wantedFlag = 0): ResultSet {
  const words = new Uint32Array((columns.count + 31) >>> 5)
  for (const seq of seqs) {
    const row = seq - 1
    const flags = columns.flags[row] ?? flag.removed
    if ((flags & flag.removed) === 0 && (flags & wantedFlag) === wantedFlag) words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31))
  }
  return new ResultSet(words, version)
}

function* addedBy(db: Database, run: string): Generator<number, void, void> {
  const commits = prepared<[string], { first_seq: number; last_seq: number }>(
    db,
    'SELECT first_seq, last_seq FROM "commit" WHERE run = ? AND first_seq IS NOT NULL',
  )
  for (const { first_seq: first, last_seq: last } of commits.all(run)) for (let seq = first; seq <= last; seq++) yield seq
}

/** Events that the pages of a run list in the ledger. */
function toldBy(db: Database, run: string, list: 'changedIds' | 'goneIds'): readonly number[] {
  const entries = prepared<[string, string], string>(
    db,
    "SELECT json FROM ledger WHERE kind = 'page' AND instr(json, ?) > 0 AND json ->> 'run' = ?",
    'values',
  )
  const ids = entries.all(list, run).flatMap((json) => (JSON.parse(json) as Readonly<Record<typeof list, readonly string[]>>)[list])
  return findSeqs(
    db,
    ids.map((id) => Buffer.from(id, 'hex')),
  ).filter((seq) => seq !== null)
}
