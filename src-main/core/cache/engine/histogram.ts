import type { BucketUnit, HistogramBucket } from '../../../contract/model/query.ts'
import type { ArchiveState } from './archive-state.ts'
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

/** Counts matches by bucket and service. `untimed` are those in no bucket. */
export function countBuckets(
  state: ArchiveState,
  result: ResultSet,
  borders: BucketBorders,
): { readonly buckets: readonly HistogramBucket[]; readonly untimed: number } {
  const { order, columns, dictionaries } = state
  const services = [...new Set([...dictionaries.connections.values()].map((connection) => connection.service))]
  const serviceOf = new Uint8Array(dictionaries.contexts.count)
  for (let context = 0; context < serviceOf.length; context++) {
    const connection = dictionaries.connections.get(dictionaries.contexts.connection.at(context))
    serviceOf[context] = connection === undefined ? 0 : services.indexOf(connection.service)
  }
  const width = Math.max(1, services.length)
  const counts = new Uint32Array(borders.ends.length * width)
  const { rows } = order
  const { context } = columns
  const { words } = result
  let position = 0
  let timed = 0
  for (let bucket = 0; bucket < borders.ends.length; bucket++) {
    const end = borders.ends[bucket] as number
    const base = bucket * width
    for (; position < end; position++) {
      const row = rows[position] as number
      if ((((words[row >>> 5] as number) >>> (row & 31)) & 1) === 1) {
        const at = base + (serviceOf[context[row] as number] as number)
        counts[at] = (counts[at] as number) + 1
        timed++
      }
    }
  }
  const buckets: HistogramBucket[] = []
  borders.startsMs.forEach((startMs, bucket) => {
    let count = 0
    const byService: Record<string, number> = {}
    services.forEach((service, at) => {
      const n = counts[bucket * width + at] ?? 0
      if (n > 0) byService[service] = n
      count += n
    })
    if (count > 0) buckets.push({ start: new Date(startMs).toISOString(), count, byService })
  })
  return { buckets, untimed: result.count - timed }
}
