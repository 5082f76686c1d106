import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../src-main/core/ports.ts'

/**
 * A clock that does not wait: time that would be slept is skipped. Whoever shares the time (a practice service) is told,
 * so that "wait until 14:05" means the same to both sides.
 */
export function createHurriedClock(startMs: number, onSkip: (nowMs: number) => void): Clock & { advance(ms: number): void } {
  const startedAt = performance.now()
  let skippedMs = 0
  const now = () => Math.round(startMs + (performance.now() - startedAt) + skippedMs)
  const advance = (ms: number) => {
    skippedMs += ms
    onSkip(now())
  }
  return {
    now,
    advance,
    async sleep(ms, signal) {
      const options = signal === undefined ? {} : { signal }
      // The beat of progress messages is left alone: it goes on for as long as a run does.
      if (ms <= 250) return sleep(ms, undefined, options)
      await sleep(1, undefined, options)
      advance(ms)
    },
  }
}
