import { randomUUID } from 'node:crypto'
import { TrailviewError } from '../../contract/errors.ts'
import type { CollectionRun, RunCounts, RunStatus } from '../../contract/model/collection.ts'
import type { ArchiveWriter } from '../cache/archive.ts'
import type { Clock, Log } from '../ports.ts'
import type { ConnectionResult } from './collect-connection.ts'
import { asTrailviewError, toRunError } from './run-error.ts'
import { SharedHold } from './shared-hold.ts'

const noCounts: RunCounts = { added: 0, changed: 0, unchanged: 0, late: 0, gone: 0, unmapped: 0, pages: 0, requests: 0 }

/** The runs of this process: each holds the right to collect, is entered in the archive's log when it begins, and closed there however it ends. */
export class RunLog {
  readonly #writer: ArchiveWriter
  readonly #clock: Clock
  readonly #log: Log
  readonly #hold: SharedHold

  constructor(writer: ArchiveWriter, clock: Clock, log: Log) {
    this.#writer = writer
    this.#clock = clock
    this.#log = log
    this.#hold = new SharedHold(writer, async () => {
      const closed = await writer.closeAbandonedRuns(this.#now())
      if (closed > 0) log.info('closed runs that a killed process left open', { closed })
    })
  }

  /** A run that has not begun to work yet. */
  announce(connection: string): CollectionRun {
    return {
      ...noCounts,
      id: randomUUID(),
      connection,
      status: 'running',
      startedAt: this.#now(),
      endedAt: null,
      coverage: null,
      error: null,
    }
  }

  /** Does the work of a run. Never rejects: whatever happens becomes the end of the run. */
  async carryOut(
    announced: CollectionRun,
    trigger: string,
    signal: AbortSignal,
    counts: () => RunCounts,
    work: () => Promise<ConnectionResult>,
  ): Promise<CollectionRun> {
    const { id, connection } = announced
    let hasBegun = false
    const result = await this.#hold
      .during(async () => {
        await this.#writer.beginRun({ id, connection, startedAt: announced.startedAt, trigger })
        hasBegun = true
        const ended = this.#ended(announced, await attempt(work), counts(), signal)
        await this.#end(ended)
        return ended
      }, signal)
      .catch((error: unknown) => this.#ended(announced, failed(error), counts(), signal))
    if (!hasBegun && result.status === 'failed') await this.#enterFailure(result, trigger)
    this.#log.info('run ended', {
      connection,
      status: result.status,
      added: result.added,
      requests: result.requests,
      code: result.error?.code ?? null,
    })
    return result
  }

  #ended(announced: CollectionRun, result: ConnectionResult, counts: RunCounts, signal: AbortSignal): CollectionRun {
    const status: RunStatus = signal.aborted ? 'cancelled' : result.error === null ? 'done' : 'failed'
    return {
      ...announced,
      ...counts,
      status,
      endedAt: this.#now(),
      coverage: result.coverage,
      error: status === 'failed' && result.error !== null ? toRunError(result.error) : null,
    }
  }

  async #end({
    id,
    status,
    endedAt,
    coverage,
    error,
    added,
    changed,
    unchanged,
    late,
    gone,
    unmapped,
    pages,
    requests,
  }: CollectionRun): Promise<void> {
    const counts = { added, changed, unchanged, late, gone, unmapped, pages, requests }
    await this.#writer.endRun({ id, status, endedAt: endedAt ?? this.#now(), counts, coverage, error })
  }

  /** A run that could not even begin is in the log all the same, unless the archive cannot be written at all. */
  async #enterFailure(run: CollectionRun, trigger: string): Promise<void> {
    try {
      await this.#writer.beginRun({ id: run.id, connection: run.connection, startedAt: run.startedAt, trigger })
      await this.#end(run)
    } catch (error) {
      this.#log.warn('a failed run could not be entered in the log', { code: error instanceof TrailviewError ? error.code : 'INTERNAL' })
    }
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString()
  }
}

async function attempt(work: () => Promise<ConnectionResult>): Promise<ConnectionResult> {
  try {
    return await work()
  } catch (error) {
    return failed(error)
  }
}

function failed(error: unknown): ConnectionResult {
  return { error: asTrailviewError(error), coverage: null }
}
