import { TrailviewError } from '../../contract/errors.ts'
import type { CollectionProgress, CollectionRun, ConnectionStatus } from '../../contract/model/collection.ts'
import type { Archive, StoredConnection } from '../cache/archive.ts'
import type { Clock, Log } from '../ports.ts'
import { collectConnection } from './collect-connection.ts'
import { connectionStatuses, type LiveState } from './connection-status.ts'
import { RunProgress } from './progress.ts'
import { RunTally } from './run-counts.ts'
import type { RunLog } from './run-log.ts'
import { dueMs, offline, standstillAfter, type Standstill } from './schedule.ts'
import type { ServiceLinks } from './service-links.ts'
import type { RunBounds } from './walk-window.ts'

/** What to collect. Dates are UTC ISO. */
export interface CollectionWish {
  /** Ids; empty: all connections. */
  readonly connections: readonly string[]
  readonly since: string | null
  readonly until: string | null
  /** Walk everything again, whatever is complete already. */
  readonly full: boolean
  /** Who asked, for the log of runs. */
  readonly trigger: string
}

/** The one that collects: a queue for each connection, so that connections run side by side and never wait for each other. */
export interface Collector {
  /** Queues a run for each connection and returns at once. A run under way that does just the same is returned instead of a second one. */
  start(wish: CollectionWish): Promise<readonly CollectionRun[]>
  /** Stops what runs and forgets what is queued; resolves when it has stopped. False when there was nothing. */
  cancel(connection: string): Promise<boolean>
  progress(): readonly CollectionProgress[]
  status(): Promise<readonly ConnectionStatus[]>
  /** The run when it has ended. Rejects with CALL_INVALID when this process knows no such run. */
  whenFinished(runId: string): Promise<CollectionRun>
  /** To be called when a connection was added, changed or removed: a pause for its credential ends, its schedule is looked at again. */
  connectionChanged(connection: string): void
  /** Cancels everything and resolves when all of it has stopped. */
  dispose(): Promise<void>
}

export interface CollectorOptions {
  readonly archive: Archive
  readonly links: ServiceLinks
  readonly runs: RunLog
  readonly clock: Clock
  readonly log: Log
  /** Whether connections are collected on their schedule. */
  readonly runsSchedule: boolean
  readonly onProgress: (progress: CollectionProgress) => void
  readonly onFinished: (run: CollectionRun) => void
  readonly onStatus: (connection: string) => void
}

/** How often progress is told while a run is under way, and the longest the schedule sleeps before it looks at the clock again, ms. */
const progressEveryMs = 250
const longestSleepMs = 30_000
/** Of so many runs the end can be awaited. */
const mostRemembered = 1000

interface Job {
  readonly run: CollectionRun
  readonly wish: CollectionWish
  readonly stop: AbortController
  readonly tally: RunTally
  readonly progress: RunProgress
  requests: () => number
  readonly ended: Promise<CollectionRun>
  readonly end: (run: CollectionRun) => void
}

interface Lane {
  readonly queue: Job[]
  current: Job | null
  standstill: Standstill | null
  lastRun: CollectionRun | null
}

