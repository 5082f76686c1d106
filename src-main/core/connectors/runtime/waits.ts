const firstBackoffMs = 500
const longestBackoffMs = 30_000

/**
 * When the service wants to be asked again, ms since 1970; null when it did not say.
 * `Retry-After` in seconds or as a date comes first; then the reset times of both families of rate-limit headers, the later one.
 * Dates of the service are read against its own `Date` header, so that its clock may be wrong.
 */
export function retryAtMs(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const datedMs = serviceNowMs(headers) ?? nowMs
  const asked = headers['retry-after']?.trim() ?? ''
  if (/^\d+(?:\.\d+)?$/.test(asked)) return nowMs + Number(asked) * 1000
  const askedDateMs = dateMs(asked)
  if (askedDateMs !== null) return nowMs + Math.max(0, askedDateMs - datedMs)
  const resets = ['x-ratelimit-reset', 'x-ratelimit-reset-v2-api'].flatMap((name) => resetDelayMs(headers[name], datedMs) ?? [])
  return resets.length === 0 ? null : nowMs + Math.max(...resets)
}

/** What the service calls now, to the second, ms since 1970; null when its answer does not say. */
export function serviceNowMs(headers: Readonly<Record<string, string>>): number | null {
  return dateMs(headers['date'])
}

/** The wait before try number `attempt` + 1 (from 1) when the service gave none: doubling, half of it by chance, with a cap. */
export function backoffMs(attempt: number, random: () => number): number {
  const fullMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (attempt - 1))
  return fullMs / 2 + (fullMs / 2) * random()
}

/** `14:05:30 UTC`, for sentences about waits that end today. */
export function clockTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`
}

/** Unix seconds, or where the number is too small for that, seconds from now. */
function resetDelayMs(value: string | undefined, datedMs: number): number | null {
  const text = value?.trim() ?? ''
  if (!/^\d+(?:\.\d+)?$/.test(text)) return null
  const seconds = Number(text)
  return seconds < 1e9 ? seconds * 1000 : Math.max(0, seconds * 1000 - datedMs)
}

function dateMs(text: string | undefined): number | null {
  if (text === undefined || !/[a-z]/i.test(text)) return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : ms
}
