import type { Json } from '../connectors/define.ts'
import { cut, merge, subtract, type Span } from './spans.ts'

/** One window to walk; `resume` is where an interrupted walk of exactly this window stopped, null for its start. */
export interface PlannedWindow extends Span {
  readonly resume: Json
  /** As in `WalkTask`. */
  readonly happenedMs: number | null
}

export interface TimePlanInput {
  /** End of everything, fixed once for the run: now less the settle time, ms. */
  readonly endMs: number
  /** Bounds the user asked for; -Infinity and Infinity: none. */
  readonly sinceMs: number
  readonly untilMs: number
  /** How far the service's clock was behind this one when it was last heard, ms; 0: it was not. */
  readonly behindMs: number
  /** Walk everything again, whatever is complete. */
  readonly isFull: boolean
  readonly complete: readonly Span[]
  readonly overlapMs: number
  /** The window an earlier run was walking when it ended, and how far it came. */
  readonly interrupted: PlannedWindow | null
}

const dayMs = 24 * 60 * 60_000
/** Ages by the service's clock at which a backfill is cut, so that recent events come first and an interruption costs little. */
const sliceAgesMs = [1, 7, 30, 90, 365].map((days) => days * dayMs)
/**
 * What follows on from a complete span is walked in one go up to this length: an idle run stays one window. What is yet to happen at the service does
 * not count: it is asked for each time, in case its clock is not the one of its events, and most likely empty.
 */
const wholeUpToMs = 7 * dayMs

/**
 * The windows of one run over a `time` stream, newest first: what is missing, widened downwards by the overlap wherever it
 * follows on from something complete. Windows may overlap; together they cover all that is missing.
 */
export function planTime(input: TimePlanInput): readonly PlannedWindow[] {
  const whole = { from: input.sinceMs, to: Math.min(input.endMs, input.untilMs) }
  if (whole.from >= whole.to) return []
  const missing = input.isFull ? [whole] : subtract(whole, input.complete)
  const done = input.isFull ? [] : input.complete
  const resumable = input.isFull ? null : input.interrupted
  // What is complete to the very end is still re-read there.
  const spans = isCompleteTo(whole.to, done) ? [{ from: whole.to, to: whole.to }, ...missing] : missing
  const widened = spans.map((span) => {
    const restsOn = done.some((complete) => complete.to >= span.from && complete.from < span.from)
    return { span: restsOn ? { from: Math.max(whole.from, span.from - input.overlapMs), to: span.to } : span, restsOn }
  })
  return joined(widened).flatMap(({ span, restsOn }) => windowsOf(span, restsOn, resumable, input))
}

/**
 * A window that was being walked is kept as it was, so that its resume point holds; what is newer than it, or had not happened when its walk began,
 * re-reads the overlap.
 */
function windowsOf(span: Span, restsOn: boolean, interrupted: PlannedWindow | null, input: TimePlanInput): PlannedWindow[] {
  const nowMs = input.endMs - input.behindMs
  if (interrupted === null || interrupted.from < span.from || interrupted.to > span.to) return sliced(span, restsOn, nowMs)
  const seenTo = Math.max(span.from, Math.min(interrupted.to, interrupted.happenedMs ?? Infinity))
  const newer = seenTo < span.to ? sliced({ from: seenTo, to: span.to }, true, nowMs) : []
  const older = span.from < interrupted.from ? sliced({ from: span.from, to: interrupted.from }, restsOn, nowMs) : []
  const widened = newer.map((window) =>
    window.from === seenTo ? { ...window, from: Math.max(span.from, window.from - input.overlapMs) } : window,
  )
  return [...widened, interrupted, ...older]
}

/** `nowMs`: by the service's clock. */
function sliced(span: Span, restsOn: boolean, nowMs: number): PlannedWindow[] {
  const isShort = Math.min(span.to, nowMs) - span.from <= wholeUpToMs
  const ages = restsOn && isShort ? [] : sliceAgesMs.map((age) => nowMs - age)
  return cut(span, ages).map((part) => ({ ...part, resume: null, happenedMs: Infinity }))
}

function isCompleteTo(to: number, complete: readonly Span[]): boolean {
  return complete.some((span) => span.from < to && span.to >= to)
}

/** Widened spans that now overlap become one. */
function joined(
  spans: readonly { readonly span: Span; readonly restsOn: boolean }[],
): { readonly span: Span; readonly restsOn: boolean }[] {
  return merge(spans.map(({ span }) => span))
    .filter((span) => span.from < span.to)
    .map((span) => ({ span, restsOn: spans.some((one) => one.restsOn && one.span.from === span.from) }))
}
