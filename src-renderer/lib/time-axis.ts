import type { BucketUnit, HistogramBucket } from '../../src-main/contract/model/query.ts'
import { zonedTime } from './time.ts'

/** A stretch of time, UTC milliseconds, end excluded. */
export interface TimeDomain {
  readonly fromMs: number
  readonly toMs: number
}

const hourMs = 3_600_000
const unitMs: Readonly<Record<BucketUnit, number>> = { hour: hourMs, day: 24 * hourMs, week: 7 * 24 * hourMs, month: 31 * 24 * hourMs }

/** The finest unit that keeps a stretch of time within a few hundred bars. */
export function unitFor(spanMs: number): BucketUnit {
  const days = spanMs / unitMs.day
  if (days <= 7) return 'hour'
  if (days <= 400) return 'day'
  return days <= 2_600 ? 'week' : 'month'
}

/** Where a bucket ends: the next bucket's start, unless buckets between them are empty and left out. */
export function bucketEnd(startMs: number, unit: BucketUnit, nextMs: number | null): number {
  const end = startMs + unitMs[unit]
  return nextMs === null ? end : Math.min(end, nextMs)
}

/** The stretch from the first bucket to the end of the last; null without buckets. */
export function bucketExtent(buckets: readonly HistogramBucket[], unit: BucketUnit): TimeDomain | null {
  const first = buckets[0]
  const last = buckets.at(-1)
  if (first === undefined || last === undefined) return null
  return { fromMs: Date.parse(first.start), toMs: bucketEnd(Date.parse(last.start), unit, null) }
}

/** Position of an instant in a drawing `widthPx` wide. */
export function xOf(domain: TimeDomain, widthPx: number, atMs: number): number {
  const span = Math.max(1, domain.toMs - domain.fromMs)
  return ((atMs - domain.fromMs) / span) * widthPx
}

/** A label under the axis. */
export interface AxisTick {
  readonly atMs: number
  readonly label: string
}

/** Up to `count` labels, evenly spread, each with the date or time the zone shows there. */
export function axisTicks(domain: TimeDomain, zone: string, count: number): readonly AxisTick[] {
  const spanMs = domain.toMs - domain.fromMs
  const ticks: AxisTick[] = []
  for (let i = 0; i < count; i++) {
    const atMs = domain.fromMs + (spanMs * (i + 0.5)) / count
    const { day, time } = zonedTime(atMs, zone)
    const [, dayOfMonth, month, year] = day.split(' ')
    if (spanMs <= 3 * unitMs.day) ticks.push({ atMs, label: `${dayOfMonth} ${month} ${time.slice(0, 5)}` })
    else ticks.push({ atMs, label: spanMs <= 120 * unitMs.day ? `${dayOfMonth} ${month} ${year}` : `${month} ${year}` })
  }
  return ticks.filter((tick, i) => tick.label !== ticks[i - 1]?.label)
}

/** Longest that a day can be longer or shorter than 24 hours. */
const daylightMs = 2 * hourMs

/** The `before:` bound for the end of a bucket. A day of 25 hours ends an hour after its 24th. */
export function endText(endMs: number, unit: BucketUnit, zone: string): string {
  return boundText(unit === 'hour' ? endMs : endMs + daylightMs, unit, zone)
}

/** The range bound a query takes for a bucket's edge: a plain date for days and longer, an instant for hours. */
export function boundText(atMs: number, unit: BucketUnit, zone: string): string {
  return unit === 'hour' ? new Date(atMs).toISOString().replace(/:\d\d\.\d{3}Z$/u, 'Z') : zonedTime(atMs, zone).date
}
