const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 })
const oneDigit = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 })

/** A count in full, grouped: `10,000,000`. */
export function formatCount(count: number): string {
  return whole.format(count)
}

/** A size for people: `3.4 MB` (decimal units). */
export function formatBytes(sizeBytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const
  let size = sizeBytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit++
  }
  return `${oneDigit.format(size)} ${units[unit]}`
}

/** A length of time for people: `8 s`, `3 min`, `2 h 10 min`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  if (seconds < 90) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A query time: `7 ms`, `1.2 s`. */
export function formatMs(durationMs: number): string {
  return durationMs < 1000 ? `${Math.max(1, Math.round(durationMs))} ms` : `${oneDigit.format(durationMs / 1000)} s`
}
