/** An instant as a clock in a zone shows it. */
export interface ZonedTime {
  /** `2016-01-18` */
  readonly date: string
  /** `20:16:53` */
  readonly time: string
  /** `+01:00` */
  readonly offset: string
  /** `Mon 18 Jan 2016` */
  readonly day: string
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    })
    formats.set(zone, format)
  }
  return format
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const

/** Every row in view is read again with each step of the list; clocks take longer to ask than all else of a row. */
const maxRemembered = 4_096
const remembered = new Map<string, ZonedTime>()

/** Reads a UTC instant (ISO text or milliseconds) in an IANA zone. */
export function zonedTime(instant: string | number, zone: string): ZonedTime {
  const key = `${instant} ${zone}`
  let time = remembered.get(key)
  if (time === undefined) {
    if (remembered.size === maxRemembered) remembered.clear()
    remembered.set(key, (time = readClock(instant, zone)))
  }
  return time
}

function readClock(instant: string | number, zone: string): ZonedTime {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of formatOf(zone).formatToParts(new Date(instant))) part[type] = value
  const year = (part.year ?? '').padStart(4, '0')
  const offset = (part.timeZoneName ?? '').replace(/^GMT/u, '')
  return {
    date: `${year}-${part.month}-${part.day}`,
    time: `${part.hour}:${part.minute}:${part.second}`,
    offset: offset === '' ? '+00:00' : offset,
    day: `${part.weekday} ${Number(part.day)} ${months[Number(part.month) - 1]} ${year}`,
  }
}

/** `2016-01-18 20:16:53 +01:00` */
export function formatInstant(instant: string, zone: string): string {
  const { date, time, offset } = zonedTime(instant, zone)
  return `${date} ${time} ${offset}`
}

/** Offset of a zone at an instant, milliseconds east of UTC. */
export function offsetMs(zone: string, atMs: number): number {
  const match = /^([+-])(\d\d):(\d\d)(?::(\d\d))?$/u.exec(zonedTime(atMs, zone).offset)
  if (match === null) return 0
  const [, sign, hours, minutes, seconds = '0'] = match
  const sizeMs = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  return sign === '-' ? -sizeMs : sizeMs
}

/** The instant at which a date (`2016`, `2016-01`, `2016-01-18`) begins in a zone, or that an instant text names; null when it is neither. */
export function startOf(text: string, zone: string): number | null {
  const match = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/u.exec(text)
  if (match === null) {
    const instant = /T.*(?:Z|[+-]\d\d:?\d\d)$/u.test(text) ? Date.parse(text) : Number.NaN
    return Number.isNaN(instant) ? null : instant
  }
  const asUtc = Date.UTC(Number(match[1]), Number(match[2] ?? '1') - 1, Number(match[3] ?? '1'))
  const guess = asUtc - offsetMs(zone, asUtc)
  return asUtc - offsetMs(zone, guess)
}

/** The day, month or year after one: `2016-01-31` → `2016-02-01`, `2016-12` → `2017-01`. */
export function dateAfter(date: string): string {
  const [year = '0', month, day] = date.split('-')
  if (month === undefined) return String(Number(year) + 1).padStart(4, '0')
  const next = new Date(
    day === undefined ? Date.UTC(Number(year), Number(month), 1) : Date.UTC(Number(year), Number(month) - 1, Number(day) + 1),
  )
  return next.toISOString().slice(0, day === undefined ? 7 : 10)
}
