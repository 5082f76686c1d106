import type { DateField } from './fields.ts'
import { instantOfWall } from './local-time.ts'

/** In which zone dates without an offset are read, and what `last:` counts back from. */
export interface QueryContext {
  /** IANA name. */
  readonly zone: string
  readonly nowMs: number
}

/** Half-open, UTC milliseconds; null: open. With its words. */
export interface TimeRange {
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly words: string
}

/** The range that one value of a date field means, or what is wrong with the value, as a sentence. */
export function readTimeRange(field: DateField, value: string, context: QueryContext): TimeRange | { readonly problem: string } {
  if (value === '*') return { fromMs: null, toMs: null, words: 'at any known time' }
  if (field === 'last') return readLast(value, context)
  const date = readDate(value, context.zone)
  if (date === null)
    return {
      problem: `\`${value}\` is no date or time; write it like ${field === 'on' ? 'on:2026-01-31, on:2026-01 or on:2026' : `${field}:2026-01-31 or ${field}:2026-01-31T14:00Z`}`,
    }
  if (date === 'impossible') return { problem: `\`${value}\` does not exist in the calendar` }
  const zoneNote = date.isInZone ? ` (${context.zone})` : ''
  switch (field) {
    case 'after':
      return { fromMs: date.fromMs, toMs: null, words: `at or after ${value}${zoneNote}` }
    case 'before':
      return { fromMs: null, toMs: date.fromMs, words: `before ${value}${zoneNote}` }
    case 'on':
      if (date.toMs === null) return { problem: '`on:` takes a day, a month or a year; for a time of day use after: and before:' }
      return { fromMs: date.fromMs, toMs: date.toMs, words: `on ${value}${zoneNote}` }
  }
}

interface ReadDate {
  readonly fromMs: number
  /** Null for a time of day. */
  readonly toMs: number | null
  readonly isInZone: boolean
}

const datePattern =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/

function readDate(text: string, zone: string): ReadDate | 'impossible' | null {
  const match = datePattern.exec(text)
  if (match === null) return null
  const [, yearText, monthText, dayText, hourText, minuteText, secondText, fractionText, offsetText] = match
  const year = Number(yearText)
  const month = Number(monthText ?? 1)
  const day = Number(dayText ?? 1)
  if (!isCalendarDay(year, month, day)) return 'impossible'

  if (hourText === undefined) {
    const end =
      dayText !== undefined ? wall(year, month, day + 1) : monthText !== undefined ? wall(year, month + 1, 1) : wall(year + 1, 1, 1)
    return { fromMs: instantOfWall(zone, wall(year, month, day)), toMs: instantOfWall(zone, end), isInZone: true }
  }
  const [hour, minute, second] = [Number(hourText), Number(minuteText), Number(secondText ?? 0)]
  if (hour > 23 || minute > 59 || second > 59) return 'impossible'
  const millisecond = Number((fractionText ?? '').slice(0, 3).padEnd(3, '0'))
  const wallMs = wall(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
  if (offsetText === undefined) return { fromMs: instantOfWall(zone, wallMs), toMs: null, isInZone: true }
  const offsetMs = readOffset(offsetText)
  return offsetMs === null ? 'impossible' : { fromMs: wallMs - offsetMs, toMs: null, isInZone: false }
}

function readOffset(text: string): number | null {
  if (text === 'Z' || text === 'z') return 0
  const digits = text.replace(':', '')
  const [hours, minutes] = [Number(digits.slice(1, 3)), Number(digits.slice(3, 5) || 0)]
  if (hours > 23 || minutes > 59) return null
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

const unitWords = { m: 'minutes', h: 'hours', d: 'days', w: 'weeks', mo: 'months', y: 'years' } as const
const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

/** Days here are 24 hours, months and years those of the calendar. No upper end: a service whose clock is ahead loses nothing. */
function readLast(value: string, { nowMs }: QueryContext): TimeRange | { readonly problem: string } {
  const match = /^(\d{1,15})(mo|[mhdwy])$/i.exec(value)
  const unit = match?.[2]?.toLowerCase() as keyof typeof unitWords | undefined
  const amount = Number(match?.[1])
  if (unit === undefined || !(amount > 0))
    return { problem: `\`${value}\` is no length of time; write it like last:7d, last:12h, last:30m, last:4w, last:6mo or last:1y` }
  const fromMs = unit === 'mo' || unit === 'y' ? monthsBefore(nowMs, unit === 'y' ? amount * 12 : amount) : nowMs - amount * unitMs[unit]
  if (!(fromMs >= wall(1, 1, 1))) return { problem: `\`${value}\` reaches back before the calendar begins` }
  return { fromMs, toMs: null, words: `in the last ${amount} ${unitWords[unit]} (at or after ${new Date(fromMs).toISOString()})` }
}

function monthsBefore(instantMs: number, months: number): number {
  const from = new Date(instantMs)
  const day = from.getUTCDate()
  from.setUTCDate(1)
  from.setUTCMonth(from.getUTCMonth() - months)
  from.setUTCDate(Math.min(day, daysInMonth(from.getUTCFullYear(), from.getUTCMonth() + 1)))
  return from.getTime()
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

function daysInMonth(year: number, month: number): number {
  return new Date(wall(year, month + 1, 0)).getUTCDate()
}

/** Midnight of a day, as wall time. `Date.UTC` alone would read the years 1 to 99 as 1901 to 1999. */
function wall(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day)
}
