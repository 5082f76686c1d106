import type { EventColumns } from '../columns/columns.ts'
import { release } from '../../../lib/release.ts'
import { lowerBound } from '../search/program.ts'
import { numberAt, type SplitNumbers } from '../columns/split-column.ts'
import type { ValueGroups } from '../dictionaries/value-groups.ts'

/** Places there are, place 0 for all other objects included; so many are kept free for new names of what has places. */
const placeCount = 65_536
const sparePlaces = 2_048
/** Counts from here on are not told apart when the least is sought that is still among the most frequent. */
const finestTotal = 65_535
/** Rows between two breaths. */
const stepRows = 250_000
/** Objects without a place that may come before all is found anew: so many, and one for so many events. */
const fewLate = 20_000
const lateShare = 32

/** Frequent objects as they are stored: what they are, but not which events have them. */
export interface PackedFrequent {
  /** Objects by place. */
  readonly numbers: Uint32Array
  /** How many of them were given places at first. */
  readonly firstCount: number
  readonly rest: number
  readonly restAtFirst: number
  /** Groups without places that events came of since, and how many. */
  readonly lateGroups: Uint32Array
  readonly lateEvents: Uint32Array
}

/**
 * The objects with most events, told by small numbers ("places") in a column of their own: counting matches by place stays within a
 * near cache, where counting by object means two far reads for each match. What has no place has `rest` events at most, so whoever has
 * more matches than that is among the most frequent of a result for certain.
 */
export class FrequentObjects {
  /** By place: the object's number in the dictionary. */
  readonly numbers = new Uint32Array(placeCount)
  /** By place: its group, as a number into `groups`. */
  readonly groupOf = new Uint16Array(placeCount)
  /** First numbers of the groups, from 1 on; of each, all objects that have events have places. */
  readonly groups: number[] = [0]
  /** Places by row, in memory that threads share. */
  places: Uint16Array
  /** Events that the group of an object without a place has at most. */
  rest: number
  readonly #values: ValueGroups
  readonly #indexOfGroup = new Map<number, number>()
  /** The first places are in order of their objects' numbers; those given out later are found here. */
  readonly #sorted: Uint32Array
  readonly #latePlaces = new Map<number, number>()
  #count: number
  /** By group without places: events that came since, and what the greatest had before. */
  readonly #late = new Map<number, number>()
  readonly #restAtFirst: number

  private constructor(numbers: ArrayLike<number>, values: ValueGroups, places: Uint16Array, rest: number) {
    this.numbers.set(numbers)
    this.#count = numbers.length
    this.#sorted = this.numbers.subarray(0, numbers.length)
    this.#values = values
    this.places = places
    this.rest = rest
    this.#restAtFirst = rest
    for (let place = 1; place < numbers.length; place++) {
      const group = values.of(numbers[place] as number)
      let index = this.#indexOfGroup.get(group)
      if (index === undefined) {
        this.#indexOfGroup.set(group, (index = this.groups.length))
        this.groups.push(group)
      }
      this.groupOf[place] = index
    }
  }

  /** Finds them among all events, in steps of a few milliseconds: of no use when rows changed meanwhile, and rows that came since are to be `set`. */
  static *find({ object, count }: EventColumns, values: ValueGroups, objectCount: number): Generator<void, FrequentObjects> {
    const counts = new Uint16Array(objectCount)
    for (let from = 0; from < count; from += stepRows) {
      addCounts(object, from, Math.min(from + stepRows, count), counts)
      yield
    }
    const totals = totalsOf(counts, values)
    yield
    const rest = restOf(counts, totals, count)
    yield
    const numbers = givePlaces(counts, totals, rest)
    release(totals)
    yield
    const places = yield* translating(object, count, counts)
    release(counts)
    return new FrequentObjects(numbers, values, places, rest)
  }

