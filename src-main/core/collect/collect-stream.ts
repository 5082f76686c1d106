import type { ErrorCode, TrailviewError } from '../../contract/errors.ts'
import type { ArchiveReader, ArchiveWriter, StoredConnection, StreamState } from '../cache/archive.ts'
import type { ConnectorDefinition, ServiceClient, StreamDefinition, WalkPage } from '../connectors/define.ts'
import { readCommonOptions } from '../connectors/runtime/common-options.ts'
import type { RunNames } from '../connectors/runtime/names.ts'
import { preparePages, type PreparedPage } from '../connectors/runtime/pull.ts'
import type { Clock } from '../ports.ts'
import type { RunProgress } from './progress.ts'
import type { RunTally } from './run-counts.ts'
import { asTrailviewError, concernsWindowOnly, isArchiveError } from './run-error.ts'
import { RunMemory, RunPages } from './run-pages.ts'
import { groups } from './page-groups.ts'
import { planSequence } from './sequence-plan.ts'
import { fromIso, merge, toIso, type Span } from './spans.ts'
import { decodePoint, type StreamPoint } from './stream-point.ts'
import { planTime } from './time-plan.ts'

/** One walk from its start, or from a resume point, to its end. */
export interface WalkTask {
  readonly window: Span
  readonly stopAtSequence: bigint | null
  readonly resume: WalkPage['resume']
  /** Whether everything the service holds in the window is seen by this walk when it ends. */
  readonly seesAll: boolean
  /** What is kept after a page, and after the end. */
  pointAfter(page: WalkPage, prepared: PreparedPage): StreamPoint
  pointAtEnd(): StreamPoint
  /** The same task from the start of its window. */
  restarted(): WalkTask
}

/** What the user asked this run for; bounds in ms, infinite where none. */
export interface RunBounds {
  readonly sinceMs: number
  readonly untilMs: number
  readonly isFull: boolean
}

export interface StreamRun {
  readonly reader: Pick<ArchiveReader, 'streamState'>
  readonly writer: Pick<ArchiveWriter, 'commitPage' | 'saveFailedSpan'>
  readonly clock: Clock
  readonly definition: ConnectorDefinition
  readonly connection: StoredConnection
  readonly scope: string
  readonly runId: string
  readonly bounds: RunBounds
  readonly client: ServiceClient
  readonly names: RunNames
  readonly tally: RunTally
  readonly progress: RunProgress
  /** Aborted when the user cancels. */
  readonly signal: AbortSignal
  /** Ends requests under way when the run cannot go on, and the signal of all of them. */
  readonly abandon: () => void
  readonly requestSignal: AbortSignal
  readonly onStored: (added: number, changed: number) => void
}

export interface StreamResult {
  readonly claimed: readonly Span[]
  /** The first error; null when every walk came to its clean end. */
  readonly error: TrailviewError | null
  /** Whether other streams of the connection are still worth trying. */
  readonly mayGoOn: boolean
}

const mostRestarts = 3
/** What a service may answer to a place in its list that it no longer knows. */
const staleResumeErrors: ReadonlySet<ErrorCode> = new Set(['SERVICE_BAD_REQUEST', 'SERVICE_NOT_FOUND', 'SERVICE_UNEXPECTED'])
const mostFailuresInARow = 2
/** Between filter and shown time, services may differ by this; so near an edge nothing is called gone, ms. */
const goneMarginMs = 60_000
const dayMs = 24 * 60 * 60_000

/** Walks all that a stream lacks, newest first. Never rejects for an error of the service; rejects when cancelled. */
export async function collectStream(run: StreamRun, stream: StreamDefinition): Promise<StreamResult> {
  const state = await run.reader.streamState(run.connection.id, stream.id, run.scope)
  const memory = new RunMemory(state.memory)
  const { writer, clock, client, tally, runId, scope, onStored } = run
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
      onStored,
    },
    point,
  )
  const tasks = planStream(run, stream, state, point)
  const claimed: Span[] = []
  const seen: Span[] = []
  let firstError: TrailviewError | null = null
  let failuresInARow = 0
  for (const [index, task] of tasks.entries()) {
    run.progress.beginWindow(index, tasks.length, describe(task.window))
    try {
      const seesAll = await walkPatiently({ run, stream, memory, pages }, task)
      claimed.push(task.window)
      if (seesAll) seen.push(task.window)
      failuresInARow = 0
    } catch (thrown) {
      run.signal.throwIfAborted()
      const error = asTrailviewError(thrown)
      firstError ??= error
      if (isArchiveError(error)) return { claimed, error: firstError, mayGoOn: false }
      await writer.saveFailedSpan({ connection: run.connection.id, stream: stream.id, scope, ...toIso(task.window), reason: error.message })
      if (!concernsWindowOnly(error)) return { claimed, error: firstError, mayGoOn: false }
      if (++failuresInARow === mostFailuresInARow) break
    }
  }
  await findGone(run, pages, seen)
  return { claimed, error: firstError, mayGoOn: failuresInARow < mostFailuresInARow }
}

