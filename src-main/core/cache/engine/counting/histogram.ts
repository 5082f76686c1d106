import type { BucketUnit, HistogramBucket } from '../../../../contract/model/query.ts'
import { serviceIds, type ServiceId } from '../../../../contract/model/audit-event.ts'
import type { ArchiveState } from '../archive-state.ts'
import { forEachBit } from '../columns/bitmap.ts'
import type { CountedResult } from './counting.ts'
import { lowerBound } from '../search/program.ts'
import type { ResultSet } from '../search/result-set.ts'
import { slotMs, type TimeSlots } from './time-slots.ts'
import { ZoneBuckets } from './zone-buckets.ts'

/** Buckets that hold events: their starts, and where in time order each one ends. */
export interface BucketBorders {
  readonly startsMs: Float64Array
  readonly ends: Uint32Array
}

/** Finds the buckets of all events. They do not depend on a query, so they are worth keeping while the archive stays as it is. */
export function bucketBorders({ order, columns }: ArchiveState, unit: BucketUnit, zone: string): BucketBorders {
  const zoneBuckets = new ZoneBuckets(zone)
  const starts: number[] = []
  const ends: number[] = []
  const { rows, timedCount } = order
  let position = 0
  while (position < timedCount) {
    const { startMs, endMs } = zoneBuckets.bucketOf(unit, columns.timeMs(rows[position] as number))
    // Steps that double, then halving: buckets are small against the whole.
    let step = 1
    while (position + step < timedCount && columns.timeMs(rows[position + step] as number) < endMs) step *= 2
    let low = position + (step >>> 1)
    let high = Math.min(position + step, timedCount)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (columns.timeMs(rows[middle] as number) < endMs) low = middle + 1
      else high = middle
    }
    position = Math.max(low, position + 1)
    starts.push(startMs)
    ends.push(position)
  }
  return { startsMs: Float64Array.from(starts), ends: Uint32Array.from(ends) }
}

/** Results up to this size are looked up one by one instead of being counted. */
const fewMatches = 8_192
/** Positions walked in a step. */
const stepPositions = 500_000

/** Whether a result is too small for counting it to pay. */
export const isFew = (result: ResultSet): boolean => result.count <= fewMatches

/** Positions in time order, the end excluded. */
interface Stretch {
  from: number
  readonly to: number
}

/**
 * Counts matches by bucket and service, in steps; good for as long as the archive stays at its version. Slots of a quarter of an hour
 * that were counted are summed; what lies outside of these is walked, and so is all where a zone's borders lie within slots.
 */
export class BucketCounter {
  readonly #state: ArchiveState
  readonly #result: ResultSet
  readonly #borders: BucketBorders
  /** By bucket, then service. */
  readonly #counts: Uint32Array
  readonly #stretches: readonly Stretch[]
  #timed = 0

  /** `counted`: the same result counted; null: look at its matches one by one. */
  constructor(state: ArchiveState, result: ResultSet, borders: BucketBorders, counted: CountedResult | null) {
    this.#state = state
    this.#result = result
    this.#borders = borders
    this.#counts = new Uint32Array(borders.ends.length * serviceIds.length)
    if (counted === null) {
      this.#stretches = []
      this.#countFew()
      return
    }
    const { order, columns } = state
    const { slots } = counted.basis
    if (!isCutBySlots(borders, slots)) {
      this.#stretches = [{ from: 0, to: order.timedCount }]
      return
    }
    this.#addSlots(counted)
    const begin = order.positionOf(columns, slots.beginMs, 0)
    this.#stretches = [
      { from: 0, to: begin },
      { from: Math.max(begin, order.positionOf(columns, slots.endMs, 0)), to: order.timedCount },
    ]
  }

  /** True when all is counted. */
  step(): boolean {
    const stretch = this.#stretches.find(({ from, to }) => from < to)
    if (stretch === undefined) return true
    const { order, columns } = this.#state
    const { words } = this.#result
    const { ends } = this.#borders
    const stop = Math.min(stretch.to, stretch.from + stepPositions)
    let position = stretch.from
    let bucket = lowerBound(ends, position + 1)
    while (position < stop) {
      const end = Math.min(ends[bucket] as number, stop)
      for (; position < end; position++) {
        const row = order.rows[position] as number
        if ((((words[row >>> 5] as number) >>> (row & 31)) & 1) === 1) this.#add(bucket, columns.context.at(row))
      }
      bucket++
    }
    stretch.from = stop
    return this.#stretches.every(({ from, to }) => from >= to)
  }

  /** The buckets that hold matches. `untimed` are those in no bucket. */
  counted(): { readonly buckets: readonly HistogramBucket[]; readonly untimed: number } {
    const width = serviceIds.length
    const buckets: HistogramBucket[] = []
    this.#borders.startsMs.forEach((startMs, bucket) => {
      let count = 0
      const byService: Record<string, number> = {}
      serviceIds.forEach((service, at) => {
        const n = this.#counts[bucket * width + at] ?? 0
        if (n > 0) byService[service] = n
        count += n
      })
      if (count > 0) buckets.push({ start: new Date(startMs).toISOString(), count, byService })
    })
    return { buckets, untimed: this.#result.count - this.#timed }
  }

  #countFew(): void {
    const { order, columns } = this.#state
    const { words } = this.#result
    forEachBit(words, 0, words.length, (row) => {
      const timeMs = columns.timeMs(row)
      if (Number.isNaN(timeMs)) return
      // The bucket of a position is the first that ends after it.
      const bucket = lowerBound(this.#borders.ends, order.positionOf(columns, timeMs, row) + 1)
      this.#add(bucket, columns.context.at(row))
    })
  }

  #addSlots({ counts, basis: { slots } }: CountedResult): void {
    const width = serviceIds.length
    const { startsMs } = this.#borders
    const slotAt = (ms: number): number => Math.min(Math.max(0, (ms - slots.beginMs) / slotMs), slots.count)
    startsMs.forEach((startMs, bucket) => {
      const end = bucket + 1 < startsMs.length ? slotAt(startsMs[bucket + 1] as number) : slots.count
      for (let at = slotAt(startMs) * width; at < end * width; at++) {
        const count = counts.slot[at] as number
        const place = bucket * width + (at % width)
        this.#counts[place] = (this.#counts[place] as number) + count
        this.#timed += count
      }
    })
  }

  #add(bucket: number, context: number): void {
    const { connections, contexts } = this.#state.dictionaries
    const service = Math.max(0, serviceIds.indexOf(connections.get(contexts.connection.at(context))?.service as ServiceId))
    const at = bucket * serviceIds.length + service
    this.#counts[at] = (this.#counts[at] as number) + 1
    this.#timed++
  }
}

/** Whether every border within the slots is one of theirs. */
function isCutBySlots({ startsMs }: BucketBorders, { beginMs, endMs }: TimeSlots): boolean {
  return startsMs.every((startMs) => startMs <= beginMs || startMs >= endMs || startMs % slotMs === 0)
}
