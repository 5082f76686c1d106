import { damaged } from './failure.ts'
import { keepHead } from './file-head.ts'
import { archivePath } from './files.ts'
import { openDatabase, type Database } from './driver.ts'
import { migrate } from './migrate.ts'
import { chainHash, chainStart, type LedgerRow } from '../ledger/ledger.ts'

/**
 * Opens the archive for writing, creates or migrates it, and looks whether its ends fit together; `verify` looks at everything.
 * Throws ARCHIVE_WRONG_KEY, ARCHIVE_DAMAGED, ARCHIVE_NEWER, ARCHIVE_READ_ONLY, ARCHIVE_BUSY or DISK_FULL.
 */
export function openForWriting(home: string, keyHex: string, onProgress?: (title: string, done: number, total: number) => void): Database {
  const path = archivePath(home)
  const db = openDatabase({ home, keyHex, role: 'writer' })
  try {
    migrate(db, path, onProgress ? { onProgress } : {})
    keepHead(db, path)
    checkEnds(db, path)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** The last entry of the ledger follows from the one before it, and speaks of the last page and event there is. */
function checkEnds(db: Database, path: string): void {
  const [tip, before] = db.prepare<[], LedgerRow>('SELECT num, at, kind, json, hash FROM ledger ORDER BY num DESC LIMIT 2').all()
  if (tip && !chainHash(before?.hash ?? chainStart, tip).equals(tip.hash)) {
    throw damaged(path, `entry ${tip.num} of its ledger does not follow from the one before it`)
  }
  const nextSeq = db.prepare<[], number>('SELECT next_seq FROM writer_state').pluck().get()
  const lastSeq = db.prepare<[], number | null>('SELECT max(seq) FROM event').pluck().get() ?? 0
  if (nextSeq === undefined || nextSeq <= lastSeq) throw damaged(path, 'it does not know how many events it holds')
}
