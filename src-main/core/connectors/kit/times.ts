const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const earliestMs = Date.parse('0001-01-01T00:00:00.000Z')
const latestMs = Date.parse('9999-12-31T23:59:59.999Z')

/** UTC with milliseconds, years 0001 to 9999; null for every instant outside. */
export function utcTime(ms: number): string | null {
  return ms >= earliestMs && ms <= latestMs ? new Date(Math.floor(ms)).toISOString() : null
}

/** An instant written as `2016-01-18T11:16:53.123-08:00` (a space instead of `T`, `Z`, `UTC` too), ms since 1970; null without an offset or off the calendar. */
export function parseTimestamp(text: string): number | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?\s?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)$/.exec(text)
  if (found === null) return null
  const [, year, month, day, hour, minute, second, fraction, zone] = found
  const wallMs = wallTime(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second))
  const offset = offsetMinutes(zone ?? '')
  if (wallMs === null || offset === null) return null
  return wallMs + Number(`0.${fraction ?? '0'}`.slice(0, 5)) * 1000 - offset * 60_000
}

/** The offset from UTC that a timestamp was written with, minutes; null when it has none. */
export function offsetOf(timestamp: string): number | null {
  return offsetMinutes(/(Z|z|[+-]\d\d:?\d\d)$/.exec(timestamp)?.[1] ?? '')
}

/** An instant written as `Mon, 18 Jan 2016 11:16:53 -0800`, ms since 1970; null when it is none. */
export function parseRfc2822(text: string): number | null {
  const found = /^(?:[a-z]{3},\s*)?(\d{1,2})\s+([a-z]{3})\s+(\d{4})\s+(\d\d):(\d\d)(?::(\d\d))?\s+(GMT|UT|UTC|Z|[+-]\d{4})$/i.exec(
    text.trim(),
  )
  if (found === null) return null
  const [, day, month, year, hour, minute, second, zone] = found
  const wallMs = wallTime(
    Number(year),
    months.indexOf((month ?? '').toLowerCase()) + 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second ?? '0'),
  )
  const offset = offsetMinutes(/^[+-]/.test(zone ?? '') ? (zone ?? '') : 'Z')
  return wallMs === null || offset === null ? null : wallMs - offset * 60_000
}

/** `Mon, 18 Jan 2016 11:16:53 -0800` for an instant (cut to seconds) and an offset from UTC in minutes. */
export function formatRfc2822(ms: number, offset: number): string {
  const wall = new Date(ms + offset * 60_000)
  const month = months[wall.getUTCMonth()] ?? ''
  const size = Math.abs(offset)
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
  const date = `${two(wall.getUTCDate())} ${month[0]?.toUpperCase()}${month.slice(1)} ${String(wall.getUTCFullYear()).padStart(4, '0')}`
  return `${days[wall.getUTCDay()]}, ${date} ${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())} ${zone}`
}

/** `2016-01-18T19:16:53Z`: UTC, whole seconds. */
export function formatSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

const two = (value: number): string => String(value).padStart(2, '0')

function offsetMinutes(zone: string): number | null {
  if (/^(Z|UTC)$/i.test(zone)) return 0
  const found = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (found === null) return null
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? '0')
  return Number(found[3] ?? '0') > 59 || minutes > 18 * 60 ? null : found[1] === '-' ? 0 - minutes : minutes
}

/** A wall-clock time as if it were UTC; null when no calendar has it. A leap second counts as the next one. */
function wallTime(year: number, month: number, day: number, hour: number, minute: number, second: number): number | null {
  if (month < 1 || hour > 23 || minute > 59 || second > 60) return null
  const date = new Date(0)
  // Not Date.UTC, which reads the years 0 to 99 as 1900 to 1999.
  date.setUTCFullYear(year, month - 1, day)
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000
}
