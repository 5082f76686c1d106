import type { BucketUnit } from '../../../../contract/model/query.ts'
import { zoneOffsetMs } from '../../../query/local-time.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const weekMs = 7 * dayMs

/** Half-open, UTC milliseconds. */
export interface Bucket {
  readonly startMs: number
  readonly endMs: number
}

/** A change of the zone's clocks: from this instant on they are this far ahead of UTC. */
interface Change {
  readonly atMs: number
  readonly offsetMs: number
}

/** A zone's clocks, remembered week by week: asking the runtime for each event would take seconds. */
export class ZoneBuckets {
  readonly #zone: string
  readonly #weeks = new Map<number, readonly Change[]>()

  constructor(zone: string) {
    this.#zone = zone
  }

  /** The bucket in which an instant lies. */
  bucketOf(unit: BucketUnit, instantMs: number): Bucket {
    return unit === 'hour' ? this.#hourOf(instantMs) : this.#daysOf(unit, instantMs)
  }

  /** A clock hour; where the clocks change within one, or repeat one, it is cut at the change. */
  #hourOf(instantMs: number): Bucket {
    const { offsetMs, sinceMs, untilMs } = this.#clockAt(instantMs)
    const startMs = instantMs - modulo(instantMs + offsetMs, hourMs)
    return { startMs: Math.max(startMs, sinceMs), endMs: Math.min(startMs + hourMs, untilMs) }
  }

  #daysOf(unit: 'day' | 'week' | 'month', instantMs: number): Bucket {
    const dayWall = floorTo(instantMs + this.#clockAt(instantMs).offsetMs, dayMs)
    const [startWall, endWall] = unit === 'day' ? [dayWall, dayWall + dayMs] : unit === 'week' ? weekOf(dayWall) : monthOf(dayWall)
    return { startMs: this.#firstInstantOf(startWall), endMs: this.#firstInstantOf(endWall) }
  }

  /** The first instant at which the clocks show a midnight; where they skip it, the instant of the skip. */
  #firstInstantOf(wallMs: number): number {
    const offsets = [this.#clockAt(wallMs - dayMs).offsetMs, this.#clockAt(wallMs + dayMs).offsetMs]
    const early = wallMs - Math.max(...offsets)
    const late = wallMs - Math.min(...offsets)
    for (const instantMs of [early, late]) if (instantMs + this.#clockAt(instantMs).offsetMs === wallMs) return instantMs
    return this.#clockAt(late).sinceMs
  }

  /** The offset in force at an instant; from when and until when, as far as the neighbouring weeks tell. */
  #clockAt(instantMs: number): { readonly offsetMs: number; readonly sinceMs: number; readonly untilMs: number } {
    const week = Math.floor(instantMs / weekMs)
    const changes = this.#changesOf(week)
    let at = changes.length - 1
    while (at > 0 && (changes[at]?.atMs ?? 0) > instantMs) at--
    const current = changes[at]
    return {
      offsetMs: current?.offsetMs ?? 0,
      sinceMs: at === 0 ? -Infinity : (current?.atMs ?? -Infinity),
      untilMs: changes[at + 1]?.atMs ?? Infinity,
    }
  }

  /** The offset at the beginning of a week less a day, and the changes until a day after its end. */
  #changesOf(week: number): readonly Change[] {
    const known = this.#weeks.get(week)
    if (known !== undefined) return known
    const from = week * weekMs - dayMs
    const to = (week + 1) * weekMs + dayMs
    const changes: Change[] = [{ atMs: from, offsetMs: zoneOffsetMs(this.#zone, from) }]
    this.#findChanges(from, to, changes)
    this.#weeks.set(week, changes)
    return changes
  }

  #findChanges(from: number, to: number, changes: Change[]): void {
    let low = from
    while (low < to) {
      const offsetMs = zoneOffsetMs(this.#zone, low)
      let high = to
      if (zoneOffsetMs(this.#zone, high) === offsetMs) return
      while (high - low > 1_000) {
        const middle = Math.floor((low + high) / 2_000) * 1_000
        if (middle <= low) break
        if (zoneOffsetMs(this.#zone, middle) === offsetMs) low = middle
        else high = middle
      }
      changes.push({ atMs: high, offsetMs: zoneOffsetMs(this.#zone, high) })
      low = high
    }
  }
}

function weekOf(dayWall: number): [number, number] {
  // Day 0, 1970-01-01, was a Thursday.
  const monday = dayWall - modulo(dayWall / dayMs + 3, 7) * dayMs
  return [monday, monday + weekMs]
}

function monthOf(dayWall: number): [number, number] {
  const day = new Date(dayWall)
  return [utcDay(day.getUTCFullYear(), day.getUTCMonth()), utcDay(day.getUTCFullYear(), day.getUTCMonth() + 1)]
}

/** Date.UTC reads years below 100 as of the twentieth century. */
function utcDay(year: number, month: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month, 1)
  return date.getTime()
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by
const floorTo = (value: number, by: number): number => value - modulo(value, by)
