import type { EventColumns } from '../columns/columns.ts'
import { numberAt, type SplitNumbers } from '../columns/split-column.ts'
import { timeAt } from '../columns/time-column.ts'
import { slotMs, type TimeSlots } from './time-slots.ts'

/** What matches are counted by. Columns by row, and what their numbers mean at one time. */
export interface CountedColumns {
  readonly columns: EventColumns
  /** Places of frequent objects, by row. */
  readonly places: Uint16Array
  readonly slots: TimeSlots
  /** By context: the number of its service. */
  readonly serviceOf: Uint8Array
}

/** What matches are counted by. */
export const countNames = ['actor', 'context', 'flags', 'place', 'slot'] as const

/** Numbers each count has room for. */
export interface CountSizes {
  readonly actor: number
  readonly context: number
  readonly place: number
  readonly slot: number
  readonly service: number
}

/** Counts by number, for each column. */
export type CountArrays = Readonly<Record<(typeof countNames)[number], Uint32Array>>

const flagsCount = 256

/** Words that counts of such sizes take. */
export const countWords = ({ actor, context, place, slot, service }: CountSizes): number =>
  actor + context + flagsCount + place + slot * service

/** How many matches have each number in each column: all facets and the histogram are read from these. */
export class MatchCounts implements CountArrays {
  /** All counts, one after another. */
  readonly words: Uint32Array
  readonly actor: Uint32Array
  readonly context: Uint32Array
  readonly flags: Uint32Array
  /** By place of a frequent object; of place 0: all others. */
  readonly place: Uint32Array
  /** By slot, then service; those outside of all slots are not in here. */
  readonly slot: Uint32Array
  readonly #services: number

  /** `words`: as many as `countWords` says, or more; what they hold is counted on from. */
  constructor(sizes: CountSizes, words: Uint32Array = new Uint32Array(countWords(sizes))) {
    const { actor, context, place, slot, service } = sizes
    let at = 0
    const part = (length: number): Uint32Array => words.subarray(at, (at += length))
    this.words = words
    this.actor = part(actor)
    this.context = part(context)
    this.flags = part(flagsCount)
    this.place = part(place)
    this.slot = part(slot * service)
    this.#services = service
  }

  /** Adds the first `count` of some rows. One column after another: each has its counts in the near cache to itself. */
  add(rows: Uint32Array, count: number, { columns, places, slots, serviceOf }: CountedColumns): void {
    addBySplit(columns.actor, rows, count, this.actor)
    addBySplit(columns.context, rows, count, this.context)
    addBy(columns.flags, rows, count, this.flags)
    addBy(places, rows, count, this.place)
    addByTime(columns, rows, count, slots, serviceOf, this.#services, this.slot)
  }

  /** Adds or takes away one row, which must have room. */
  change(row: number, by: 1 | -1, { columns, places, slots, serviceOf }: CountedColumns): void {
    const context = columns.context.at(row)
    const timeMs = timeAt(columns.times, row)
    bump(this.actor, columns.actor.at(row), by)
    bump(this.context, context, by)
    bump(this.flags, columns.flags[row] as number, by)
    bump(this.place, places[row] as number, by)
    if (timeMs >= slots.beginMs && timeMs < slots.endMs) {
      bump(this.slot, Math.floor((timeMs - slots.beginMs) / slotMs) * this.#services + (serviceOf[context] as number), by)
    }
  }

  /** The same with more room. */
  withRoom(sizes: CountSizes): MatchCounts {
    const grown = new MatchCounts(sizes)
    grown.addAll(this)
    return grown
  }

  /** Turns counts of some into counts of all others. */
  subtractFrom(all: MatchCounts): void {
    for (const name of countNames) {
      const own = this[name]
      const total = all[name]
      for (let at = 0; at < own.length; at++) own[at] = (total[at] ?? 0) - (own[at] as number)
    }
  }

  addAll(other: CountArrays): void {
    for (const name of countNames) {
      const own = this[name]
      const added = other[name]
      for (let at = 0; at < added.length; at++) own[at] = (own[at] as number) + (added[at] as number)
    }
  }
}

function bump(counts: Uint32Array, at: number, by: number): void {
  counts[at] = (counts[at] as number) + by
}

function addBySplit(column: SplitNumbers, rows: Uint32Array, count: number, counts: Uint32Array): void {
  for (let at = 0; at < count; at++) {
    const number = numberAt(column, rows[at] as number)
    counts[number] = (counts[number] as number) + 1
  }
}

function addBy(column: Uint16Array | Uint8Array, rows: Uint32Array, count: number, counts: Uint32Array): void {
  for (let at = 0; at < count; at++) {
    const number = column[rows[at] as number] as number
    counts[number] = (counts[number] as number) + 1
  }
}

function addByTime(
  { times, context }: EventColumns,
  rows: Uint32Array,
  count: number,
  { beginMs, endMs }: TimeSlots,
  serviceOf: Uint8Array,
  services: number,
  counts: Uint32Array,
): void {
  for (let at = 0; at < count; at++) {
    const row = rows[at] as number
    const time = timeAt(times, row)
    // False as well for an event without a time.
    if (time >= beginMs && time < endMs) {
      const slot = ((time - beginMs) / slotMs) | 0
      const place = slot * services + (serviceOf[numberAt(context, row)] as number)
      counts[place] = (counts[place] as number) + 1
    }
  }
}
