import type { CoverageSpan } from '../../contract/model/coverage.ts'
import type { AskedSpan } from '../cache/archive.ts'

export interface CoverageFacts {
  readonly connection: string
  readonly stream: string
  /** What was asked for: complete and failed spans, not overlapping, earliest first. */
  readonly asked: readonly AskedSpan[]
  readonly nowMs: number
  /**
   * What happened before this, the service had forgotten by its own rule when it was first asked, ms since 1970.
   * Null: no such rule is known.
   */
  readonly forgottenBeforeMs: number | null
  /** How long the service keeps an event, ms; null: no such rule is known. */
  readonly keptMs: number | null
}

const dayMs = 86_400_000

/**
 * Every instant up to the end of what was asked for has a state: what lies between the spans was never asked for, and what the
 * service had forgotten before it could be asked has expired, also where a walk went over it and found nothing: at first, and where
 * nothing was collected for longer than the service keeps events.
 */
export function coverageSpans({ connection, stream, asked, nowMs, forgottenBeforeMs, keptMs }: CoverageFacts): readonly CoverageSpan[] {
  const found: CoverageSpan[] = []
  const add = (fromMs: number, toMs: number, state: CoverageSpan['state']) => {
    if (fromMs >= toMs) return
    found.push({
      connection,
      stream,
      from: fromMs === -Infinity ? null : new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      state,
    })
  }
  const horizonMs = forgottenBeforeMs ?? -Infinity
  const end = asked.at(-1)
  add(-Infinity, Math.min(horizonMs, end === undefined ? nowMs : Date.parse(end.to)), 'expired')
  let reachedMs = horizonMs
  for (const span of asked) {
    const fromMs = Math.max(horizonMs, span.from === null ? -Infinity : Date.parse(span.from))
    const toMs = Date.parse(span.to)
    if (toMs <= reachedMs) continue
    add(reachedMs, fromMs, 'never')
    const askedMs = Math.max(fromMs, reachedMs)
    const lostMs = span.state === 'failed' ? askedMs : Math.min(Math.max(askedMs, forgottenWhenAsked(span, keptMs)), toMs)
    add(askedMs, lostMs, 'expired')
    add(lostMs, toMs, span.state)
    reachedMs = toMs
  }
  if (end === undefined) add(reachedMs, nowMs, 'never')
  return found
}

/** Before when the service had forgotten everything as a span was called complete, by the day: services clean up once a day, and neighbouring spans of a day become one. */
function forgottenWhenAsked({ since }: AskedSpan, keptMs: number | null): number {
  return keptMs === null ? -Infinity : Math.floor(Date.parse(since) / dayMs) * dayMs - keptMs
}
