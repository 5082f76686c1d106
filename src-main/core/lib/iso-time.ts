const minuteMs = 60_000
/** `07.` and so on. */
const seconds = Array.from({ length: 60 }, (_, second) => `${String(second).padStart(2, '0')}.`)
/** `123Z` and so on. */
const milliseconds = Array.from({ length: 1_000 }, (_, ms) => `${String(ms).padStart(3, '0')}Z`)
/** Of the last time: the next is mostly in the same minute. */
let minute = Number.NaN
let untilSecond = ''

/** What `toISOString` makes of a whole number of milliseconds since 1970, much faster where times come in order. Throws RangeError past a Date's range. */
export function isoTime(timeMs: number): string {
  const ofTime = Math.floor(timeMs / minuteMs)
  if (ofTime !== minute) {
    untilSecond = new Date(timeMs).toISOString().slice(0, -'00.000Z'.length)
    minute = ofTime
  }
  const ofMinute = timeMs - ofTime * minuteMs
  const second = Math.floor(ofMinute / 1_000)
  return `${untilSecond}${seconds[second] ?? ''}${milliseconds[ofMinute - second * 1_000] ?? ''}`
}
