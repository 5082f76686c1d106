import type { BucketUnit, HistogramBucket } from '../../../src-main/contract/model/query.ts'
import { bucketEnd, xOf, type TimeDomain } from '../../lib/time-axis.ts'

/** A bucket with its place in the drawing. */
export interface Bar {
  readonly bucket: HistogramBucket
  readonly startMs: number
  readonly endMs: number
  /** Left edge, px. */
  readonly x: number
  /** Right edge, px. */
  readonly right: number
}

export function placeBars(buckets: readonly HistogramBucket[], unit: BucketUnit, domain: TimeDomain, widthPx: number): readonly Bar[] {
  return buckets.map((bucket, i) => {
    const startMs = Date.parse(bucket.start)
    const next = buckets[i + 1]
    const endMs = bucketEnd(startMs, unit, next === undefined ? null : Date.parse(next.start))
    return { bucket, startMs, endMs, x: xOf(domain, widthPx, startMs), right: xOf(domain, widthPx, endMs) }
  })
}

/** One SVG path per service, stacked in the order of their names; every bar at least a pixel wide and, with events, a pixel high. */
export function barPaths(
  bars: readonly Bar[],
  heightPx: number,
  highest: number,
): readonly { readonly service: string; readonly d: string }[] {
  const services = [...new Set(bars.flatMap(({ bucket }) => Object.keys(bucket.byService)))].sort()
  const paths = new Map(services.map((service) => [service, '']))
  for (const { bucket, x, right } of bars) {
    const gap = right - x > 4 ? 1 : 0
    const width = Math.max(1, right - x - gap)
    let base = heightPx
    for (const service of services) {
      const count = bucket.byService[service] ?? 0
      if (count === 0) continue
      const height = Math.max(1, (count / highest) * (heightPx - 2))
      base -= height
      paths.set(
        service,
        `${paths.get(service) ?? ''}M${x.toFixed(1)} ${base.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}h${(-width).toFixed(1)}z`,
      )
    }
  }
  return services.map((service) => ({ service, d: paths.get(service) ?? '' }))
}

/** Index of the bar at or nearest to a position; -1 without bars. */
export function nearestBar(bars: readonly Bar[], x: number): number {
  let nearest = -1
  let distance = Infinity
  for (const [i, bar] of bars.entries()) {
    const away = x < bar.x ? bar.x - x : Math.max(0, x - bar.right)
    if (away < distance) {
      nearest = i
      distance = away
    }
  }
  return nearest
}
