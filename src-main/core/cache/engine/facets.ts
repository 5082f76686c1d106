import type { FacetField, FacetValue } from '../../../contract/model/query.ts'
import type { Database } from '../driver.ts'
import type { ArchiveState } from './archive-state.ts'
import { flag } from './columns.ts'
import type { ColumnCounts } from './counts.ts'
import { outcomeNames, statusNames } from './names.ts'
import { prepared } from './prepared.ts'
import type { ResultSet } from './result-set.ts'
import type { Activity } from './totals.ts'
import { ValueGroups } from './value-groups.ts'

/** Groups of actors, objects and workspaces by what `field:` calls them; kept while the dictionaries live. */
export class FacetGroups {
  readonly actors: ValueGroups
  readonly subjects: ValueGroups

  constructor({ dictionaries: { actor, subject } }: ArchiveState) {
    this.actors = new ValueGroups([actor.id, actor.name, actor.email])
    this.subjects = new ValueGroups([subject.id, subject.name])
  }

  /** To be called before the groups are read. */
  catchUp(state: ArchiveState): void {
    state.totals.catchUp()
    this.actors.catchUp()
    this.subjects.catchUp()
  }
}

/** The most frequent values of a field among the matches, counted exactly; equal counts in order of value. */
export function facetOf(
  field: FacetField,
  top: number,
  counts: ColumnCounts,
  groups: FacetGroups,
  state: ArchiveState,
  db: Database,
  result: ResultSet,
): readonly FacetValue[] {
  const { dictionaries } = state
  const { contexts, connections, action, subject, kinds } = dictionaries
  switch (field) {
    case 'actor':
      return topGroups(counts.actor, groups.actors, state.totals.actors, top, (num, count) => actorValue(db, num, count))
    case 'object':
      return topGroups(counts.object, groups.subjects, state.totals.objects, top, (num, count) => subjectValue(db, num, count))
    case 'workspace': {
      const byWorkspace = new Uint32Array(dictionaries.counts.object)
      counts.context.forEach((count, context) => add(byWorkspace, contexts.workspace.at(context), count))
      return topGroups(byWorkspace, groups.subjects, state.totals.workspaces, top, (num, count) => subjectValue(db, num, count))
    }
    case 'kind': {
      const byKind = new Uint32Array(kinds.texts.length)
      counts.object.forEach((count, number) => {
        if (number > 0 && count > 0) add(byKind, subject.kind.at(number), count)
      })
      return plain(byKind, (kind) => kinds.texts[kind], top)
    }
    case 'action': {
      const byAction = sumByContext(counts, contexts.action.values, action.action.count)
      return named(
        topOf(byAction, top, 0).map(({ key, count }) => {
          const word = key === 0 ? undefined : prepared<[number], string>(db, 'SELECT action FROM action WHERE num = ?', 'values').get(key)
          return { value: word ?? dictionaries.action.action.text(key) ?? '', count }
        }),
        top,
      )
    }
    case 'verb': {
      const byAction = sumByContext(counts, contexts.action.values, action.action.count)
      return named(
        [...byAction].map((count, number) => ({ value: action.verb.text(number) ?? '', count })),
        top,
      )
    }
    case 'outcome':
      return plain(sumByContext(counts, contexts.outcome.values, outcomeNames.length), (outcome) => outcomeNames[outcome], top)
    case 'service':
      return named(
        byConnection(counts, state).map(({ num, count }) => ({ value: connections.get(num)?.service ?? '', count })),
        top,
      )
    case 'connection':
      return byConnection(counts, state)
        .flatMap(({ num, count }) => {
          const connection = connections.get(num)
          return connection === undefined ? [] : [{ value: connection.id, label: connection.name, count }]
        })
        .toSorted(byCount)
        .slice(0, top)
    case 'status': {
      const byStatus = new Uint32Array(statusNames.length)
      counts.flags.forEach((count, flags) => add(byStatus, flags & flag.status, count))
      return plain(byStatus, (status) => statusNames[status], top)
    }
    case 'tag': {
      const tags = [...state.tags].flatMap(([row, list]) => (result.has(row) ? list : []))
      return named(
        tags.map((value) => ({ value, count: 1 })),
        top,
      )
    }
  }
}

