import type { QueryCompletion } from '../../../contract/model/query.ts'
import type { Database } from '../driver.ts'
import type { ArchiveState } from './archive-state.ts'
import { emptyBits, forEachBit, hasBit } from './bitmap.ts'
import { topKeys } from './counter.ts'
import { countAll } from './counts.ts'
import type { Entries } from './entries.ts'
import { type FacetSource, facetOf } from './facets.ts'
import { latestOf, membersOf, type ThingColumn } from './latest-names.ts'
import { prepared } from './prepared.ts'
import { isFileKind } from './quick-test.ts'
import { searched, together } from './text-scan.ts'

type Completion = Pick<QueryCompletion, 'insert' | 'label' | 'count'>

interface Named {
  readonly id: string | null
  readonly name: string | null
  readonly email: string | null
}

/** Values of a field that contain the folded text, most frequent first. `all` counts every event and reads from the counts. */
export async function completeValue(
  field: string,
  foldedText: string,
  limit: number,
  state: ArchiveState,
  db: Database,
  all: <Value>(read: (source: FacetSource) => Value) => Promise<Value>,
): Promise<readonly Completion[]> {
  const { actor, subject, kinds, counts } = state.dictionaries
  switch (field) {
    case 'actor':
      return things(foldedText, limit, countAll(state.columns, 'actor', counts.actor), actor, 'actor', state, db)
    case 'object':
      return things(foldedText, limit, countAll(state.columns, 'object', counts.object), subject, 'object', state, db)
    case 'file': {
      const isFile = kinds.texts.map(isFileKind)
      const perFile = countAll(state.columns, 'object', counts.object).map((count, num) =>
        isFile[subject.kind.at(num)] === true ? count : 0,
      )
      return things(foldedText, limit, perFile, subject, 'object', state, db)
    }
    case 'workspace':
      return things(foldedText, limit, countWorkspaces(state), subject, 'workspace', state, db)
    case 'verb':
    case 'action':
    case 'kind':
    case 'service':
    case 'connection':
    case 'outcome':
    case 'status':
    case 'tag': {
      const folded = (text: string): string => state.dictionaries.folded(text)
      const values = await all((source) => facetOf(field, Infinity, source))
      return values
        .filter(({ value, label }) => folded(value).includes(foldedText) || folded(label).includes(foldedText))
        .slice(0, limit)
        .map(({ label, count }) => ({ insert: label, label, count }))
    }
    default:
      return []
  }
}

/** Counts of all events by workspace. */
export function countWorkspaces({ columns, dictionaries }: ArchiveState): Uint32Array {
  const { contexts, counts } = dictionaries
  const perWorkspace = new Uint32Array(counts.object)
  countAll(columns, 'context', contexts.count).forEach((count, context) => {
    const workspace = contexts.workspace.at(context)
    perWorkspace[workspace] = (perWorkspace[workspace] ?? 0) + count
  })
  return perWorkspace
}

function things(
  foldedText: string,
  limit: number,
  counts: Uint32Array,
  entries: Entries,
  column: ThingColumn,
  state: ArchiveState,
  db: Database,
): readonly Completion[] {
  const found = emptyBits(entries.count)
  searched(together(entries.texts.map((column) => column.marking('anywhere', foldedText, found))))
  const sums = new Uint32Array(entries.count)
  const groups: number[] = []
  forEachBit(found, 0, found.length, (num) => {
    const count = counts[num] as number
    if (num === 0 || count === 0) return
    const group = entries.groups.first.at(num)
    if (sums[group] === 0) groups.push(group)
    sums[group] = (sums[group] as number) + count
  })
  const top = topKeys(Uint32Array.from(groups), sums, limit)
  const latest = latestOf(
    state,
    column,
    membersOf(entries, top, (num) => hasBit(found, num) && counts[num] !== 0),
  )
  const sql =
    column === 'actor' ? 'SELECT id, name, email FROM actor WHERE num = ?' : 'SELECT id, name, NULL AS email FROM subject WHERE num = ?'
  return top.map((group) => {
    const named = prepared<[number], Named>(db, sql).get(latest.get(group)?.[0] ?? group)
    const label = named?.name ?? named?.email ?? named?.id ?? ''
    return { insert: label, label, count: sums[group] as number }
  })
}
