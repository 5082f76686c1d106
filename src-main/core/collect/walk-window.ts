import type { ErrorCode, TrailviewError } from '../../contract/errors.ts'
import type { ArchiveReader, ArchiveWriter, StoredConnection } from '../cache/archive.ts'
import type { Account, ConnectorDefinition, ServiceClient, StreamDefinition, WalkPage } from '../connectors/define.ts'
import { readCommonOptions } from '../connectors/runtime/common-options.ts'
import type { RunNames } from '../connectors/runtime/names.ts'
import { preparePages } from '../connectors/runtime/pull.ts'
import type { Clock } from '../ports.ts'
import { groups } from './page-groups.ts'
import type { RunProgress } from './progress.ts'
import type { RunTally } from './run-counts.ts'
import { asTrailviewError } from './run-error.ts'
import type { RunMemory } from './run-memory.ts'
import type { RunPages } from './run-pages.ts'
import { toIso, type Span } from './spans.ts'
import type { WalkTask } from './walk-task.ts'

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
  /** With whose credential it collects; null where that is not known. */
  readonly account: Account | null
  /** Why the service may not be asked at all; null: nothing stands in the way. */
  readonly refusal: TrailviewError | null
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
}

/** One stream of a run, ready to be walked. */
export interface StreamWalk {
  readonly run: StreamRun
  readonly stream: StreamDefinition
  readonly memory: RunMemory
  readonly pages: RunPages
}

const mostRestarts = 3
/** The service's clock is read to the second, and a little late; so much of a difference is none. */
const clockToleranceMs = 5_000
/** What a service may answer to a place in its list that it no longer knows. */
const staleResumeErrors: ReadonlySet<ErrorCode> = new Set(['SERVICE_BAD_REQUEST', 'SERVICE_NOT_FOUND', 'SERVICE_UNEXPECTED'])

/** How many ids a `sequence` stream reads again: the user's choice, or its own; 0 for others. */
export function overlapIdsOf({ connection }: Pick<StreamRun, 'connection'>, { plan, overlap }: StreamDefinition): number {
  return plan === 'sequence' ? Math.floor(readCommonOptions(connection.options).overlap ?? overlap) : 0
}

/**
 * Walks a window, again from its start when the list changed under the walk or its resume point no longer holds. Returns the part of it that is
 * complete now, null when none is, and whether all of it was seen.
 */
export async function walkWindow(
  parts: StreamWalk,
  planned: WalkTask,
): Promise<{ readonly complete: Span | null; readonly seesAll: boolean }> {
  let task = planned
  for (let restarts = 0; ; restarts++) {
    try {
      const { seesAll } = task
      return { complete: await walkOnce(parts, task), seesAll }
    } catch (thrown) {
      const error = asTrailviewError(thrown)
      const hasChanged = error.code === 'SERVICE_LIST_CHANGED' && restarts < mostRestarts
      const isStale = task.resume !== null && staleResumeErrors.has(error.code)
      if (parts.run.signal.aborted || !(hasChanged || isStale)) throw error
      task = task.restarted()
    }
  }
}

async function walkOnce({ run, stream, memory, pages }: StreamWalk, task: WalkTask): Promise<Span | null> {
  const { client, definition, names, connection, progress, signal, requestSignal, clock } = run
  const beganMs = clock.now()
  const walk = stream.walk({
    client,
    options: connection.options,
    memory,
    window: toIso(task.window),
    stopAtSequence: task.stopAtSequence,
    overlapIds: overlapIdsOf(run, stream),
    resume: task.resume,
    signal: requestSignal,
    nowMs: beganMs,
    report: (activity, share) => progress.report(activity, share),
  })
  const behindMs = (): number => (client.aheadMs > clockToleranceMs ? client.aheadMs : 0)
  /** How far the service's clock had come when the walk began. */
  const happenedMs = (): number | null => {
    if (task.happenedMs === null || behindMs() === 0) return task.happenedMs
    return Math.min(task.happenedMs, beganMs - behindMs() - stream.settleMs)
  }
  const store = async (group: readonly WalkPage[]): Promise<void> => {
    const last = group.at(-1)
    if (last === undefined) return
    memory.behindMs = behindMs()
    try {
      const prepared = await preparePages(definition, group, names, connection.options)
      await pages.store(prepared, task.pointAfter(last, prepared, happenedMs()), group.length)
      progress.addRecords(prepared.records.length)
      names.throwIfOver()
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
    memory.behindMs = behindMs()
    // An earlier Trailview did not note it: then nothing is known where the clocks differ.
    const complete = happened(task.window, happenedMs() ?? (behindMs() === 0 ? Infinity : -Infinity))
    const claim = complete === null ? null : { ...toIso(complete), findsGone: false, goneNotBefore: null }
    await pages.claim(claim, task.pointAtEnd())
    return complete
  } finally {
    await walk.return().catch(() => undefined)
  }
}

/** The part of a window that had happened at the service by an instant, ms; null when none had. With a clock ahead of the service's, the rest is yet to happen. */
function happened(window: Span, happenedMs: number): Span | null {
  const to = Math.min(window.to, happenedMs)
  return window.from < to ? { from: window.from, to } : null
}
