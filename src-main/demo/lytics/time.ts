const unitMs: Readonly<Record<string, number>> = {
  y: 365 * 86_400_000,
  M: 30 * 86_400_000,
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
}

/** `now`, `now-3d`, `now+2h`: UTC milliseconds, or null when it is no date math. */
export const parseDateMath = (text: string, nowMs: number): number | null => {
  const match = /^now(?:([+-])(\d{1,6})([yMwdhms]))?$/.exec(text)
  if (match === null) return null
  const [, sign, amount = '0', unit = 's'] = match
  return nowMs + (sign === '-' ? -1 : 1) * Number(amount) * (unitMs[unit] ?? 0)
}

/** `2016-03-03`: the beginning of that day, UTC. */
export const parseDay = (text: string): number | null =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) ? numberOrNull(Date.parse(`${text}T00:00:00Z`)) : null

/** `2016-03-03T10:00:00Z`, with or without a fraction or an offset. */
export const parseRfc3339 = (text: string): number | null =>
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(text) ? numberOrNull(Date.parse(text)) : null

const numberOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value)
