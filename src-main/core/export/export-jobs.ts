import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { ExportFormat, ExportJob } from '../../contract/model/export.ts'
import type { Query } from '../../contract/model/query.ts'
import { toErrorData } from '../dispatch.ts'
import type { Clock, Log } from '../ports.ts'
import type { ParseResult } from '../query/tree.ts'
import { defaultExportName } from './default-name.ts'
import { keepFinishedJob, readFinishedJobs, type JobArchive } from './job-log.ts'
import { manifestPathOf } from './manifest.ts'
import { refuseUnlessFree } from './output-file.ts'
import { runExport, type ExportDeps } from './run-export.ts'

const progressIntervalMs = 200

export interface ExportStart {
  readonly query: Query
  /** The query as it was parsed; it has no problems. */
  readonly parsed: Pick<ParseResult, 'tree' | 'inWords'>
  readonly format: ExportFormat
  /** Null: a name made from the query, in the export folder. */
  readonly path: string | null
  readonly overwrite: boolean
}

/** Exports that run beside everything else, and the log of those that ended. */
export interface ExportJobs {
  /** Begins and returns at once; rejects with FILE_EXISTS or FILE_NOT_WRITABLE where that can be told beforehand. */
  start(start: ExportStart): Promise<ExportJob>
  /** Newest first, running ones included. */
  list(): Promise<readonly ExportJob[]>
  /** False when no such export runs. */
  cancel(id: string): boolean
  /** Cancels what runs and waits for its end. */
  dispose(): Promise<void>
}

export interface ExportJobsOptions {
  readonly archive: JobArchive & Pick<ExportDeps, 'reader' | 'writer'>
  readonly appVersion: string
  readonly clock: Clock
  readonly log: Log
  /** Where exports without a path go; created when missing. */
  readonly exportFolder: () => Promise<string>
  /** Hears of every start, a few times a second of progress, and of every end. */
  readonly onChanged: (job: ExportJob) => void
}

interface RunningJob {
  job: ExportJob
  readonly abort: AbortController
  readonly ended: Promise<void>
}

export function createExportJobs({ archive, appVersion, clock, log, exportFolder, onChanged }: ExportJobsOptions): ExportJobs {
  const running = new Map<string, RunningJob>()
  /** One after another: each reads the log and writes it longer. */
  let noting: Promise<void> = Promise.resolve()

  const pathFor = async ({ path, query, format }: ExportStart): Promise<string> => {
    if (path !== null) return resolve(path)
    const folder = await exportFolder()
    await mkdir(folder, { recursive: true })
    return join(folder, defaultExportName(query, format, clock.now()))
  }

  const change = (id: string, facts: Partial<ExportJob>): ExportJob | null => {
    const entry = running.get(id)
    if (entry === undefined) return null
    entry.job = { ...entry.job, ...facts }
    onChanged(entry.job)
    return entry.job
  }

  const run = async (job: ExportJob, start: ExportStart, signal: AbortSignal): Promise<Partial<ExportJob>> => {
    let shownMs = 0
    try {
      const request = { ...start, path: job.path, order: 'newest' as const }
      const { rows, sha256 } = await runExport(request, { ...archive, appVersion, now: clock.now }, signal, (progress) => {
        if (clock.now() - shownMs < progressIntervalMs) return
        shownMs = clock.now()
        change(job.id, progress)
      })
      return { status: 'done', rows, totalRows: rows, sha256 }
    } catch (error) {
      const { code, message } = toErrorData(error)
      return { status: code === 'CALL_CANCELLED' ? 'cancelled' : 'failed', error: { code, message } }
    }
  }

  /** The file is whole by now: what the archive cannot remember of it is no failure of the export. */
  const remember = (job: ExportJob): Promise<void> => {
    noting = noting
      .then(() => keepFinishedJob(archive, job))
      .catch((error: unknown) => log.warn('an export could not be noted in the archive', { code: toErrorData(error).code }))
    return noting
  }

  return {
    async start(start) {
      const path = await pathFor(start)
      const manifestPath = manifestPathOf(path)
      await refuseUnlessFree(path, start.overwrite)
      await refuseUnlessFree(manifestPath, start.overwrite)
      const { query, format } = start
      const job: ExportJob = {
        id: randomUUID(),
        query: query.text,
        zone: query.zone,
        format,
        path,
        manifestPath,
        status: 'running',
        rows: 0,
        totalRows: null,
        sha256: null,
        startedAt: new Date(clock.now()).toISOString(),
        endedAt: null,
        error: null,
      }
      const abort = new AbortController()
      const ended = Promise.resolve()
        .then(() => run(job, start, abort.signal))
        .then(async (facts) => {
          const finished = { ...(running.get(job.id)?.job ?? job), ...facts, endedAt: new Date(clock.now()).toISOString() }
          await remember(finished)
          running.delete(job.id)
          onChanged(finished)
        })
      running.set(job.id, { job, abort, ended })
      onChanged(job)
      return job
    },
    async list() {
      const finished = await readFinishedJobs(archive.reader)
      return [...[...running.values()].map(({ job }) => job).reverse(), ...finished.filter(({ id }) => !running.has(id))]
    },
    cancel(id) {
      const entry = running.get(id)
      entry?.abort.abort()
      return entry !== undefined
    },
    async dispose() {
      for (const { abort } of running.values()) abort.abort()
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
  }
}
