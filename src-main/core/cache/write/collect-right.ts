import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { TrailviewError } from '../../../contract/errors.ts'
import type { WriterHolder } from '../archive.ts'
import { openLockDatabase, type Database } from '../driver.ts'
import { failureOf } from '../failure.ts'
import { collectHolderPath, collectLockPath } from '../files.ts'

const retryMs = 100

/**
 * The right to collect: one process at a time has it. It is a lock on a file, which the system lifts when the process ends.
 * Within the process several runs share it.
 */
export interface CollectRight {
  /** Waits up to `waitMs`; throws ARCHIVE_BUSY with the holder, or CALL_CANCELLED when the signal aborts first. */
  take(purpose: string, waitMs: number, signal: AbortSignal): Promise<void>
  /** Gives back one `take`. */
  release(): void
  isHeld(): boolean
}

export function openCollectRight(home: string): CollectRight {
  const path = collectLockPath(home)
  const holderPath = collectHolderPath(home)
  let lock: Database | null = null
  let holds = 0

  const tryLock = (purpose: string): boolean => {
    const db = openLockDatabase(path)
    try {
      db.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      db.close()
      const failure = failureOf(error, path)
      if (failure.code === 'ARCHIVE_BUSY') return false
      throw failure
    }
    lock = db
    const holder: WriterHolder = { processId: process.pid, purpose, since: new Date().toISOString() }
    try {
      writeFileSync(holderPath, JSON.stringify(holder), { mode: 0o600 })
    } catch (error) {
      unlock()
      throw failureOf(error, holderPath)
    }
    return true
  }

  const unlock = (): void => {
    rmSync(holderPath, { force: true })
    lock?.close()
    lock = null
  }

  return {
    take: async (purpose, waitMs, signal) => {
      const deadlineMs = performance.now() + waitMs
      for (;;) {
        if (signal.aborted) throw new TrailviewError('CALL_CANCELLED', 'Waiting for the right to collect was cancelled.')
        if (lock !== null || tryLock(purpose)) break
        const leftMs = deadlineMs - performance.now()
        if (leftMs <= 0) throw busy(readHolder(holderPath))
        await delay(Math.min(retryMs, leftMs))
      }
      holds++
    },
    release: () => {
      if (holds > 0 && --holds === 0) unlock()
    },
    isHeld: () => lock !== null,
  }
}

function busy(holder: WriterHolder | null): TrailviewError {
  const who = holder ? `process ${holder.processId} (${holder.purpose}, since ${holder.since})` : 'another process'
  return new TrailviewError(
    'ARCHIVE_BUSY',
    `This archive is being collected into by ${who}. Wait until it has finished, or end it, and try again.`,
    {
      retryable: true,
      ...(holder ? { details: { holder } } : {}),
    },
  )
}

/** The holder's note; null when it cannot be read (it is just being written, or removed). */
function readHolder(path: string): WriterHolder | null {
  try {
    const { processId, purpose, since } = JSON.parse(readFileSync(path, 'utf8')) as Partial<WriterHolder>
    return typeof processId === 'number' && typeof purpose === 'string' && typeof since === 'string' ? { processId, purpose, since } : null
  } catch {
    return null
  }
}
