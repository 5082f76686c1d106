import type { TrailviewError } from '../../contract/errors.ts'
import type { Archive, StoredConnection } from '../cache/archive.ts'
import { RunNames } from '../connectors/runtime/names.ts'
import { clockTime } from '../connectors/runtime/waits.ts'
import type { Clock } from '../ports.ts'
import { settleAccount } from './account.ts'
import { collectStream } from './collect-stream.ts'
import { nameBacklog } from './name-backlog.ts'
import type { RunProgress } from './progress.ts'
import type { RunTally } from './run-counts.ts'
import { asTrailviewError } from './run-error.ts'
import type { ServiceLinks } from './service-links.ts'
import { scopeOf } from './scope.ts'
import { merge, toIso, type Span } from './spans.ts'
import type { RunBounds } from './walk-window.ts'

/** One run of one connection, as asked for. */
export interface ConnectionRun {
  readonly id: string
  readonly connection: StoredConnection
  readonly bounds: RunBounds
  readonly signal: AbortSignal
  readonly tally: RunTally
  readonly progress: RunProgress
  /** Learns how many requests were sent so far. */
  readonly countRequests: (requests: () => number) => void
  readonly onWait: () => void
}

export interface ConnectionResult {
  /** The first error; null when everything came to its clean end. */
  readonly error: TrailviewError | null
  /** The newest unbroken span this run called complete, UTC; null when it called none. */
  readonly coverage: readonly [from: string | null, to: string] | null
}

/**
 * Collects all streams of a connection. Errors of the service come back in the result, after whatever could be collected in spite of them;
 * rejects with errors of keychain and connection, and when cancelled.
 */
export async function collectConnection(
  archive: Archive,
  links: ServiceLinks,
  clock: Clock,
  run: ConnectionRun,
): Promise<ConnectionResult> {
  const { connection, signal, progress } = run
  const definition = links.definitionOf(connection)
  const link = await links.open(connection)
  const stop = new AbortController()
  const requestSignal = AbortSignal.any([signal, stop.signal])
  const client = link.client({
    signal: requestSignal,
    onWait: (untilMs) => {
      progress.wait(untilMs === null ? null : `Waiting until ${clockTime(untilMs)} as the service asked`)
      run.onWait()
    },
  })
  run.countRequests(() => client.requestCount)
  const names = new RunNames({
    definition,
    client,
    options: connection.options,
    known: (refs) => archive.reader.names(connection.id, refs),
    nowMs: clock.now(),
  })
  const { account, refusal } = await settleAccount({
    ...archive,
    definition,
    connection,
    tell: () => link.account(client),
    mayChange: run.bounds.isFull,
  })
  signal.throwIfAborted()
  const scope = await scopeOf(archive.reader, definition, connection, account)
  const claimed: Span[] = []
  let error: TrailviewError | null = null
  let mayGoOn = true
  for (const stream of definition.streams) {
    const result = await collectStream(
      {
        ...run,
        reader: archive.reader,
        writer: archive.writer,
        clock,
        definition,
        scope,
        account,
        refusal,
        runId: run.id,
        client,
        names,
        abandon: () => stop.abort(),
        requestSignal,
      },
      stream,
    )
    claimed.push(...result.claimed)
    error ??= result.error
    mayGoOn = result.mayGoOn
    if (!mayGoOn) break
  }
  if (mayGoOn)
    error ??= await errorOf(nameBacklog({ archive, clock, definition, connection, runId: run.id, names, signal: requestSignal }), signal)
  const newest = merge(claimed)[0]
  return { error, coverage: newest === undefined ? null : [toIso(newest).from, toIso(newest).to] }
}

/** The error of something that comes after all walks; rejects when cancelled. */
async function errorOf(work: Promise<void>, signal: AbortSignal): Promise<TrailviewError | null> {
  try {
    await work
    return null
  } catch (thrown) {
    signal.throwIfAborted()
    return asTrailviewError(thrown)
  }
}
