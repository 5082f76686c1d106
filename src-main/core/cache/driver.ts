// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient declaration is no module that could be imported
/// <reference path="./sqlite.d.ts" />
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import Sqlite from 'better-sqlite3-multiple-ciphers'
import { failureOf } from './failure.ts'
import { archivePath } from './files.ts'

export type Database = Sqlite.Database
export type Statement<Parameters extends unknown[], Row = unknown> = Sqlite.Statement<Parameters, Row>

export interface OpenDatabaseOptions {
  readonly home: string
  /** 32 bytes, hex. */
  readonly keyHex: string
  readonly role: 'writer' | 'reader'
}

const cacheKib = { writer: 65_536, reader: 16_384 } as const
const smallCacheKib = 1_024
/** How long a statement waits for another process's transaction, ms. */
const busyTimeoutMs = 15_000
/**
 * Frames of the log after which a commit copies it into the archive: hot pages written many times are then copied once. Four times as many
 * save nothing that could be measured, and make that commit wait four times as long.
 */
const checkpointFrames = 4_096
const logSizeLimitBytes = 64 * 1024 * 1024
/** A log above this is emptied even if that means to wait a little for a reader, bytes. */
const longLogBytes = 256 * 1024 * 1024
const longLogWaitMs = 50

/**
 * Opens the archive's file; a writer creates it when it is missing. The schema is the migrations' business.
 * Throws a TrailviewError: ARCHIVE_WRONG_KEY, ARCHIVE_DAMAGED, ARCHIVE_READ_ONLY, ARCHIVE_BUSY, DISK_FULL.
 */
export function openDatabase(options: OpenDatabaseOptions): Database {
  const path = archivePath(options.home)
  let db: Database | undefined
  try {
    db = new Sqlite(path, { readonly: options.role === 'reader', fileMustExist: options.role === 'reader', timeout: busyTimeoutMs })
    db.pragma("cipher = 'aegis'")
    db.pragma(`key = 'raw:${options.keyHex}'`)
    // Sorting and temporary tables would otherwise lie unencrypted in a file.
    db.pragma('temp_store = MEMORY')
    readFirstPage(db, path)
    db.pragma(`cache_size = -${cacheKib[options.role]}`)
    db.pragma('cell_size_check = ON')
    if (options.role === 'writer') {
      db.pragma('journal_mode = WAL')
      db.pragma('synchronous = FULL')
      db.pragma(`wal_autocheckpoint = ${checkpointFrames}`)
      db.pragma(`journal_size_limit = ${logSizeLimitBytes}`)
    }
    return db
  } catch (error) {
    db?.close()
    throw failureOf(error, path)
  }
}

/**
 * Keeps the log from growing without end: commits copy it into the archive as it grows, but it only starts over in a moment without
 * readers in it. Called after transactions of the writer; what it could not do now, the next call tries again. Never throws.
 */
export function boundLog(db: Database, path: string): void {
  const sizeBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (sizeBytes < longLogBytes) return
  db.pragma(`busy_timeout = ${longLogWaitMs}`)
  try {
    db.pragma('wal_checkpoint(TRUNCATE)')
  } catch {
    // Most likely the disk is full; the next transaction says so, and nothing is lost in the log.
  }
  db.pragma(`busy_timeout = ${busyTimeoutMs}`)
}

/** Runs what reads many pages once, with little room for them: they would stay in memory, and push out those that are needed again. */
export function withSmallCache<Result>(db: Database, body: () => Result): Result {
  const before = Number(db.pragma('cache_size', { simple: true }))
  db.pragma(`cache_size = -${smallCacheKib}`)
  try {
    return body()
  } finally {
    db.pragma(`cache_size = ${before}`)
  }
}

/**
 * Opens the database of the right to collect: empty, unencrypted, only ever locked. Its lock ends with the process, however that ends.
 */
export function openLockDatabase(path: string): Database {
  try {
    return new Sqlite(path, { timeout: 0 })
  } catch (error) {
    throw failureOf(error, path)
  }
}

function readFirstPage(db: Database, path: string): void {
  try {
    db.prepare('SELECT count(*) FROM sqlite_master').get()
  } catch (error) {
    throw failureOf(error, path, { isFirstPage: true, isPlain: isPlainDatabase(path) })
  }
}

function isPlainDatabase(path: string): boolean {
  if (!existsSync(path)) return false
  const head = Buffer.alloc(15)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, head.length, 0)
  } finally {
    closeSync(file)
  }
  return head.toString('latin1') === 'SQLite format 3'
}
