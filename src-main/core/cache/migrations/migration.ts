import type { Database } from '../driver.ts'

/** One step of the schema. Numbers grow in tens; a released migration never changes. */
export interface Migration {
  readonly version: number
  readonly title: string
  /**
   * Does the next part of the step, about `maxRows` rows at most, in a transaction of the caller's. Finds from what is stored where the
   * last part stopped. Returns the share that is done, 0 to 1, or null: the step is done.
   */
  readonly part: (db: Database, maxRows: number) => number | null
}

/** A step of SQL alone. */
export const inOneGo =
  (sql: string): Migration['part'] =>
  (db) => {
    db.exec(sql)
    return null
  }
