import type { PreparedPage } from '../connectors/runtime/pull.ts'
import type { Span } from './spans.ts'
import type { SequenceWalk, StreamPoint } from './stream-point.ts'
import type { WalkTask } from './walk-task.ts'

export interface SequencePlanInput {
  /** What a walk that begins now may claim: everything before this, ms. */
  readonly endMs: number
  /** Bounds the user asked for, ms; -Infinity and Infinity: none. */
  readonly sinceMs: number
  readonly untilMs: number
  readonly isFull: boolean
  /** How many ids below the floor are read again. */
  readonly overlapIds: number
  /** Whether the stream was ever walked to its clean end in this scope. */
  readonly isKnown: boolean
  readonly point: Extract<StreamPoint, { readonly plan: 'sequence' }>
}

/**
 * The walks of one run over a `sequence` stream: first an interrupted one to its end, then one from the top down to what is known.
 * The floor below which ids count as known moves only when a walk has ended, never with the ids it met on the way.
 * With a lower bound there is one walk that may stop there and leaves floor and interrupted walk as they are. An upper bound saves nothing,
 * because what is newer has to be walked over: it is stored and claimed too.
 */
export function planSequence({ endMs, sinceMs, untilMs, isFull, overlapIds, isKnown, point }: SequencePlanInput): readonly WalkTask[] {
  if (sinceMs >= Math.min(endMs, untilMs)) return []
  const state = { floor: isKnown ? point.floor : null }
  const stopAt = (): bigint | null => (state.floor === null ? null : state.floor - BigInt(overlapIds))
  if (sinceMs !== -Infinity) return [boundedTask({ from: sinceMs, to: endMs }, isFull ? null : stopAt(), point)]
  const fresh: SequenceWalk = { endMs, top: null, resume: null }
  if (isFull) return [sequenceTask(fresh, state, () => null)]
  return [...(point.walk === null ? [] : [sequenceTask(point.walk, state, stopAt)]), sequenceTask(fresh, state, stopAt)]
}

/** `state` is shared by the walks of a run: the second one stops at the floor that the first has raised. */
function sequenceTask(from: SequenceWalk, state: { floor: bigint | null }, stopAt: () => bigint | null): WalkTask {
  let top = from.top
  return {
    window: { from: -Infinity, to: from.endMs },
    get stopAtSequence() {
      return stopAt()
    },
    resume: from.resume,
    happenedMs: Infinity,
    get seesAll() {
      return from.resume === null && stopAt() === null
    },
    pointAfter: (page, prepared, happenedMs) => {
      top = greater(top, topOf(prepared))
      const endMs = Math.min(from.endMs, happenedMs ?? Infinity)
      return { plan: 'sequence', floor: state.floor, walk: { endMs, top, resume: page.resume } }
    },
    pointAtEnd: () => {
      state.floor = greater(state.floor, top)
      return { plan: 'sequence', floor: state.floor, walk: null }
    },
    restarted: () => sequenceTask({ ...from, resume: null }, state, stopAt),
  }
}

/** Without a resume point of its own; and it tells nothing of what is gone, because a few events inside may have far lower ids. */
function boundedTask(window: Span, stopAtSequence: bigint | null, point: StreamPoint): WalkTask {
  return {
    window,
    stopAtSequence,
    resume: null,
    happenedMs: Infinity,
    seesAll: false,
    pointAfter: () => point,
    pointAtEnd: () => point,
    restarted: () => boundedTask(window, stopAtSequence, point),
  }
}

function topOf(page: PreparedPage): bigint | null {
  let top: bigint | null = null
  for (const { event } of page.records) if (event !== null && /^\d+$/.test(event.externalId)) top = greater(top, BigInt(event.externalId))
  return top
}

function greater(a: bigint | null, b: bigint | null): bigint | null {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}
