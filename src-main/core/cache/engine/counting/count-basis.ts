import { serviceIds, type ServiceId } from '../../../../contract/model/audit-event.ts'
import type { EventColumns } from '../columns/columns.ts'
import { flag } from '../columns/columns.ts'
import type { Dictionaries } from '../dictionaries/dictionaries.ts'
import { FrequentObjects, type PackedFrequent } from './frequent-objects.ts'
import { type CountArrays, type CountedColumns, type CountSizes, MatchCounts } from './match-counts.ts'
import type { TimeOrder } from '../columns/time-order.ts'
import { type TimeSlots, timeSlotsOf } from './time-slots.ts'

/** Rows counted between two breaths. */
const stepRows = 65_536

/** What a basis is made from. */
export interface CountedArchive {
  readonly columns: EventColumns
  readonly dictionaries: Dictionaries
  readonly order: TimeOrder
}

/** A basis of the first rows of an archive, as it is stored. */
export interface PackedBasis {
  readonly frequent: PackedFrequent
  readonly slots: TimeSlots
  readonly totals: CountArrays
}

/**
 * What results are counted with: the frequent objects, the slots of time, the service of each context, and the counts of all events, which
 * follow every change. From these a result that holds more than half of all events is counted by what it leaves out.
 */
export class CountBasis {
  readonly frequent: FrequentObjects
  readonly slots: TimeSlots
  #totals: MatchCounts
  #serviceOf = new Uint8Array(0)
  #services = 0
  readonly #archive: CountedArchive

  private constructor(archive: CountedArchive, frequent: FrequentObjects, slots: TimeSlots) {
    this.#archive = archive
    this.frequent = frequent
    this.slots = slots
    this.#totals = new MatchCounts(this.sizes)
  }

  /** Makes a basis, in steps of a few milliseconds: of no use when rows changed meanwhile. Holds the events there are at its end. */
  static *make(archive: CountedArchive): Generator<void, CountBasis> {
    const { columns, dictionaries } = archive
    const { count } = columns
    dictionaries.subject.groups.catchUp()
    const frequent = yield* FrequentObjects.find(columns, dictionaries.subject.groups, dictionaries.counts.object)
    const basis = new CountBasis(archive, frequent, timeSlotsOf(archive.order, columns))
    yield* basis.#counting(0, count)
    for (let row = count; row < columns.count; row++) basis.add(row)
    return basis
  }

  /**
   * Takes up what was stored of the first `count` rows and counts the others, in steps of a few milliseconds: of no use when rows changed
   * meanwhile. `places`: of these rows' objects.
   */
  static *restore(
    archive: CountedArchive,
    { frequent, slots, totals }: PackedBasis,
    count: number,
    places: Uint16Array,
  ): Generator<void, CountBasis> {
    const { columns, dictionaries } = archive
    dictionaries.actor.groups.catchUp()
    yield
    dictionaries.subject.groups.catchUp()
    yield
    const basis = new CountBasis(archive, FrequentObjects.restore(frequent, dictionaries.subject.groups, places), slots)
    basis.#totals.addAll(totals)
    for (let row = count; row < columns.count; row++) basis.frequent.set(row, columns.object.at(row))
    yield* basis.#counting(count, columns.count)
    return basis
  }

  /** What is to be stored of the first `count` rows. */
  pack(count: number): PackedBasis {
    const totals = this.#totals.withRoom(this.sizes)
    const { columns } = this.#archive
    for (let row = count; row < columns.count; row++) {
      if (((columns.flags[row] as number) & flag.removed) === 0) totals.change(row, -1, this.counted)
    }
    return { frequent: this.frequent.pack(), slots: this.slots, totals }
  }

  /** Counts of all events. */
  get totals(): MatchCounts {
    return this.#totals
  }

  get counted(): CountedColumns {
    this.#catchUpServices()
    return { columns: this.#archive.columns, places: this.frequent.places, slots: this.slots, serviceOf: this.#serviceOf }
  }

  /** True when so much came since that a new basis serves better. */
  get isStale(): boolean {
    return this.frequent.isStale(this.#archive.columns.count)
  }

  /** Takes in a row that was added or has changed. */
  add(row: number): void {
    const { columns, dictionaries } = this.#archive
    dictionaries.subject.groups.catchUp()
    this.frequent.set(row, columns.object.at(row))
    this.#change(row, 1)
  }

  /** Takes a row out before it changes. */
  remove(row: number): void {
    this.#change(row, -1)
  }

  #change(row: number, by: 1 | -1): void {
    const { columns } = this.#archive
    if (((columns.flags[row] as number) & flag.removed) !== 0) return
    const hasRoom = columns.actor.at(row) < this.#totals.actor.length && columns.context.at(row) < this.#totals.context.length
    if (!hasRoom) this.#totals = this.#totals.withRoom(this.sizes)
    this.#totals.change(row, by, this.counted)
  }

  /** Counts the rows from `from` to `to` (exclusive), whose places are known. */
  *#counting(from: number, to: number): Generator<void, void> {
    const rows = new Uint32Array(stepRows)
    for (let begin = from; begin < to; begin += stepRows) {
      this.#totals.add(rows, listPresent(this.#archive.columns, begin, Math.min(begin + stepRows, to), rows), this.counted)
      yield
    }
  }

  /** Room for all numbers there are. */
  get sizes(): CountSizes {
    const { counts } = this.#archive.dictionaries
    const withSlack = (count: number): number => Math.ceil(count * 1.1) + 256
    return {
      actor: withSlack(counts.actor),
      context: withSlack(counts.context),
      place: this.frequent.numbers.length,
      slot: this.slots.count,
      service: serviceIds.length,
    }
  }

  #catchUpServices(): void {
    const { contexts, connections } = this.#archive.dictionaries
    if (this.#services === contexts.count) return
    if (contexts.count > this.#serviceOf.length) {
      const grown = new Uint8Array(Math.ceil(contexts.count * 1.1) + 256)
      grown.set(this.#serviceOf)
      this.#serviceOf = grown
    }
    for (; this.#services < contexts.count; this.#services++) {
      const service = connections.get(contexts.connection.at(this.#services))?.service
      this.#serviceOf[this.#services] = Math.max(0, serviceIds.indexOf(service as ServiceId))
    }
  }
}

function listPresent({ flags }: EventColumns, from: number, to: number, rows: Uint32Array): number {
  let count = 0
  for (let row = from; row < to; row++) if (((flags[row] as number) & flag.removed) === 0) rows[count++] = row
  return count
}
