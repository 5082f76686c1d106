import { fold } from '../../../lib/fold.ts'
import { matchesWhole } from '../../../query/pattern.ts'
import type { Pattern } from '../../../query/tree.ts'
import { findByExternalId, findSeq, keyBytes } from '../../identity.ts'
import type { CompileContext, Step } from './compile.ts'
import { both, rowsProgram } from './combine.ts'
import { prepared } from '../rows/prepared.ts'
import type { Program } from './program.ts'
import { idOfEvent } from '../rows/rows.ts'

const idPattern = new RegExp(`^[0-9a-f]{${keyBytes * 2}}$`)

/** Events whose id, ours or the service's, is what a pattern says: whole ids by index, patterns with `*` by looking at each event. */
export function rowsOfId(patterns: readonly Pattern[], context: CompileContext, steps: Step[]): Program {
  return both(
    'or',
    patterns.map((pattern) => {
      const [whole = ''] = pattern.pieces
      if (pattern.pieces.length === 1) return rowsOfWholeId(whole, context, steps)
      // Every event has an id of ours.
      if (pattern.pieces.every((piece) => piece === '')) return { op: 'all' }
      steps.push(() => 'id: every event is read and compared')
      return { op: 'confirm', candidates: { op: 'all' }, isSlow: true, isMatch: (row) => isIdMatch(pattern, context, row) }
    }),
  )
}

function rowsOfWholeId(id: string, { db }: CompileContext, steps: Step[]): Program {
  const seqs = new Set<number>()
  if (idPattern.test(id)) {
    const seq = findSeq(db, Buffer.from(id, 'hex'))
    if (seq !== null) seqs.add(seq)
  }
  if (id !== '') for (const seq of findByExternalId(db, id)) seqs.add(seq)
  else for (const seq of prepared<[], number>(db, "SELECT seq FROM event WHERE external_id = ''", 'values').all()) seqs.add(seq)
  steps.push(() => `id: ${seqs.size} by the index of ids`)
  return rowsProgram([...seqs].map((seq) => seq - 1))
}

function isIdMatch(pattern: Pattern, { db }: CompileContext, row: number): boolean {
  const event = prepared<[number], { id: string; external_id: string; hash: string }>(
    db,
    'SELECT c.id, e.external_id, lower(hex(e.hash)) AS hash FROM event e JOIN connection c ON c.num = e.connection WHERE e.seq = ?',
  ).get(row + 1)
  if (event === undefined) return false
  return matchesWhole(pattern, fold(event.external_id)) || matchesWhole(pattern, idOfEvent(event.id, event.external_id, event.hash))
}
