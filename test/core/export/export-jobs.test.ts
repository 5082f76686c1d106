import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ExportJob } from '../../../src-main/contract/model/export.ts'
import type { Json } from '../../../src-main/core/connectors/define.ts'
import { createExportJobs, type ExportJobs, type ExportStart } from '../../../src-main/core/export/export-jobs.ts'
import { parseQuery } from '../../../src-main/core/query/parse.ts'
import { exported, readerOf, temporaryFolder } from './export-harness.ts'

const events = Array.from({ length: 9 }, (_, i) => exported({ id: `e${i}` }))

interface Fixture {
  readonly jobs: ExportJobs
  readonly folder: string
  readonly ledger: readonly Json[]
  start(changes?: Partial<ExportStart>): Promise<ExportJob>
  /** Resolves with the job when it has ended. */
  ended(id: string): Promise<ExportJob>
}

async function fixture({ isEndless = false } = {}): Promise<Fixture> {
  const folder = await temporaryFolder()
  const facts = new Map<string, Json>()
  const ledger: Json[] = []
  const finished = new Map<string, (job: ExportJob) => void>()
  const done = new Map<string, ExportJob>()
  const sample = readerOf(events)
  const reader = {
    ...sample,
    fact: (key: string) => Promise.resolve(facts.get(key)),
    async *lines(...asked: Parameters<typeof sample.lines>) {
      do {
        yield* sample.lines(...asked)
        await new Promise((resolve) => setImmediate(resolve))
      } while (isEndless)
    },
  }
  const jobs = createExportJobs({
    archive: {
      reader,
      writer: {
        saveFact: (key, value) => Promise.resolve(void facts.set(key, value)),
        appendLedger: (kind, entry) => Promise.resolve({ entries: ledger.push({ kind, ...entry }), hash: '' }),
        removedConnections: () => Promise.resolve([]),
      },
    },
    appVersion: '1.2.3',
    clock: { now: () => Date.parse('2026-04-01T00:00:00Z'), sleep: () => Promise.resolve() },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    exportFolder: () => Promise.resolve(join(folder, 'exports')),
    onChanged: (job) => {
      if (job.status === 'running') return
      done.set(job.id, job)
      finished.get(job.id)?.(job)
    },
  })
  return {
    jobs,
    folder,
    ledger,
    start: (changes) =>
      jobs.start({
        query: { text: '', zone: 'UTC' },
        parsed: parseQuery('', { zone: 'UTC', nowMs: 0 }),
        format: 'csv',
        path: null,
        overwrite: false,
        ...changes,
      }),
    ended: (id) =>
      new Promise((resolve) => {
        const job = done.get(id)
        if (job === undefined) finished.set(id, resolve)
        else resolve(job)
      }),
  }
}

it('runs an export, notes it in log and ledger, and makes a name and folder for it', async () => {
  const { start, ended, jobs, folder, ledger } = await fixture()
  const started = await start()
  expect(started).toMatchObject({ status: 'running', path: join(folder, 'exports', 'trailview all 2026-04-01 000000.csv') })
  const job = await ended(started.id)
  expect(job).toMatchObject({ status: 'done', rows: 9, totalRows: 9, error: null, endedAt: '2026-04-01T00:00:00.000Z' })
  expect((await readFile(job.path, 'utf8')).split('\r\n')).toHaveLength(11)
  expect(await jobs.list()).toEqual([job])
  expect(ledger).toEqual([{ kind: 'export', query: '', zone: 'UTC', format: 'csv', path: job.path, rows: 9, sha256: job.sha256 }])
})

it('refuses at once what can be told at once', async () => {
  const { start, ended } = await fixture()
  await ended((await start()).id)
  await expect(start()).rejects.toMatchObject({ code: 'FILE_EXISTS' })
})

it('keeps the log of several that end together, failed ones with their sentence', async () => {
  const { start, ended, jobs, folder, ledger } = await fixture()
  const paths = [join(folder, 'a.csv'), join(folder, 'none', 'b.csv'), join(folder, 'c.xlsx')]
  const started = await Promise.all(paths.map((path) => start({ path })))
  await Promise.all(started.map(({ id }) => ended(id)))
  const listed = await jobs.list()
  expect(listed.map(({ path }) => path).sort()).toEqual([...paths].sort())
  expect(listed.find(({ status }) => status === 'failed')).toMatchObject({ path: paths[1], error: { code: 'FILE_NOT_WRITABLE' } })
  expect(ledger).toHaveLength(2)
})

it('cancels one, and all at the end', async () => {
  const { start, ended, jobs, folder } = await fixture({ isEndless: true })
  const first = await start({ path: join(folder, 'first.csv') })
  const second = await start({ path: join(folder, 'second.csv') })
  expect((await jobs.list()).map(({ status }) => status)).toEqual(['running', 'running'])
  expect(jobs.cancel(first.id)).toBe(true)
  expect(await ended(first.id)).toMatchObject({ status: 'cancelled', error: { code: 'CALL_CANCELLED' } })
  expect(jobs.cancel(first.id)).toBe(false)
  await jobs.dispose()
  expect(await ended(second.id)).toMatchObject({ status: 'cancelled' })
})
