import type { TraceEvent } from './trace.ts'

/** Since when the screen has been behind. */
export interface DueTimes {
  /** `tickAt`: the display's tick that the change was dated to; `sentAt`: when the page was told to draw, null where it had no part. Times of the trace, µs. */
  of(tickAt: number, sentAt: number | null): number
}

/**
 * A change is due with the display's tick, or with the beginning of the page's task that asked for it where that came later: after a rest
 * Chromium dates the first change back to the tick before, at which a key was not pressed yet. What asked for a change is seen where the
 * document was marked as changed or a frame was asked for. Where only the drawing itself made the change, such as a mouse that moved, it counts
 * from when the display's ticks were asked for again, or from the tick if they never rested.
 */
export function createDueTimes(events: readonly TraceEvent[], pageThread: number): DueTimes {
  const own = events.filter(({ tid }) => tid === pageThread)
  const timesOf = (names: readonly string[]): readonly number[] => own.filter(({ name }) => names.includes(name)).map(({ ts }) => ts)
  const tasks = timesOf(['RunTask'])
  const touches = timesOf(['ScheduleStyleRecalculation', 'InvalidateLayout'])
  const requests = timesOf(['RequestAnimationFrame'])
  const starts = timesOf(['BeginMainThreadFrame'])
  const wakes = events.filter(({ name, args }) => name === 'NeedsBeginFrameChanged' && args.data?.needsBeginFrame === 1).map(({ ts }) => ts)
  const commits = own.filter(({ name, ph }) => name === 'Commit' && ph === 'X').map(({ ts, dur }) => ts + dur)
  const lastOf = (times: readonly number[], before: number): number => times[firstFrom(times, before) - 1] ?? 0
  /** The first of `times` from one to before another. */
  const firstOf = (times: readonly number[], from: number, before: number): number => {
    const at = times[firstFrom(times, from)] ?? Infinity
    return at < before ? at : Infinity
  }
  return {
    of(tickAt, sentAt) {
      if (sentAt === null) return tickAt
      const start = starts[firstFrom(starts, sentAt)] ?? sentAt
      const askedAt = Math.min(firstOf(touches, lastOf(commits, start), start), firstOf(requests, lastOf(starts, start), start))
      return Math.max(tickAt, askedAt === Infinity ? lastOf(wakes, sentAt) : lastOf(tasks, askedAt))
    },
  }
}

/** Index of the first of the sorted `times` that is not before `at`. */
function firstFrom(times: readonly number[], at: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}