function planStream(run: StreamRun, stream: StreamDefinition, state: StreamState, point: StreamPoint): readonly WalkTask[] {
  const endMs = run.clock.now() - stream.settleMs
  const overlap = readCommonOptions(run.connection.options).overlap
  const complete = state.complete.map(fromIso)
  if (point.plan === 'sequence')
    return planSequence({
      endMs,
      isFull: run.bounds.isFull,
      overlapIds: Math.floor(overlap ?? stream.overlap),
      isKnown: complete.length > 0,
      point,
    })
  const windows = planTime({
    ...run.bounds,
    endMs,
    complete,
    overlapMs: overlap === null ? stream.overlap : overlap * 60_000,
    interrupted: point.window,
  })
  return windows.map(timeTask)
}

function timeTask({ from, to, resume }: Span & { readonly resume: WalkPage['resume'] }): WalkTask {
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

interface WalkParts {
  readonly run: StreamRun
  readonly stream: StreamDefinition
  readonly memory: RunMemory
  readonly pages: RunPages
}

/** Walks a window, again from its start when the list changed under the walk or its resume point no longer holds. True: all of it was seen. */
async function walkPatiently(parts: WalkParts, planned: WalkTask): Promise<boolean> {
  let task = planned
  for (let restarts = 0; ; restarts++) {
    try {
      const { seesAll } = task
      await walkOnce(parts, task)
      return seesAll
    } catch (thrown) {
      const error = asTrailviewError(thrown)
      const hasChanged = error.code === 'SERVICE_LIST_CHANGED' && restarts < mostRestarts
      const isStale = task.resume !== null && staleResumeErrors.has(error.code)
      if (parts.run.signal.aborted || !(hasChanged || isStale)) throw error
      task = task.restarted()
    }
  }
}

async function walkOnce({ run, stream, memory, pages }: WalkParts, task: WalkTask): Promise<void> {
  const { client, definition, names, connection, progress, signal, requestSignal, clock } = run
  const walk = stream.walk({
    client,
    options: connection.options,
    memory,
    window: toIso(task.window),
    stopAtSequence: task.stopAtSequence,
    resume: task.resume,
    signal: requestSignal,
    nowMs: clock.now(),
    report: (activity, share) => progress.report(activity, share),
  })
  const store = async (group: readonly WalkPage[]): Promise<void> => {
    try {
      const prepared = await preparePages(definition, group, names, connection.options)
      for (const [index, page] of group.entries()) {
        const ready = prepared[index] as PreparedPage
        await pages.store(ready, task.pointAfter(page, ready))
        progress.addRecords(page.records.length)
        signal.throwIfAborted()
      }
    } catch (error) {
      run.abandon()
      throw error
    }
  }
  try {
    for await (const group of groups(walk)) {
      signal.throwIfAborted()
      await store(group)
    }
    await pages.claim({ ...toIso(task.window), findsGone: false, goneNotBefore: null }, task.pointAtEnd())
  } finally {
    await walk.return().catch(() => undefined)
  }
}

/** What was archived in spans that were seen whole and did not come back: looked for once all of them are walked, because windows overlap at their edges. */
async function findGone(run: StreamRun, pages: RunPages, seen: readonly Span[]): Promise<void> {
  const { retentionDays } = run.definition.info
  const goneNotBefore = retentionDays === null ? null : new Date(run.clock.now() - (retentionDays - 1) * dayMs).toISOString()
  for (const span of merge(seen)) {
    const inner = { from: span.from + goneMarginMs, to: span.to - goneMarginMs }
    if (inner.from < inner.to) await pages.claim({ ...toIso(inner), findsGone: true, goneNotBefore })
  }
}

function describe(window: Span): string {
  const { from, to } = toIso(window)
  return from === null
    ? `Collecting everything before ${to.slice(0, 10)}`
    : `Collecting ${from.slice(0, 16).replace('T', ' ')} to ${to.slice(0, 16).replace('T', ' ')} UTC`
}
