import type { EventColumns } from '../columns/columns.ts'
import type { TimeOrder } from '../columns/time-order.ts'

/** Borders of hours and days lie at multiples of this in every zone of our days. */
export const slotMs = 900_000
/** Ten years: counts of more would leave the processor's near cache. */
const mostSlots = 350_000
/** Share of the events, at each end, that may lie outside: stray dates must not stretch the slots over centuries. */
const strayShare = 0.001

/** Quarters of an hour that hold nearly all events, numbered from `beginMs` on. */
export interface TimeSlots {
  readonly beginMs: number
  /** Exclusive; not before `beginMs`. */
  readonly endMs: number
  readonly count: number
}

/** Slots from the first to the last of the events but for strays, the newest where they are too many. */
export function timeSlotsOf({ rows, timedCount }: TimeOrder, columns: EventColumns): TimeSlots {
  if (timedCount === 0) return { beginMs: 0, endMs: 0, count: 0 }
  const timeAt = (share: number): number => columns.timeMs(rows[Math.round((timedCount - 1) * share)] as number)
  const last = Math.floor(timeAt(1 - strayShare) / slotMs)
  const first = Math.max(Math.floor(timeAt(strayShare) / slotMs), last - mostSlots + 1)
  return { beginMs: first * slotMs, endMs: (last + 1) * slotMs, count: last - first + 1 }
}
