import type { FacetField, FacetValue } from '../../../../contract/model/query.ts'
import type { Database } from '../../driver.ts'
import type { ArchiveState } from '../archive-state.ts'
import { flag } from '../columns/columns.ts'
import { emptyBits, forEachBit, hasBit, setBit } from '../columns/bitmap.ts'
import { type Counter, topOfAll, topWithEqual } from './counter.ts'
import type { CountedResult } from './counting.ts'
import { latestOf, membersOf, type ThingColumn } from '../dictionaries/latest-names.ts'
import { outcomeNames, statusNames } from '../dictionaries/names.ts'
import { prepared } from '../rows/prepared.ts'
import { release } from '../../../lib/release.ts'
import type { ResultSet } from '../search/result-set.ts'
import { numberAt, type SplitNumbers } from '../columns/split-column.ts'
import type { ValueGroups } from '../dictionaries/value-groups.ts'

/** What the facets of a result are made from. */
export interface FacetSource {
  readonly state: ArchiveState
  readonly db: Database
  readonly counted: CountedResult
  /** Counts of the groups of objects that are not frequent, for when `knowsTopObjects` says no; null: not counted. */
  readonly rare: Counter | null
}

/** The most frequent values of a field among the matches, counted exactly; equal counts in a stable order. */
export function facetOf(field: FacetField, top: number, source: FacetSource): readonly FacetValue[] {
  const { state, db } = source
  const { result, counts, sums } = source.counted
  const { connections, action, actor, kinds } = state.dictionaries
  const fold = (text: string): string => state.dictionaries.folded(text)
  switch (field) {
    case 'actor':
      return named(state, db, 'actor', topOfNumbers(counts.actor, actor.groups, top))
    case 'object':
      return named(state, db, 'object', topOfObjects(source, top))
    case 'workspace':
      return named(state, db, 'workspace', topOfWorkspaces(state, sums.workspace, top))
    case 'kind':
      return plain(sums.kind.slice(1), (kind) => kinds.texts[kind], top, fold)
    case 'action':
      return plain(
        sums.action,
        (number) =>
          prepared<[number], string>(db, 'SELECT action FROM action WHERE num = ?', 'values').get(number) ??
          action.action.text(number) ??
          undefined,
        top,
        fold,
      )
    case 'verb':
      return plain(sums.action, (number) => action.verb.text(number) ?? undefined, top, fold)
    case 'outcome':
      return plain(sums.outcome, (outcome) => outcomeNames[outcome], top, fold)
    case 'service':
      return plain(sums.connection, (num) => connections.get(num)?.service, top, fold)
    case 'connection': {
      const names = new Map([...connections.values()].map(({ id, name }) => [id, name]))
      return plain(sums.connection, (num) => connections.get(num)?.id, top, fold).map((facet) => ({
        ...facet,
        label: names.get(facet.value) ?? facet.value,
      }))
    }
    case 'status':
      return plain(
        statusNames.map((_, status) =>
          counts.flags.reduce((sum, count, flags) => ((flags & flag.status) === status ? sum + count : sum), 0),
        ),
        (status) => statusNames[status],
        top,
        fold,
      )
    case 'tag': {
      const sums = new Map<string, number>()
      for (const [row, tags] of state.tags) {
        if (!result.has(row)) continue
        for (const tag of new Map(tags.map((tag) => [fold(tag), tag])).values()) sums.set(tag, (sums.get(tag) ?? 0) + 1)
      }
      return ranked(sums, top, fold)
    }
  }
}

/** True when the counts of frequent objects tell the most frequent ones of a result for certain. */
export function knowsTopObjects(counted: CountedResult, top: number): boolean {
  const { counts, sums, basis } = counted
  // Place 0 holds events without an object as well.
  if (counts.place[0] === (sums.kind[0] ?? 0)) return true
  const found = topOfFrequent(counted, top)
  return found.length === top && (found.at(-1)?.count ?? 0) > basis.frequent.rest
}

/** Values by name: numbers of one name are one value. */
function plain(
  sums: readonly number[],
  nameOf: (number: number) => string | undefined,
  top: number,
  fold: (text: string) => string,
): readonly FacetValue[] {
  const byName = new Map<string, number>()
  sums.forEach((count, number) => {
    if (count === 0) return
    const name = nameOf(number) ?? ''
    byName.set(name, (byName.get(name) ?? 0) + count)
  })
  return ranked(byName, top, fold)
}

/** What a query does not tell apart is one value, as most of its events spell it. */
function ranked(sums: ReadonlyMap<string, number>, top: number, fold: (text: string) => string): readonly FacetValue[] {
  const spellings = Map.groupBy(sums, ([value]) => fold(value))
  return [...spellings.values()]
    .map((found) => {
      const [value] = found.reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a))
      return { value, label: value, count: found.reduce((sum, [, count]) => sum + count, 0) }
    })
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, top)
}

/** A value among the matches: the group it is, its count, and those of its numbers that are seen. */
interface GroupCount {
  readonly group: number
  readonly count: number
  readonly seen: readonly number[]
}

/** The groups with most events, from counts by number. */
function topOfNumbers(counts: Uint32Array, groups: ValueGroups, top: number): readonly GroupCount[] {
  const sums = new Uint32Array(counts.length)
  for (let number = 1; number < counts.length; number++) {
    if (counts[number] === 0) continue
    const group = groups.of(number)
    sums[group] = (sums[group] as number) + (counts[number] as number)
  }
  const seen = new Map<number, number[]>(topOfAll(sums, top).map((group) => [group, []]))
  for (let number = 1; number < counts.length; number++) if (counts[number] !== 0) seen.get(groups.of(number))?.push(number)
  const found = [...seen].map(([group, numbers]) => ({ group, count: sums[group] as number, seen: numbers }))
  release(sums)
  return found
}

