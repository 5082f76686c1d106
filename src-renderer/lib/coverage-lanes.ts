import type { CoverageSpan, CoverageState } from '../../src-main/contract/model/coverage.ts'
import type { TimeDomain } from './time-axis.ts'

/** A stretch of a lane in one state. */
export interface LanePiece extends TimeDomain {
  readonly state: CoverageState
}

/** What is known of one connection over a stretch of time, gapless. */
export interface CoverageLane {
  readonly connection: string
  readonly pieces: readonly LanePiece[]
}

/** The stretch that the spans speak of; null when they speak of none. */
export function coverageExtent(spans: readonly CoverageSpan[]): TimeDomain | null {
  const edges = spans.flatMap(({ from, to }) => [...(from === null ? [] : [Date.parse(from)]), Date.parse(to)])
  if (edges.length === 0) return null
  const [fromMs, toMs] = [Math.min(...edges), Math.max(...edges)]
  // spans that all begin with the beginning of time still need a drawing
  return { fromMs: fromMs === toMs ? toMs - yearMs : fromMs, toMs }
}

const yearMs = 365 * 86_400_000

/** Worst first: a stretch is only as complete as its least complete stream. */
const severity: readonly CoverageState[] = ['failed', 'never', 'expired', 'complete']

/** One lane per connection over `domain`. What no span speaks of was never asked for. */
export function coverageLanes(connections: readonly string[], spans: readonly CoverageSpan[], domain: TimeDomain): readonly CoverageLane[] {
  return connections.map((connection) => {
    const own = spans.filter((span) => span.connection === connection)
    return { connection, pieces: lanePieces(own, domain) }
  })
}

function lanePieces(spans: readonly CoverageSpan[], domain: TimeDomain): readonly LanePiece[] {
  const timed = spans.map((span) => ({
    ...span,
    fromMs: span.from === null ? -Infinity : Date.parse(span.from),
    toMs: Date.parse(span.to),
  }))
  const streams = [...new Set(spans.map((span) => span.stream))]
  const edges = new Set([domain.fromMs, domain.toMs])
  for (const span of timed) {
    for (const edge of [span.fromMs, span.toMs]) if (edge > domain.fromMs && edge < domain.toMs) edges.add(edge)
  }
  const sorted = [...edges].sort((a, b) => a - b)
  const pieces: LanePiece[] = []
  for (const [i, fromMs] of sorted.slice(0, -1).entries()) {
    const toMs = sorted[i + 1] ?? domain.toMs
    const state = worst(
      streams.map((stream) => stateOf(timed.filter((span) => span.stream === stream && span.fromMs <= fromMs && span.toMs >= toMs))),
    )
    const last = pieces.at(-1)
    if (last?.state === state) pieces[pieces.length - 1] = { ...last, toMs }
    else pieces.push({ fromMs, toMs, state })
  }
  return pieces
}

/** Of one stream: a failed retry does not undo a span that was complete. */
function stateOf(spans: readonly { readonly state: CoverageState }[]): CoverageState {
  const order: readonly CoverageState[] = ['complete', 'failed', 'expired', 'never']
  return order.find((state) => spans.some((span) => span.state === state)) ?? 'never'
}

function worst(states: readonly CoverageState[]): CoverageState {
  return states.length === 0 ? 'never' : (severity.find((state) => states.includes(state)) ?? 'never')
}
