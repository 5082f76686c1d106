import { timeChips, type ReadQuery } from './query-text.ts'
import { dateAfter, startOf } from './time.ts'
import type { TimeDomain } from './time-axis.ts'

const spanMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** The stretch of time the query's own bounds ask for, the end no later than `nowMs`; null when it is open at the beginning or cannot be told. */
export function askedRange(query: ReadQuery, zone: string, nowMs: number): TimeDomain | null {
  let fromMs = -Infinity
  let toMs = nowMs
  for (const { field, values } of timeChips(query)) {
    const [value] = values
    if (value === undefined || values.length > 1) return null
    const name = field.toLowerCase()
    if (name === 'last') {
      const match = /^(\d+)([hdw])$/u.exec(value)
      if (match === null) return null
      fromMs = Math.max(fromMs, nowMs - Number(match[1]) * (spanMs[match[2] ?? ''] ?? 0))
      continue
    }
    const startMs = startOf(value, zone)
    if (startMs === null) return null
    if (name !== 'before') fromMs = Math.max(fromMs, startMs)
    if (name === 'before') toMs = Math.min(toMs, startMs)
    if (name === 'on') toMs = Math.min(toMs, startOf(dateAfter(value), zone) ?? toMs)
  }
  return Number.isFinite(fromMs) && fromMs < toMs ? { fromMs, toMs } : null
}
