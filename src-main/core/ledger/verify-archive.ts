import type { VerifyReport } from '../../contract/model/app.ts'
import type { Database } from '../cache/driver.ts'
import { collectFindings } from './findings.ts'
import { verifyEvents } from './verify-events.ts'
import { verifyFile } from './verify-file.ts'
import { verifyPages } from './verify-pages.ts'

/**
 * Reads everything the archive holds and says what does not fit: every page of the file, every payload against its hash, keys against events,
 * the ledger and what it says of each page. `onProgress` counts steps of about equal length; throwing from it cancels.
 * Expects a connection on which nothing else runs; sees one snapshot from first to last.
 */
export function verifyArchive(db: Database, path: string, onProgress: (done: number, total: number) => void): VerifyReport {
  const findings = collectFindings()
  db.exec('BEGIN')
  try {
    const filePages = Number(db.pragma('page_count', { simple: true }))
    const events = countOf(db, 'event')
    const total = filePages + 2 * events
    let done = 0
    const advance = (steps: number): void => {
      done = Math.min(done + steps, total)
      onProgress(done, total)
    }
    // What cannot be read is found here; the rest would only fail on it.
    if (verifyFile(db, path, findings.of('the file'), advance)) {
      verifyEvents(db, findings, advance)
      verifyPages(db, findings, advance)
    }
    const ledgerEntries = countOf(db, 'ledger')
    const sentences = findings.sentences()
    onProgress(total, total)
    return { isSound: sentences.length === 0, findings: sentences, events, pages: filePages, ledgerEntries }
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK')
  }
}

/** Rows of a table; 0 when it cannot be read, which `verifyFile` tells of. */
function countOf(db: Database, table: 'event' | 'ledger'): number {
  try {
    return db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0
  } catch {
    return 0
  }
}
