import type { Database } from '../../driver.ts'
import { prepared } from './prepared.ts'

/** A moment of the archive: two readings that agree in this agree in everything queries see. */
export interface Moment {
  readonly epoch: number
  readonly lastSeq: number
  readonly lastChange: number
}

/** The moment a connection sees; within a transaction it stays the same. */
export function readMoment(db: Database): Moment {
  return {
    epoch: valueOf(db, 'SELECT epoch FROM writer_state'),
    lastSeq: valueOf(db, 'SELECT next_seq - 1 FROM writer_state'),
    lastChange: valueOf(db, 'SELECT coalesce(max(num), 0) FROM change'),
  }
}

/** Differs when another connection has committed since this one was last asked. */
export function dataVersionOf(db: Database): number {
  return Number(db.pragma('data_version', { simple: true }))
}

const valueOf = (db: Database, sql: string): number => Number(prepared(db, sql, 'values').get())
