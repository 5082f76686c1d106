import type { TrailviewError } from '../../contract/errors.ts'
import type { StreamState } from '../cache/archive.ts'
import type { StreamDefinition } from '../connectors/define.ts'
import { readCommonOptions } from '../connectors/runtime/common-options.ts'
import { asTrailviewError, concernsWindowOnly, isArchiveError } from './run-error.ts'
import { RunMemory } from './run-memory.ts'
import { RunPages } from './run-pages.ts'
import { planSequence } from './sequence-plan.ts'
import { fromIso, merge, toIso, type Span } from './spans.ts'
import { decodePoint, type StreamPoint } from './stream-point.ts'
import { planTime } from './time-plan.ts'
import { timeTask, type WalkTask } from './walk-task.ts'
import { overlapIdsOf, walkWindow, type StreamRun } from './walk-window.ts'

export interface StreamResult {
  readonly claimed: readonly Span[]
  /** The first error; null when every walk came to its clean end. */
  readonly error: TrailviewError | null
  /** Whether other streams of the connection are still worth trying. */
  readonly mayGoOn: boolean
}

const mostFailuresInARow = 2
/** Between filter and shown time, services may differ by this; so near an edge nothing is called gone, ms. */
const goneMarginMs = 60_000
const dayMs = 24 * 60 * 60_000

/** Walks all that a stream lacks, newest first. Never rejects for an error of the service; rejects when cancelled. */
export async function collectStream(run: StreamRun, stream: StreamDefinition): Promise<StreamResult> {
  const state = await run.reader.streamState(run.connection.id, stream.id, run.scope)
  const memory = new RunMemory(state.memory, run.connection.baseUrl, run.account)
  const { writer, clock, client, tally, runId, scope } = run
  const point = decodePoint(state.resume, stream.plan)
  const pages = new RunPages(
    {
      writer,
      clock,
      client,
      tally,
      memory,
      runId,
      connection: run.connection.id,
      stream: stream.id,
      scope,
    },
    point,
  )
  const tasks = planStream(run, stream, state, point, memory)
  const fail = (window: Span, reason: string): Promise<void> =>
    writer.saveFailedSpan({ connection: run.connection.id, stream: stream.id, scope, ...toIso(window), reason })
  if (run.refusal !== null) {
    if (tasks[0] !== undefined) await fail(tasks[0].window, run.refusal.message)
    return { claimed: [], error: run.refusal, mayGoOn: false }
  }
  const claimed: Span[] = []
  const seen: Span[] = []
  let firstError: TrailviewError | null = null
  let failuresInARow = 0
  for (const [index, task] of tasks.entries()) {
    run.progress.beginWindow(index, tasks.length, describe(task.window))
    try {
      const { complete, seesAll } = await walkWindow({ run, stream, memory, pages }, task)
      if (complete !== null) claimed.push(complete)
      if (complete !== null && seesAll) seen.push(complete)
      failuresInARow = 0
    } catch (thrown) {
      run.signal.throwIfAborted()
      const error = asTrailviewError(thrown)
      firstError ??= error
      if (isArchiveError(error)) return { claimed, error: firstError, mayGoOn: false }
      await fail(task.window, error.message)
      if (!concernsWindowOnly(error) || run.requestSignal.aborted) return { claimed, error: firstError, mayGoOn: false }
      if (++failuresInARow === mostFailuresInARow) break
    }
  }
  await findGone(run, stream, pages, seen)
  return { claimed, error: firstError, mayGoOn: failuresInARow < mostFailuresInARow }
}

function planStream(
  run: StreamRun,
  stream: StreamDefinition,
  state: StreamState,
  point: StreamPoint,
  memory: RunMemory,
): readonly WalkTask[] {
  const nowMs = run.clock.now()
  // What the options want later on is not complete before.
  const endMs = Math.min(nowMs - stream.settleMs, stream.wantedSpan?.(run.connection.options, nowMs).toMs ?? Infinity)
  const complete = state.complete.map(fromIso)
  if (point.plan === 'sequence')
    return planSequence({
      ...run.bounds,
      endMs,
      overlapIds: overlapIdsOf(run, stream),
      isKnown: complete.length > 0,
      point,
    })
  const { overlap } = readCommonOptions(run.connection.options)
  const windows = planTime({
    ...run.bounds,
    endMs,
    complete,
    behindMs: Math.max(run.client.aheadMs, memory.behindMs),
    overlapMs: overlap === null ? stream.overlap : overlap * 60_000,
    interrupted: point.window,
  })
  return windows.map(timeTask)
}

/** What was archived in spans that were seen whole and did not come back: looked for once all of them are walked, because windows overlap at their edges. */
async function findGone(run: StreamRun, stream: StreamDefinition, pages: RunPages, seen: readonly Span[]): Promise<void> {
  const { retentionDays } = run.definition.info
  // What the options do not want any more did not come back for that reason.
  const wantedMs = stream.wantedSpan?.(run.connection.options, run.clock.now()).fromMs ?? -Infinity
  const goneNotBefore = retentionDays === null ? null : new Date(run.clock.now() - (retentionDays - 1) * dayMs).toISOString()
  for (const span of merge(seen)) {
    const inner = { from: Math.max(span.from, wantedMs) + goneMarginMs, to: span.to - goneMarginMs }
    if (inner.from < inner.to) await pages.claim({ ...toIso(inner), findsGone: true, goneNotBefore })
  }
}

function describe(window: Span): string {
  const { from, to } = toIso(window)
  return from === null
    ? `Collecting everything before ${to.slice(0, 10)}`
    : `Collecting ${from.slice(0, 16).replace('T', ' ')} to ${to.slice(0, 16).replace('T', ' ')} UTC`
}
