import type { FacetField, FacetValue } from '../../../contract/model/query.ts'
import type { Database } from '../driver.ts'
import type { ArchiveState } from './archive-state.ts'
import { flag } from './columns.ts'
import type { Counter } from './counter.ts'
import type { ColumnCounters } from './counts.ts'
import { latestOf, type ThingColumn } from './latest-names.ts'
import { outcomeNames, statusNames } from './names.ts'
import { prepared } from './prepared.ts'
import type { ResultSet } from './result-set.ts'
import type { ValueGroups } from './value-groups.ts'

/** What the facets of a result are made from. */
export interface FacetSource {
  readonly state: ArchiveState
  readonly db: Database
  readonly result: ResultSet
  /** Filled with all matches. */
  readonly counters: ColumnCounters
}

/** The most frequent values of a field among the matches, counted exactly; equal counts in a stable order. */
export function facetOf(field: FacetField, top: number, source: FacetSource): readonly FacetValue[] {
  const { state, db, counters } = source
  const { contexts, connections, action, actor, subject, kinds } = state.dictionaries
  const byContext = (numberOf: (context: number) => number): readonly number[] => sumBy(counters.context, numberOf)
  switch (field) {
    case 'actor': {
      const found = topGroups(counters.actor, actor.groups, top, counters.sums)
      return named(state, db, 'actor', found, (number) => counters.actor.counts[number] !== 0)
    }
    case 'object': {
      const found = topGroups(counters.object, subject.groups, top, counters.sums)
      return named(state, db, 'object', found, (number) => counters.object.counts[number] !== 0)
    }
    case 'workspace': {
      const { sums } = counters
      sums.clear()
      const seen = new Set<number>()
      counters.context.forEach((context, count) => {
        seen.add(contexts.workspace.at(context))
        sums.add(subject.groups.first.at(contexts.workspace.at(context)), count)
      })
      return named(state, db, 'workspace', topSums(sums, top), (number) => seen.has(number))
    }
    case 'kind':
      return plain(
        sumBy(counters.object, (number) => (number === 0 ? -1 : subject.kind.at(number))),
        (kind) => kinds.texts[kind],
        top,
      )
    case 'action':
      return plain(
        byContext((context) => contexts.action.at(context)),
        (number) =>
          prepared<[number], string>(db, 'SELECT action FROM action WHERE num = ?', 'values').get(number) ??
          action.action.text(number) ??
          undefined,
        top,
      )
    case 'verb':
      return plain(
        byContext((context) => contexts.action.at(context)),
        (number) => action.verb.text(number) ?? undefined,
        top,
      )
    case 'outcome':
      return plain(
        byContext((context) => contexts.outcome.at(context)),
        (outcome) => outcomeNames[outcome],
        top,
      )
    case 'service':
      return plain(
        byContext((context) => contexts.connection.at(context)),
        (num) => connections.get(num)?.service,
        top,
      )
    case 'connection': {
      const names = new Map([...connections.values()].map(({ id, name }) => [id, name]))
      return plain(
        byContext((context) => contexts.connection.at(context)),
        (num) => connections.get(num)?.id,
        top,
      ).map((facet) => ({ ...facet, label: names.get(facet.value) ?? facet.value }))
    }
    case 'status':
      return plain(
        sumBy(counters.flags, (flags) => flags & flag.status),
        (status) => statusNames[status],
        top,
      )
    case 'tag': {
      const sums = new Map<string, number>()
      for (const [row, tags] of state.tags) if (source.result.has(row)) for (const tag of tags) sums.set(tag, (sums.get(tag) ?? 0) + 1)
      return ranked(sums, top)
    }
  }
}

/** Sums counts by another number, one of few; a negative one is left out. */
function sumBy(counter: Counter, numberOf: (number: number) => number): readonly number[] {
  const sums: number[] = []
  counter.forEach((number, count) => {
    const key = numberOf(number)
    if (key < 0) return
    while (sums.length <= key) sums.push(0)
    sums[key] = (sums[key] as number) + count
  })
  return sums
}

/** Values by name: numbers of one name are one value. */
function plain(sums: readonly number[], nameOf: (number: number) => string | undefined, top: number): readonly FacetValue[] {
  const byName = new Map<string, number>()
  sums.forEach((count, number) => {
    if (count === 0) return
    const name = nameOf(number) ?? ''
    byName.set(name, (byName.get(name) ?? 0) + count)
  })
  return ranked(byName, top)
}

function ranked(sums: ReadonlyMap<string, number>, top: number): readonly FacetValue[] {
  return [...sums]
    .map(([value, count]) => ({ value, label: value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, top)
}

type GroupCount = readonly [group: number, count: number]

/** The groups with most events, and how many. */
function topGroups(counter: Counter, { first }: ValueGroups, top: number, sums: Counter): readonly GroupCount[] {
  sums.clear()
  const groupOf = first.values
  counter.forEach((number, count) => sums.add(groupOf[number] as number, count))
  return topSums(sums, top)
}

function topSums(sums: Counter, top: number): readonly GroupCount[] {
  return sums.top(top).map((group) => [group, sums.counts[group] as number])
}

/** The most names a label holds; more are said to be there. */
const mostNames = 3
/** The most former names that are looked at for the connections they belong to. */
const mostFormer = 200

/** Groups by the latest names they have among the matches: one for each connection that gives the same id to something else. */
function named(
  state: ArchiveState,
  db: Database,
  column: ThingColumn,
  found: readonly GroupCount[],
  isSeen: (number: number) => boolean,
): readonly FacetValue[] {
  const groups = found.map(([group]) => group)
  const latest = latestOf(state, column, groups, isSeen)
  const sql =
    column === 'actor'
      ? 'SELECT connection, id, name, email FROM actor WHERE num = ?'
      : 'SELECT connection, id, name, NULL AS email FROM subject WHERE num = ?'
  const find = prepared<[number], NamedRow>(db, sql)
  return found.map(([group, count]) => {
    const byConnection = new Map<number, NamedRow>()
    for (const number of (latest.get(group) ?? [group]).slice(0, mostFormer)) {
      const row = find.get(number)
      if (row !== undefined && !byConnection.has(row.connection)) byConnection.set(row.connection, row)
    }
    const rows = [...byConnection.values()]
    const labels = [...new Set(rows.map(({ id, name, email }) => name ?? email ?? id ?? ''))]
    const [first] = rows
    return {
      value: first?.id ?? first?.name ?? first?.email ?? '',
      label: labels.slice(0, mostNames).join(' / ') + (labels.length > mostNames ? ' / …' : ''),
      count,
    }
  })
}

interface NamedRow {
  readonly connection: number
  readonly id: string | null
  readonly name: string | null
  readonly email: string | null
}
