import type { ArchiveState } from '../archive-state.ts'
import { emptyBits, hasBit, setBit } from '../columns/bitmap.ts'
import type { Entries } from './entries.ts'
import { release } from '../../../lib/release.ts'
import { numberAt } from '../columns/split-column.ts'
import { ended } from '../turns/steps.ts'

/** Rows gone through between two breaths. */
const stepRows = 500_000

/** Columns whose numbers name things. */
export type ThingColumn = 'actor' | 'object' | 'workspace'

/** When things were active, by dictionary number. */
export interface Activity {
  readonly firstMs: number
  readonly lastMs: number
}

/**
 * First and last time of the events of some dictionary numbers: one pass over a column, in steps of a few milliseconds. A number without a
 * timed event is absent.
 */
export function* findingActivity(
  state: ArchiveState,
  column: ThingColumn,
  numbers: Iterable<number>,
): Generator<void, ReadonlyMap<number, Activity>> {
  const { columns, dictionaries } = state
  const wanted = [...numbers]
  const places = new Map(wanted.map((number, at) => [number, at + 1]))
  const isWanted = emptyBits(column === 'actor' ? dictionaries.counts.actor : dictionaries.counts.object)
  for (const number of wanted) setBit(isWanted, number)
  const placeOf = (number: number): number => (hasBit(isWanted, number) ? (places.get(number) as number) : 0)
  const firstMs = new Float64Array(wanted.length + 1).fill(Infinity)
  const lastMs = new Float64Array(wanted.length + 1).fill(-Infinity)
  const { count } = columns
  const see = (place: number, at: number): void => {
    if (at < (firstMs[place] as number)) firstMs[place] = at
    if (at > (lastMs[place] as number)) lastMs[place] = at
  }
  if (column === 'workspace') {
    // Workspaces stand in contexts: theirs are found first, so that the pass looks up one number an event.
    const ofContext = Uint32Array.from({ length: dictionaries.contexts.count }, (_, context) =>
      placeOf(dictionaries.contexts.workspace.at(context)),
    )
    for (let from = 0; from < count; from += stepRows) {
      for (let row = from; row < Math.min(from + stepRows, count); row++) {
        const place = ofContext[numberAt(columns.context, row)] as number
        if (place !== 0) see(place, columns.timeMs(row))
      }
      yield
    }
  } else {
    const values = columns[column]
    for (let from = 0; from < count; from += stepRows) {
      for (let row = from; row < Math.min(from + stepRows, count); row++) {
        const place = placeOf(numberAt(values, row))
        if (place !== 0) see(place, columns.timeMs(row))
      }
      yield
    }
  }
  release(isWanted)
  return new Map(
    wanted.flatMap((number, at) =>
      (lastMs[at + 1] as number) === -Infinity
        ? []
        : [[number, { firstMs: firstMs[at + 1] as number, lastMs: lastMs[at + 1] as number }] as const],
    ),
  )
}

/** The numbers of some groups that are wanted, by group. */
export function membersOf(
  { groups, count }: Entries,
  wanted: readonly number[],
  isWanted: (number: number) => boolean,
): ReadonlyMap<number, readonly number[]> {
  const isGroup = emptyBits(count)
  for (const group of wanted) setBit(isGroup, group)
  const members = new Map<number, number[]>(wanted.map((group) => [group, []]))
  for (let number = 1; number < count; number++) {
    const group = groups.of(number)
    if (hasBit(isGroup, group) && isWanted(number)) members.get(group)?.push(number)
  }
  release(isGroup)
  return members
}

/**
 * For each group, those of its numbers that are given, the one that was active last first: it knows the latest name. One number where all
 * have one name.
 */
export function latestOf(
  state: ArchiveState,
  column: ThingColumn,
  members: ReadonlyMap<number, readonly number[]>,
): ReadonlyMap<number, readonly number[]> {
  const { groups } = column === 'actor' ? state.dictionaries.actor : state.dictionaries.subject
  // Most things only ever had one name; only for the others it must be found out which was the last.
  const unclear = new Map([...members].filter(([group, numbers]) => numbers.length > 1 && groups.isVaried(group)))
  const activity = unclear.size === 0 ? new Map<number, Activity>() : ended(findingActivity(state, column, [...unclear.values()].flat()))
  const lastMs = (number: number): number => activity.get(number)?.lastMs ?? -Infinity
  return new Map(
    [...members].map(([group, numbers]) => [group, unclear.get(group)?.toSorted((a, b) => lastMs(b) - lastMs(a)) ?? [numbers[0] ?? group]]),
  )
}