const byCount = (a: FacetValue, b: FacetValue): number => b.count - a.count || (a.value < b.value ? -1 : 1)

/** Sums counts of equal values. */
function named(values: readonly { readonly value: string; readonly count: number }[], top: number): readonly FacetValue[] {
  const sums = new Map<string, number>()
  for (const { value, count } of values) if (count > 0) sums.set(value, (sums.get(value) ?? 0) + count)
  return [...sums]
    .map(([value, count]) => ({ value, label: value, count }))
    .toSorted(byCount)
    .slice(0, top)
}

function plain(counts: Uint32Array, nameOf: (number: number) => string | undefined, top: number): readonly FacetValue[] {
  return named(
    [...counts].map((count, number) => ({ value: nameOf(number) ?? '', count })),
    top,
  )
}

function add(sums: Uint32Array, at: number, count: number): void {
  sums[at] = (sums[at] ?? 0) + count
}

function sumByContext({ context }: ColumnCounts, numbers: Uint32Array, size: number): Uint32Array {
  const sums = new Uint32Array(size)
  context.forEach((count, number) => {
    if (count > 0) add(sums, numbers[number] ?? 0, count)
  })
  return sums
}

function byConnection(counts: ColumnCounts, { dictionaries }: ArchiveState): readonly { readonly num: number; readonly count: number }[] {
  const sums = new Map<number, number>()
  counts.context.forEach((count, context) => {
    const num = dictionaries.contexts.connection.at(context)
    if (count > 0) sums.set(num, (sums.get(num) ?? 0) + count)
  })
  return [...sums].map(([num, count]) => ({ num, count }))
}

/** The groups with most events, each called by its latest name. */
function topGroups(
  counts: Uint32Array,
  groups: ValueGroups,
  activity: Activity,
  top: number,
  valueOf: (num: number, count: number) => FacetValue,
): readonly FacetValue[] {
  const found = topOf(grouped(counts, groups), top)
  const latest = groups.latestOf(
    found.map(({ key }) => key),
    activity.lastMs,
  )
  return found.map(({ key, count }) => valueOf(latest.get(key) ?? 0, count))
}

function grouped(counts: Uint32Array, { groupOf, members }: ValueGroups): Uint32Array {
  const sums = new Uint32Array(members.length)
  for (let number = 1; number < counts.length; number++) {
    const count = counts[number] as number
    if (count > 0) add(sums, groupOf[number] as number, count)
  }
  return sums
}

/** Keys of the greatest counts, descending; key 0, "none", left out unless asked for. */
function topOf(counts: Uint32Array, top: number, from = 1): readonly { readonly key: number; readonly count: number }[] {
  const filled: number[] = []
  for (let key = from; key < counts.length; key++) if ((counts[key] as number) > 0) filled.push(key)
  // Only what may be among the first is sorted: the least count that still belongs is found first.
  if (filled.length > top * 4) {
    const sorted = Uint32Array.from(filled, (key) => counts[key] as number).sort()
    const least = sorted[sorted.length - top] ?? 0
    return sortKeys(
      filled.filter((key) => (counts[key] as number) >= least),
      counts,
    ).slice(0, top)
  }
  return sortKeys(filled, counts).slice(0, top)
}

function sortKeys(keys: readonly number[], counts: Uint32Array): readonly { readonly key: number; readonly count: number }[] {
  return keys.map((key) => ({ key, count: counts[key] as number })).toSorted((a, b) => b.count - a.count || a.key - b.key)
}

function actorValue(db: Database, num: number, count: number): FacetValue {
  const actor = prepared<[number], { id: string | null; name: string | null; email: string | null }>(
    db,
    'SELECT id, name, email FROM actor WHERE num = ?',
  ).get(num)
  return { value: actor?.id ?? actor?.name ?? actor?.email ?? '', label: actor?.name ?? actor?.email ?? actor?.id ?? '', count }
}

function subjectValue(db: Database, num: number, count: number): FacetValue {
  const subject = prepared<[number], { id: string | null; name: string | null }>(db, 'SELECT id, name FROM subject WHERE num = ?').get(num)
  return { value: subject?.id ?? subject?.name ?? '', label: subject?.name ?? subject?.id ?? '', count }
}
