import { closeSync, openSync, readSync } from 'node:fs'
import type { Database } from './driver.ts'

/** Where the head of the file is kept, inside the archive. */
export const headFactKey = 'archive.head'
const headBytes = 24

/** The bytes of the file that the cipher leaves readable, hex: they never change once the archive exists. */
export function archiveHead(path: string): string {
  const head = Buffer.alloc(headBytes)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, headBytes, 0)
  } finally {
    closeSync(file)
  }
  return head.toString('hex')
}

/** Notes the head of a new archive, for `verify` to compare. */
export function keepHead(db: Database, path: string): void {
  const isKept = db.prepare<[string], number>('SELECT 1 FROM fact WHERE key = ?').get(headFactKey) !== undefined
  if (isKept) return
  db.prepare<[string, string]>('INSERT OR IGNORE INTO fact (key, json) VALUES (?, ?)').run(headFactKey, JSON.stringify(archiveHead(path)))
}
