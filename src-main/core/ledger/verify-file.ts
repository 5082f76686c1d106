import { archiveHead, headFactKey } from '../cache/file-head.ts'
import type { Database } from '../cache/driver.ts'
import type { Findings } from './findings.ts'

/** Above this the pages that hold nothing are not read: the engine only gives them in one piece. */
const largestWholeRead = 512 * 1024 * 1024

/**
 * Reads every page of the file. The cipher makes a page with any changed bit unreadable, so reading is checking.
 * Returns whether all that holds data could be read. `advance` is told of pages.
 */
export function verifyFile(db: Database, path: string, findings: Findings, advance: (pages: number) => void): boolean {
  const tables = db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").pluck().all()
  const pages = Number(db.pragma('page_count', { simple: true }))
  for (const table of tables) {
    const problems = checkTable(db, table)
    for (const problem of problems) findings.add(problem)
    if (problems.length > 0) return false
    advance(pages / tables.length)
  }
  verifyHead(db, path, findings)
  verifyFreePages(db, pages, findings)
  return true
}

function checkTable(db: Database, table: string): readonly string[] {
  try {
    const lines = db.prepare<[], string>(`PRAGMA integrity_check("${table}")`).pluck().all()
    const text = lines.flatMap((line) => line.split('\n')).filter((line) => line !== 'ok' && !line.startsWith('***'))
    return text.length === 0 ? [] : [`The table ${table} is damaged: ${text[0] ?? ''} (${text.length} problems).`]
  } catch (error) {
    return [`The table ${table} cannot be read: ${error instanceof Error ? error.message : String(error)}.`]
  }
}

/** The first bytes of the file are the only ones outside the cipher. */
function verifyHead(db: Database, path: string, findings: Findings): void {
  const stored = db.prepare<[string], string>('SELECT json FROM fact WHERE key = ?').pluck().get(headFactKey)
  if (stored !== undefined && JSON.parse(stored) !== archiveHead(path)) findings.add('The beginning of the file was altered.')
}

/** Pages that hold nothing at present: damage there costs nothing, but says that something writes into the file. */
function verifyFreePages(db: Database, pages: number, findings: Findings): void {
  const free = Number(db.pragma('freelist_count', { simple: true }))
  const pageBytes = Number(db.pragma('page_size', { simple: true }))
  if (free === 0 || pages * pageBytes > largestWholeRead) return
  // Pages that this connection freed are all zero in its memory, as unreadable ones are; from the file they come with the cipher's tag.
  db.pragma('shrink_memory')
  const whole = db.serialize()
  const nothing = Buffer.alloc(pageBytes)
  for (let page = 1; page <= pages; page++) {
    if (whole.subarray((page - 1) * pageBytes, page * pageBytes).equals(nothing)) {
      findings.add(`Page ${page} of the file, which holds no data at present, is damaged.`)
      return
    }
  }
}
