const hourMs = 3_600_000

/** The UTC instant of 10:00 UTC or 9:00 UTC on the nth Sunday of a month: when US Pacific clocks change. */
const sunday = (year: number, month: number, nth: number, utcHour: number): number => {
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay()
  return Date.UTC(year, month, 1 + ((7 - first) % 7) + 7 * (nth - 1), utcHour)
}

/** Offset of US Pacific time at an instant, hours: −8, or −7 in summer. The requesting account lives there, as in the vendor's samples. */
export const pacificOffsetHours = (timeMs: number): number => {
  const year = new Date(timeMs).getUTCFullYear()
  return timeMs >= sunday(year, 2, 2, 10) && timeMs < sunday(year, 10, 1, 9) ? -7 : -8
}

/** `2016-01-18T11:16:53-08:00` */
export const pacificTime = (timeMs: number): string => {
  const offset = pacificOffsetHours(timeMs)
  return `${new Date(timeMs + offset * hourMs).toISOString().slice(0, 19)}-0${-offset}:00`
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const rfc2822 = /^(?:[a-z]{3},\s*)?(\d{1,2})\s+([a-z]{3})\s+(\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?(?:\s+([+-]\d{4}|gmt|ut|utc))?$/i

/**
 * An RFC-2822 time as UTC milliseconds, or null when it is none. `zone` says whether the offset in the text counts (`text`) or is overridden by the
 * requesting user's own (`user`).
 */
export const parseRfc2822 = (text: string, zone: 'text' | 'user'): number | null => {
  const match = rfc2822.exec(text.trim())
  const month = months.indexOf((match?.[2] ?? '').toLowerCase())
  if (match === null || month === -1) return null
  const wallMs = Date.UTC(Number(match[3]), month, Number(match[1]), Number(match[4]), Number(match[5]), Number(match[6] ?? 0))
  const offset = match[7]
  if (zone === 'user' || offset === undefined) return wallMs - pacificOffsetHours(wallMs + 8 * hourMs) * hourMs
  if (!/\d/.test(offset)) return wallMs
  const sign = offset.startsWith('-') ? -1 : 1
  return wallMs - sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3))) * 60_000
}