function topOfWorkspaces({ dictionaries }: ArchiveState, byPlace: Uint32Array, top: number): readonly GroupCount[] {
  const { contexts, subject } = dictionaries
  const sums = new Map<number, { count: number; seen: number[] }>()
  byPlace.forEach((count, place) => {
    const workspace = contexts.workspaces[place] ?? 0
    const group = subject.groups.of(workspace)
    if (count === 0 || group === 0) return
    const sum = sums.get(group)
    if (sum === undefined) sums.set(group, { count, seen: [workspace] })
    else {
      sum.count += count
      sum.seen.push(workspace)
    }
  })
  return [...sums]
    .sort(([groupA, a], [groupB, b]) => b.count - a.count || groupA - groupB)
    .slice(0, top)
    .map(([group, { count, seen }]) => ({ group, count, seen: seen.sort((a, b) => a - b) }))
}

function topOfFrequent({ counts, basis }: CountedResult, top: number): readonly GroupCount[] {
  const { frequent } = basis
  const sums = new Uint32Array(frequent.groups.length)
  for (let place = 1; place < counts.place.length; place++) {
    const index = frequent.groupOf[place] as number
    sums[index] = (sums[index] as number) + (counts.place[place] as number)
  }
  // Equal counts by group, as everywhere; places know them in another order.
  const indexes = topWithEqual(sums, top)
  const seen = new Map<number, number[]>(indexes.map((index) => [index, []]))
  for (let place = 1; place < counts.place.length; place++) {
    if (counts.place[place] !== 0) seen.get(frequent.groupOf[place] as number)?.push(frequent.numbers[place] as number)
  }
  const found = [...seen].map(([index, numbers]) => ({
    group: frequent.groups[index] as number,
    count: sums[index] as number,
    seen: numbers,
  }))
  release(sums)
  return found.sort((a, b) => b.count - a.count || a.group - b.group).slice(0, top)
}

function topOfObjects({ counted, rare, state }: FacetSource, top: number): readonly GroupCount[] {
  const frequent = topOfFrequent(counted, top)
  if (rare === null) return frequent
  return [...frequent, ...topOfRare(rare, state, counted.result, top)].sort((a, b) => b.count - a.count || a.group - b.group).slice(0, top)
}

function topOfRare(groups: Counter, { columns, dictionaries }: ArchiveState, result: ResultSet, top: number): readonly GroupCount[] {
  const { subject } = dictionaries
  const found = groups.top(top)
  // Which of a thing's names are seen only matters where it has several.
  const varied = found.filter((group) => subject.groups.isVaried(group))
  const members = varied.length === 0 ? new Map<number, readonly number[]>() : membersOf(subject, varied, () => true)
  const seen = seenNumbers(columns.object, result, subject.count, [...members.values()].flat())
  return found.map((group) => ({
    group,
    count: groups.counts[group] as number,
    seen: members.get(group)?.filter((number) => hasBit(seen, number)) ?? [group],
  }))
}

/** Those of some numbers that the matches have in a column, as bits. */
function seenNumbers(column: SplitNumbers, { words }: ResultSet, size: number, numbers: readonly number[]): Uint32Array {
  const seen = emptyBits(numbers.length === 0 ? 0 : size)
  if (numbers.length === 0) return seen
  const wanted = emptyBits(size)
  for (const number of numbers) setBit(wanted, number)
  forEachBit(words, 0, words.length, (row) => {
    const number = numberAt(column, row)
    if (hasBit(wanted, number)) setBit(seen, number)
  })
  release(wanted)
  return seen
}

/** The most names a label holds; more are said to be there. */
const mostNames = 3
/** The most former names that are looked at for the connections they belong to. */
const mostFormer = 200

/** A group with what tells it from others. */
export interface Known {
  /** What `field:` takes for this group alone. */
  readonly value: string
  /** The latest: one for each connection that gives the same id to something else. */
  readonly names: readonly string[]
  readonly services: readonly string[]
  readonly count: number
}

function named(state: ArchiveState, db: Database, column: ThingColumn, found: readonly GroupCount[]): readonly FacetValue[] {
  return known(state, db, column, found).map(({ names, ...rest }) => ({ ...rest, label: labelOf(names) }))
}

/** The names of one thing as a label. */
export function labelOf(names: readonly string[]): string {
  return names.slice(0, mostNames).join(' / ') + (names.length > mostNames ? ' / …' : '')
}

/** Groups by the latest names they have among the matches, in the order given. */
export function known(state: ArchiveState, db: Database, column: ThingColumn, found: readonly GroupCount[]): readonly Known[] {
  const latest = latestOf(state, column, new Map(found.map(({ group, seen }) => [group, seen])))
  const sql =
    column === 'actor'
      ? 'SELECT connection, id, name, email FROM actor WHERE num = ?'
      : 'SELECT connection, id, name, NULL AS email FROM subject WHERE num = ?'
  const find = prepared<[number], NamedRow>(db, sql)
  return found.map(({ group, count }) => {
    const byConnection = new Map<number, NamedRow>()
    for (const number of (latest.get(group) ?? [group]).slice(0, mostFormer)) {
      const row = find.get(number)
      if (row !== undefined && !byConnection.has(row.connection)) byConnection.set(row.connection, row)
    }
    const rows = [...byConnection.values()]
    const services = [...byConnection.keys()].flatMap((num) => state.dictionaries.connections.get(num)?.service ?? [])
    const [first] = rows
    return {
      value: first?.id ?? first?.name ?? first?.email ?? '',
      names: [...new Set(rows.map(({ id, name, email }) => name ?? email ?? id ?? ''))],
      services: [...new Set(services)],
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
