import type { Database } from '../driver.ts'

/** Which events were stored without names they want, by number of their connection. */
export interface LackingNames {
  add(connection: number, seq: number): void
  has(connection: number, seq: number): boolean
  remove(connection: number, seq: number): void
}

export function openLackingNames(db: Database): LackingNames {
  const insert = db.prepare<[number, number]>('INSERT OR IGNORE INTO lacking_names (connection, seq) VALUES (?, ?)')
  const find = db.prepare<[number, number], number>('SELECT 1 FROM lacking_names WHERE connection = ? AND seq = ?').pluck()
  const drop = db.prepare<[number, number]>('DELETE FROM lacking_names WHERE connection = ? AND seq = ?')
  return {
    add: (connection, seq) => void insert.run(connection, seq),
    has: (connection, seq) => find.get(connection, seq) !== undefined,
    remove: (connection, seq) => void drop.run(connection, seq),
  }
}
