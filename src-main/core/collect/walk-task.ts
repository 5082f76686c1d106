import type { WalkPage } from '../connectors/define.ts'
import type { PreparedPage } from '../connectors/runtime/pull.ts'
import type { Span } from './spans.ts'
import type { StreamPoint } from './stream-point.ts'
import type { PlannedWindow } from './time-plan.ts'

/** One walk from its start, or from a resume point, to its end. */
export interface WalkTask {
  readonly window: Span
  readonly stopAtSequence: bigint | null
  readonly resume: WalkPage['resume']
  /** How far the service's clock had come when the walk began, in an earlier run, ms; infinite: past the window. Null: not known. */
  readonly happenedMs: number | null
  /** Whether everything the service holds in the window is seen by this walk when it ends. */
  readonly seesAll: boolean
  /**
   * What is kept after a page (`prepared` holds it and those before it that are stored with it), and after the end. `happenedMs`: the same of all of
   * the walk so far.
   */
  pointAfter(page: WalkPage, prepared: PreparedPage, happenedMs: number | null): StreamPoint
  pointAtEnd(): StreamPoint
  /** The same task from the start of its window. */
  restarted(): WalkTask
}

/** The walk of one window of a `time` stream. */
export function timeTask({ from, to, resume, happenedMs: beganMs }: PlannedWindow): WalkTask {
  return {
    window: { from, to },
    stopAtSequence: null,
    resume,
    happenedMs: beganMs,
    seesAll: resume === null,
    pointAfter: (page, _prepared, happenedMs) => ({ plan: 'time', window: { from, to, resume: page.resume, happenedMs } }),
    pointAtEnd: () => ({ plan: 'time', window: null }),
    restarted: () => timeTask({ from, to, resume: null, happenedMs: Infinity }),
  }
}