  /** Takes up what was stored. `places`: of all rows it is of, by `placesOf`. */
  static restore(packed: PackedFrequent, values: ValueGroups, places: Uint16Array): FrequentObjects {
    const { numbers, firstCount, lateGroups, lateEvents } = packed
    const frequent = new FrequentObjects(numbers.subarray(0, firstCount), values, places, packed.restAtFirst)
    for (const number of numbers.subarray(firstCount)) frequent.#givePlace(number, frequent.#indexOfGroup.get(values.of(number)) ?? 0)
    lateGroups.forEach((group, at) => frequent.#late.set(group, lateEvents[at] as number))
    frequent.rest = packed.rest
    return frequent
  }

  /** What there is to store. */
  pack(): PackedFrequent {
    return {
      numbers: this.numbers.slice(0, this.#count),
      firstCount: this.#sorted.length,
      rest: this.rest,
      restAtFirst: this.#restAtFirst,
      lateGroups: Uint32Array.from(this.#late.keys()),
      lateEvents: Uint32Array.from(this.#late.values()),
    }
  }

  /** Takes in a row that was added or has changed. */
  set(row: number, object: number): void {
    if (row >= this.places.length) {
      const grown = new Uint16Array(new SharedArrayBuffer(Math.ceil((row + 1) * 1.25) * 2))
      grown.set(this.places)
      this.places = grown
    }
    this.places[row] = this.#placeOf(object)
  }

  /** True when so much came since that they are worth finding anew. */
  isStale(eventCount: number): boolean {
    return this.rest === Infinity || this.#late.size > fewLate + eventCount / lateShare
  }

  #placeOf(object: number): number {
    const group = this.#values.of(object)
    if (group === 0) return 0
    const place = lowerBound(this.#sorted, object)
    if (this.#sorted[place] === object) return place
    const late = this.#latePlaces.get(object)
    if (late !== undefined) return late
    const index = this.#indexOfGroup.get(group)
    if (index === undefined) {
      const events = (this.#late.get(group) ?? 0) + 1
      this.#late.set(group, events)
      this.rest = Math.max(this.rest, this.#restAtFirst + events)
      return 0
    }
    if (this.#count === placeCount) {
      this.rest = Infinity
      return 0
    }
    return this.#givePlace(object, index)
  }

  #givePlace(object: number, index: number): number {
    this.numbers[this.#count] = object
    this.groupOf[this.#count] = index
    this.#latePlaces.set(object, this.#count)
    return this.#count++
  }
}

function addCounts(object: SplitNumbers, from: number, to: number, counts: Uint16Array): void {
  for (let row = from; row < to; row++) {
    const number = numberAt(object, row)
    if ((counts[number] as number) < finestTotal) counts[number] = (counts[number] as number) + 1
  }
}

/** By object: the events of its group; 0 where it is in none. */
function totalsOf(counts: Uint16Array, groups: ValueGroups): Uint16Array {
  const totals = counts.slice()
  groups.forEachJoined((number, group) => {
    totals[group] = Math.min((totals[group] as number) + (counts[number] as number), finestTotal)
  })
  totals[0] = 0
  groups.forEachJoined((number, group) => {
    totals[number] = totals[group] as number
  })
  return totals
}

/** The least total such that all objects of groups above it can have a place; `eventCount` where that cannot be told. */
function restOf(counts: Uint16Array, totals: Uint16Array, eventCount: number): number {
  const having = new Uint32Array(finestTotal + 1)
  for (let number = 1; number < counts.length; number++) {
    const total = counts[number] === 0 ? 0 : (totals[number] as number)
    having[total] = (having[total] as number) + 1
  }
  let taken = 1
  for (let total = finestTotal; total > 0; total--) {
    taken += having[total] as number
    if (taken > placeCount - sparePlaces) return total === finestTotal ? eventCount : total
  }
  return 0
}

/** Gives places to the objects of all groups with more events than `rest`, which replace the counts. Returns their numbers by place. */
function givePlaces(counts: Uint16Array, totals: Uint16Array, rest: number): readonly number[] {
  const numbers = [0]
  for (let number = 1; number < counts.length; number++) {
    const hasPlace = counts[number] !== 0 && (totals[number] as number) > rest
    counts[number] = hasPlace ? numbers.length : 0
    if (hasPlace) numbers.push(number)
  }
  counts[0] = 0
  return numbers
}

/**
 * Places of the first `count` rows, with room for all that `object` has room for, in steps of a few milliseconds. `numbers`: of objects, by
 * place; `objectCount`: numbers of objects there are.
 */
export function* placesOf(object: SplitNumbers, count: number, numbers: Uint32Array, objectCount: number): Generator<void, Uint16Array> {
  const placeOf = new Uint16Array(objectCount)
  numbers.forEach((number, place) => (placeOf[number] = place))
  const places = yield* translating(object, count, placeOf)
  release(placeOf)
  return places
}

function* translating(object: SplitNumbers, count: number, placeOf: Uint16Array): Generator<void, Uint16Array> {
  const places = new Uint16Array(new SharedArrayBuffer(object.low.length * 2))
  for (let from = 0; from < count; from += stepRows) {
    translate(object, from, Math.min(from + stepRows, count), placeOf, places)
    yield
  }
  return places
}

function translate(object: SplitNumbers, from: number, to: number, placeOf: Uint16Array, places: Uint16Array): void {
  for (let row = from; row < to; row++) places[row] = placeOf[numberAt(object, row)] as number
}
