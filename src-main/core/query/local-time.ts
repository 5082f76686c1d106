const dayMs = 86_400_000

/** A wall-clock reading without a zone, as the milliseconds it would be in UTC. */
export type WallMs = number

const formats = new Map<string, Intl.DateTimeFormat>()

/** Whether the runtime knows the zone (IANA name or `+01:00`). */
export function isKnownZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/** How far the zone's clocks are ahead of UTC at an instant, milliseconds. Throws RangeError for an unknown zone. */
export function zoneOffsetMs(zone: string, instantMs: number): number {
  const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?/.exec(formatOf(zone).format(instantMs))
  const seconds = Number(match?.[2] ?? 0) * 3600 + Number(match?.[3] ?? 0) * 60 + Number(match?.[4] ?? 0)
  return (match?.[1] === '-' ? -seconds : seconds) * 1000
}

/**
 * The first instant at which the zone's clocks show the wall time or, where they skip it, the instant of the skip.
 * So a day always begins at its first existing moment, and a repeated hour at its first pass.
 */
export function instantOfWall(zone: string, wallMs: WallMs): number {
  const offsetBefore = zoneOffsetMs(zone, wallMs - dayMs)
  const offsetAfter = zoneOffsetMs(zone, wallMs + dayMs)
  const early = wallMs - Math.max(offsetBefore, offsetAfter)
  const late = wallMs - Math.min(offsetBefore, offsetAfter)
  const real = [early, late].filter((instantMs) => instantMs + zoneOffsetMs(zone, instantMs) === wallMs)
  return real[0] ?? firstInstantPast(zone, wallMs, early, late)
}

/** Bisects for the skip: before it the clocks show less than the wall time, from it on more. */
function firstInstantPast(zone: string, wallMs: WallMs, before: number, after: number): number {
  let low = before
  let high = after
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (middle + zoneOffsetMs(zone, middle) < wallMs) low = middle
    else high = middle
  }
  return high
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  formats.set(zone, format)
  return format
}