export function createCollector(options: CollectorOptions): Collector {
  const { archive, links, runs, clock, log } = options
  const lanes = new Map<string, Lane>()
  const jobs = new Map<string, Job>()
  const disposal = new AbortController()
  let wake = new AbortController()

  const laneOf = (connection: string): Lane => {
    const lane = lanes.get(connection) ?? { queue: [], current: null, standstill: null, lastRun: null }
    lanes.set(connection, lane)
    return lane
  }

  const enqueue = (connection: string, wish: CollectionWish): CollectionRun => {
    const lane = laneOf(connection)
    const same = [lane.current, ...lane.queue].find((job) => job !== null && isSameWish(job.wish, wish) && !job.stop.signal.aborted)
    if (same != null) return same.run
    const run = runs.announce(connection)
    const { promise, resolve } = Promise.withResolvers<CollectionRun>()
    const progress = new RunProgress(connection, run.id, () => clock.now())
    const job: Job = {
      run,
      wish,
      stop: new AbortController(),
      tally: new RunTally(),
      progress,
      requests: () => 0,
      ended: promise,
      end: resolve,
    }
    jobs.set(run.id, job)
    const [oldest] = jobs.keys()
    if (jobs.size > mostRemembered && oldest !== undefined) jobs.delete(oldest)
    lane.queue.push(job)
    void advance(connection, lane)
    return run
  }

  const advance = async (connection: string, lane: Lane): Promise<void> => {
    if (lane.current !== null) return
    const job = lane.queue.shift()
    if (job === undefined) return
    lane.current = job
    options.onStatus(connection)
    const ended = await perform(job)
    lane.current = null
    lane.lastRun = ended
    if (ended.status !== 'cancelled') lane.standstill = standstillAfter(ended, lane.standstill, clock.now())
    job.end(ended)
    options.onFinished(ended)
    options.onStatus(connection)
    wake.abort()
    void advance(connection, lane)
  }

  const perform = async (job: Job): Promise<CollectionRun> => {
    const { run, stop, tally, progress } = job
    const counts = () => tally.counts(job.requests())
    const ticker = new AbortController()
    void tick(() => options.onProgress(progress.snapshot(counts())), ticker.signal)
    try {
      return await runs.carryOut(run, job.wish.trigger, stop.signal, counts, async () =>
        collectConnection(archive, links, clock, {
          id: run.id,
          connection: await connectionOf(run.connection),
          bounds: boundsOf(job.wish),
          signal: stop.signal,
          tally,
          progress,
          countRequests: (requests) => (job.requests = requests),
          onWait: () => options.onStatus(run.connection),
        }),
      )
    } finally {
      ticker.abort()
    }
  }

  const tick = async (tell: () => void, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(progressEveryMs, signal).catch(() => undefined)
      if (!signal.aborted) tell()
    }
  }

  const connectionOf = async (id: string): Promise<StoredConnection> => {
    const found = (await archive.reader.connections()).find((connection) => connection.id === id)
    if (found !== undefined) return found
    throw new TrailviewError(
      'CONNECTION_NOT_FOUND',
      `There is no connection ${JSON.stringify(id)}; it was removed before its collection began.`,
    )
  }

  const stopJob = (job: Job): void => job.stop.abort(new TrailviewError('CALL_CANCELLED', 'The collection was cancelled.'))

  const cancel = async (connection: string): Promise<boolean> => {
    const lane = laneOf(connection)
    const waiting = lane.queue.splice(0)
    for (const job of waiting) {
      stopJob(job)
      const ended: CollectionRun = { ...job.run, status: 'cancelled', endedAt: new Date(clock.now()).toISOString() }
      job.end(ended)
      options.onFinished(ended)
    }
    const { current } = lane
    if (current !== null) {
      stopJob(current)
      await current.ended
    }
    return current !== null || waiting.length > 0
  }

  const liveState = (connection: string): LiveState => {
    const { current, queue, standstill, lastRun } = laneOf(connection)
    return {
      isRunning: current !== null,
      isQueued: queue.length > 0,
      waiting: current?.progress.waiting ?? null,
      standstill,
      lastRun,
      runsSchedule: options.runsSchedule,
    }
  }

  /** Whether the service answers again; while it does not, no run is begun that would only fail. */
  const isBackOnline = async (connection: StoredConnection, lane: Lane): Promise<boolean> => {
    if (lane.standstill?.kind !== 'offline') return true
    try {
      await (await links.open(connection)).reach(disposal.signal)
      return true
    } catch (error) {
      if (error instanceof TrailviewError && error.code !== 'SERVICE_UNREACHABLE') return true
      lane.standstill = offline(lane.standstill.sentence, lane.standstill, clock.now())
      options.onStatus(connection.id)
      return false
    }
  }

  /** Starts what is due; returns when to look again, ms since 1970. */
  const startDue = async (isFirst: boolean): Promise<number> => {
    let nextMs = clock.now() + longestSleepMs
    for (const connection of await archive.reader.connections()) {
      const lane = laneOf(connection.id)
      if (lane.current !== null || lane.queue.length > 0) continue
      lane.lastRun ??= (await archive.reader.runs(connection.id, 1))[0] ?? null
      const isWished = isFirst && connection.collectOnStart
      const atMs = isWished ? clock.now() : dueMs(connection, lane.lastRun?.startedAt ?? null, lane.standstill)
      if (atMs === null) continue
      if (atMs > clock.now()) nextMs = Math.min(nextMs, atMs)
      else if ((await isBackOnline(connection, lane)) && !disposal.signal.aborted) {
        enqueue(connection.id, {
          connections: [connection.id],
          since: null,
          until: null,
          full: false,
          trigger: isWished ? 'start' : 'schedule',
        })
      }
    }
    return nextMs
  }

  const keepSchedule = async (): Promise<void> => {
    for (let isFirst = true; !disposal.signal.aborted; isFirst = false) {
      wake = new AbortController()
      const nextMs = await startDue(isFirst).catch((error: unknown) => {
        log.warn('the schedule could not be read', { code: error instanceof TrailviewError ? error.code : 'INTERNAL' })
        return clock.now() + longestSleepMs
      })
      await clock.sleep(Math.max(0, nextMs - clock.now()), AbortSignal.any([wake.signal, disposal.signal])).catch(() => undefined)
    }
  }
  const schedule = options.runsSchedule ? keepSchedule() : Promise.resolve()

  return {
    async start(wish) {
      const ids = wish.connections.length > 0 ? wish.connections : (await archive.reader.connections()).map(({ id }) => id)
      disposal.signal.throwIfAborted()
      return ids.map((id) => {
        // Asked for by hand: a pause or a wait is over.
        laneOf(id).standstill = null
        return enqueue(id, wish)
      })
    },
    cancel,
    progress: () =>
      [...lanes.values()].flatMap(({ current }) =>
        current === null ? [] : [current.progress.snapshot(current.tally.counts(current.requests()))],
      ),
    status: () => connectionStatuses(archive.reader, liveState),
    async whenFinished(runId) {
      const job = jobs.get(runId)
      if (job === undefined) throw new TrailviewError('CALL_INVALID', `No run ${JSON.stringify(runId)} was started here.`)
      return job.ended
    },
    connectionChanged(connection) {
      laneOf(connection).standstill = null
      options.onStatus(connection)
      wake.abort()
    },
    async dispose() {
      disposal.abort(new TrailviewError('CALL_CANCELLED', 'Trailview is closing.'))
      await Promise.all([...lanes.keys()].map(cancel))
      await schedule
    },
  }
}

function isSameWish(a: CollectionWish, b: CollectionWish): boolean {
  return a.since === b.since && a.until === b.until && a.full === b.full
}

function boundsOf({ since, until, full }: CollectionWish): RunBounds {
  return { sinceMs: since === null ? -Infinity : Date.parse(since), untilMs: until === null ? Infinity : Date.parse(until), isFull: full }
}
