import { mkdirSync, statSync } from 'node:fs'
import type { PageCommit } from '../../src-main/core/cache/archive.ts'
import { archivePath } from '../../src-main/core/cache/files.ts'
import { boundLog } from '../../src-main/core/cache/driver.ts'
import { openForWriting } from '../../src-main/core/cache/open.ts'
import { openWriter } from '../../src-main/core/cache/write/writer.ts'
import { benchConnections, syntheticPages } from './synthetic.ts'

export interface FillOptions {
  readonly home: string
  readonly keyHex: string
  /** Events the archive shall hold; those it holds already are not written again. */
  readonly total: number
  /** Events after which to stop for now; absent: at the total. */
  readonly upTo?: number
  readonly pageSize: number
  /** Pages that share a transaction, as when several connections collect at once. */
  readonly groupPages?: number
  readonly onProgress?: (events: number, elapsedMs: number, processorMs: number) => void
}

export interface FillReport {
  readonly written: number
  /** Events of all transactions but the first one, which also reads what the writer keeps in memory, once a process. */
  readonly timed: number
  /** Time of these within the writer alone, without making up the events. */
  readonly writeMs: number
  /** Processor time of the same: on a machine shared with others it says more. */
  readonly processorMs: number
  /** Time of the first transaction. */
  readonly firstGroupMs: number
  /** Time of the longest other one. */
  readonly longestGroupMs: number
  readonly sizeBytes: number
}

/** Writes synthetic events through the real writer, in this thread; resumable. */
export function fillArchive(options: FillOptions): FillReport {
  mkdirSync(options.home, { recursive: true })
  const path = archivePath(options.home)
  const db = openForWriting(options.home, options.keyHex)
  try {
    const writer = openWriter(db, path)
    for (const connection of benchConnections) writer.saveConnection(connection)
    const from = (db.prepare<[], number>('SELECT next_seq FROM writer_state').pluck().get() ?? 1) - 1
    let written = 0
    let timed = 0
    let writeMs = 0
    let processorMs = 0
    let firstGroupMs = 0
    let longestGroupMs = 0
    let group: PageCommit[] = []
    const write = (): void => {
      if (group.length === 0) return
      const beganMs = performance.now()
      const before = process.cpuUsage()
      for (const result of writer.commitPages(group)) if ('error' in result) throw result.error
      boundLog(db, path)
      const tookMs = performance.now() - beganMs
      const used = process.cpuUsage(before)
      const events = group.reduce((sum, page) => sum + page.records.length, 0)
      if (written === 0) firstGroupMs = tookMs
      else {
        timed += events
        writeMs += tookMs
        processorMs += (used.user + used.system) / 1000
        longestGroupMs = Math.max(longestGroupMs, tookMs)
      }
      written += events
      options.onProgress?.(from + written, writeMs, processorMs)
      group = []
    }
    for (const page of syntheticPages(options.total, options.pageSize, from, options.upTo)) {
      group.push(page)
      if (group.length >= (options.groupPages ?? 1)) write()
    }
    write()
    db.pragma('wal_checkpoint(TRUNCATE)')
    return { written, timed, writeMs, processorMs, firstGroupMs, longestGroupMs, sizeBytes: statSync(path).size }
  } finally {
    db.close()
  }
}
