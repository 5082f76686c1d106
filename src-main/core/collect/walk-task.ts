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
  /** Whether everything the service holds in the window is seen by this walk when it ends. */
  readonly seesAll: boolean
  /** What is kept after a page (`prepared` holds it and those before it that are stored with it), and after the end. */
  pointAfter(page: WalkPage, prepared: PreparedPage): StreamPoint
  pointAtEnd(): StreamPoint
  /** The same task from the start of its window. */
  restarted(): WalkTask
}

/** The walk of one window of a `time` stream. */
export function timeTask({ from, to, resume }: PlannedWindow): WalkTask {
  return {
    window: { from, to },
    stopAtSequence: null,
    resume,
    seesAll: resume === null,
    pointAfter: (page) => ({ plan: 'time', window: { from, to, resume: page.resume } }),
    pointAtEnd: () => ({ plan: 'time', window: null }),
    restarted: () => timeTask({ from, to, resume: null }),
  }
}
