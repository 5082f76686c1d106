import type { BucketUnit, HistogramBucket } from '../../../contract/model/query.ts'
import type { ArchiveState } from './archive-state.ts'
import { forEachBit } from './bitmap.ts'
import { lowerBound } from './program.ts'
import type { ResultSet } from './result-set.ts'
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
  const { timeMs } = columns
  let position = 0
  while (position < timedCount) {
    const { startMs, endMs } = zoneBuckets.bucketOf(unit, timeMs[rows[position] as number] as number)
    // Steps that double, then halving: buckets are small against the whole.
    let step = 1
    while (position + step < timedCount && (timeMs[rows[position + step] as number] as number) < endMs) step *= 2
    let low = position + (step >>> 1)
    let high = Math.min(position + step, timedCount)
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((timeMs[rows[middle] as number] as number) < endMs) low = middle + 1
      else high = middle
    }
    position = Math.max(low, position + 1)
    starts.push(startMs)
    ends.push(position)
  }
  return { startsMs: Float64Array.from(starts), ends: Uint32Array.from(ends) }
}

/** Results up to this size are looked up one by one instead of walking the time order. */
const fewMatches = 8_192
/** Positions walked in a step. */
const stepPositions = 500_000

/** Counts matches by bucket and service, in steps; good for as long as the archive stays at its version. */
export class BucketCounter {
  readonly #state: ArchiveState
  readonly #result: ResultSet
  readonly #borders: BucketBorders
  readonly #services: readonly string[]
  readonly #serviceOf: Uint8Array
  /** By bucket, then service. */
  readonly #counts: Uint32Array
  #position = 0
  #bucket = 0
  #timed = 0

  constructor(state: ArchiveState, result: ResultSet, borders: BucketBorders) {
    const { connections, contexts } = state.dictionaries
    this.#state = state
    this.#result = result
    this.#borders = borders
    this.#services = [...new Set([...connections.values()].map((connection) => connection.service))]
    this.#serviceOf = Uint8Array.from({ length: contexts.count }, (_, context) =>
      Math.max(0, this.#services.indexOf(connections.get(contexts.connection.at(context))?.service ?? '')),
    )
    this.#counts = new Uint32Array(borders.ends.length * this.#services.length)
  }

  /** True when all is counted. */
  step(): boolean {
    if (this.#result.count <= fewMatches) {
      this.#countFew()
      return true
    }
    const { order, columns } = this.#state
    const { words } = this.#result
    const { ends } = this.#borders
    const stop = Math.min(order.timedCount, this.#position + stepPositions)
    let position = this.#position
    while (position < stop) {
      const end = Math.min(ends[this.#bucket] as number, stop)
      for (; position < end; position++) {
        const row = order.rows[position] as number
        if ((((words[row >>> 5] as number) >>> (row & 31)) & 1) === 1) this.#add(this.#bucket, columns.context[row] as number)
      }
      if (position === ends[this.#bucket]) this.#bucket++
    }
    this.#position = position
    return position === order.timedCount
  }

  /** The buckets that hold matches. `untimed` are those in no bucket. */
  counted(): { readonly buckets: readonly HistogramBucket[]; readonly untimed: number } {
    const width = this.#services.length
    const buckets: HistogramBucket[] = []
    this.#borders.startsMs.forEach((startMs, bucket) => {
      let count = 0
      const byService: Record<string, number> = {}
      this.#services.forEach((service, at) => {
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
      const timeMs = columns.timeMs[row] as number
      if (Number.isNaN(timeMs)) return
      // The bucket of a position is the first that ends after it.
      const bucket = lowerBound(this.#borders.ends, order.positionOf(columns, timeMs, row) + 1)
      this.#add(bucket, columns.context[row] as number)
    })
  }

  #add(bucket: number, context: number): void {
    const at = bucket * this.#services.length + (this.#serviceOf[context] as number)
    this.#counts[at] = (this.#counts[at] as number) + 1
    this.#timed++
  }
}
