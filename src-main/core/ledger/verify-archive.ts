import type { VerifyReport } from '../../contract/model/app.ts'
import type { Database } from '../cache/driver.ts'
import { collectFindings } from './findings.ts'
import { verifyEntries } from './verify-entries.ts'
import { verifyEvents } from './verify-events.ts'
import { verifyFile } from './verify-file.ts'
import { verifyPages } from './verify-pages.ts'

/**
 * Reads everything the archive holds and says what does not fit: every page of the file, every payload against its hash, ids against events,
 * the ledger and what it says of each page. `onProgress` counts in pages of the file, three times over; throwing from it cancels.
 * Expects a connection on which nothing else runs; sees one snapshot from first to last.
 */
export function verifyArchive(db: Database, path: string, onProgress: (done: number, total: number) => void): VerifyReport {
  const findings = collectFindings()
  db.exec('BEGIN')
  try {
    const pages = Number(db.pragma('page_count', { simple: true }))
    const total = pages * 3
    let done = 0
    const advance = (steps: number): void => {
      done = Math.min(done + steps, total)
      onProgress(Math.floor(done), total)
    }
    let events = 0
    let ledgerEntries = 0
    // Where a page cannot be read, the connection reads nothing more: what lies in it is told by the finding about the file.
    if (verifyFile(db, path, findings.of('the file'), advance)) {
      events = countOf(db, 'event')
      ledgerEntries = countOf(db, 'ledger')
      const advanceEvents = (count: number): void => advance((count / events) * pages)
      verifyEntries(db, findings.of('names'), () => advance(0))
      verifyEvents(db, findings, advanceEvents)
      verifyPages(db, findings, advanceEvents)
    }
    onProgress(total, total)
    const sentences = findings.sentences()
    return { isSound: sentences.length === 0, findings: sentences, events, pages, ledgerEntries }
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK')
  }
}

const countOf = (db: Database, table: 'event' | 'ledger'): number =>
  db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0
