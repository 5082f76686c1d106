import type { Ledger } from '../../ledger/ledger.ts'
import type { ArchiveWriter } from '../archive.ts'
import type { Database } from '../driver.ts'

type BegunRun = Parameters<ArchiveWriter['beginRun']>[0]
type EndedRun = Parameters<ArchiveWriter['endRun']>[0]

export interface Runs {
  begin(run: BegunRun): void
  end(run: EndedRun): void
  /** Ends what other processes began and never ended; returns how many. */
  closeAbandoned(endedAt: string): number
}

const noCounts = JSON.stringify({ added: 0, changed: 0, unchanged: 0, late: 0, gone: 0, unmapped: 0, pages: 0, requests: 0 })
const abandoned = JSON.stringify({
  code: 'INTERNAL',
  message: 'Trailview ended while this run was collecting. What it had stored is kept; the next run goes on from there.',
  isRetryable: true,
  retryAt: null,
})

export function openRuns(db: Database, ledger: Ledger): Runs {
  const insert = db.prepare<[string, string, string, string, string]>(
    "INSERT INTO run (id, connection, trigger, status, started_at, counts) VALUES (?, ?, ?, 'running', ?, ?)",
  )
  const finish = db.prepare<[string, string, string, string | null, string | null, string]>(
    'UPDATE run SET status = ?, ended_at = ?, counts = ?, coverage = ?, error = ? WHERE id = ?',
  )
  const running = db.prepare<[], string>("SELECT id FROM run WHERE status = 'running'").pluck()
  const giveUp = db.prepare<[string, string, string]>("UPDATE run SET status = 'failed', ended_at = ?, error = ? WHERE id = ?")
  const ours = new Set<string>()
  return {
    begin: (run) => {
      insert.run(run.id, run.connection, run.trigger, run.startedAt, noCounts)
      ours.add(run.id)
    },
    end: (run) => {
      const error = run.error ? JSON.stringify(run.error) : null
      finish.run(run.status, run.endedAt, JSON.stringify(run.counts), run.coverage ? JSON.stringify(run.coverage) : null, error, run.id)
      ours.delete(run.id)
      ledger.append('run', { run: run.id, status: run.status, counts: { ...run.counts }, error: run.error?.code ?? null }, run.endedAt)
    },
    closeAbandoned: (endedAt) => {
      const left = running.all().filter((id) => !ours.has(id))
      for (const id of left) {
        giveUp.run(endedAt, abandoned, id)
        ledger.append('run', { run: id, status: 'failed', error: 'INTERNAL' }, endedAt)
      }
      return left.length
    },
  }
}
