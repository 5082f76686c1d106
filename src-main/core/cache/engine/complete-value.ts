import type { QueryCompletion } from '../../../contract/model/query.ts'
import type { Database } from '../driver.ts'
import type { ArchiveState } from './archive-state.ts'
import { type FacetGroups, facetOf } from './facets.ts'
import { prepared } from './prepared.ts'
import type { TextColumn } from './text-column.ts'
import type { Activity } from './totals.ts'
import type { ValueGroups } from './value-groups.ts'
import { ResultSet } from './result-set.ts'

type Completion = Pick<QueryCompletion, 'insert' | 'label' | 'count'>

interface Named {
  readonly id: string | null
  readonly name: string | null
  readonly email: string | null
}

/** Values of a field that contain the folded text, most frequent first. */
export function completeValue(
  field: string,
  foldedText: string,
  limit: number,
  state: ArchiveState,
  groups: FacetGroups,
  db: Database,
  all: ResultSet,
): readonly Completion[] {
  const { actor, subject, kinds, contexts, counts: sizes } = state.dictionaries
  const { counts } = state.totals
  switch (field) {
    case 'actor':
      return things(foldedText, limit, counts.actor, [actor.name, actor.email, actor.id], groups.actors, state.totals.actors, (num) =>
        prepared<[number], Named>(db, 'SELECT id, name, email FROM actor WHERE num = ?').get(num),
      )
    case 'object':
    case 'file': {
      const isFile = kinds.texts.map((kind) => kind === 'file' || kind === 'folder')
      const perObject =
        field === 'object' ? counts.object : counts.object.map((count, num) => (isFile[subject.kind.at(num)] === true ? count : 0))
      return things(foldedText, limit, perObject, [subject.name, subject.id], groups.subjects, state.totals.objects, (num) =>
        subjectOf(db, num),
      )
    }
    case 'workspace': {
      const perWorkspace = new Uint32Array(sizes.object)
      counts.context.forEach((count, context) => {
        perWorkspace[contexts.workspace.at(context)] = (perWorkspace[contexts.workspace.at(context)] ?? 0) + count
      })
      return things(foldedText, limit, perWorkspace, [subject.name, subject.id], groups.subjects, state.totals.workspaces, (num) =>
        subjectOf(db, num),
      )
    }
    case 'verb':
    case 'action':
    case 'kind':
    case 'service':
    case 'connection':
    case 'outcome':
    case 'status':
    case 'tag':
      return facetOf(field, Infinity, counts, groups, state, db, all)
        .filter(
          ({ value, label }) =>
            state.dictionaries.folded(value).includes(foldedText) || state.dictionaries.folded(label).includes(foldedText),
        )
        .slice(0, limit)
        .map(({ label, count }) => ({ insert: label, label, count }))
    default:
      return []
  }
}

function subjectOf(db: Database, num: number): Named | undefined {
  return prepared<[number], Named>(db, 'SELECT id, name, NULL AS email FROM subject WHERE num = ?').get(num)
}

function things(
  foldedText: string,
  limit: number,
  counts: Uint32Array,
  columns: readonly TextColumn[],
  groups: ValueGroups,
  activity: Activity,
  read: (num: number) => Named | undefined,
): readonly Completion[] {
  const mask = new Uint8Array(counts.length)
  for (const column of columns) column.markContaining(foldedText, mask)
  const sums = new Map<number, number>()
  for (let num = 1; num < mask.length; num++) {
    if (mask[num] === 0 || counts[num] === 0) continue
    const group = groups.groupOf[num] ?? 0
    sums.set(group, (sums.get(group) ?? 0) + (counts[num] ?? 0))
  }
  const found = [...sums].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, limit)
  const latest = groups.latestOf(
    found.map(([group]) => group),
    activity.lastMs,
  )
  return found.map(([group, count]) => {
    const named = read(latest.get(group) ?? 0)
    const label = named?.name ?? named?.email ?? named?.id ?? ''
    return { insert: label, label, count }
  })
}
