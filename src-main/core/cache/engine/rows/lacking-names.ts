import type { ArchiveReader } from '../../archive.ts'
import type { Database } from '../../driver.ts'
import { Payloads } from './payloads.ts'
import { prepared } from './prepared.ts'

/** Events of a connection that were stored without names they want, after a number, with copies of their newest payloads. */
export function readLackingNames(
  db: Database,
  connection: string,
  afterSeq: number,
  limit: number,
): Awaited<ReturnType<ArchiveReader['lackingNames']>> {
  const payloads = new Payloads(db)
  return prepared<[string, number, number], { seq: number; block: number; slot: number }>(
    db,
    `SELECT event.seq, block, slot FROM lacking_names JOIN event ON event.seq = lacking_names.seq
     WHERE lacking_names.connection = (SELECT num FROM connection WHERE id = ?) AND lacking_names.seq > ? ORDER BY lacking_names.seq LIMIT CAST(? AS INTEGER)`,
  )
    .all(connection, afterSeq, limit)
    .map(({ seq, block, slot }) => ({ seq, payload: payloads.at(block, slot).slice() }))
}

/** How many events of each connection were stored without names they want. */
export function countLackingNames(db: Database): ReadonlyMap<string, number> {
  return new Map(
    prepared<[], [string, number]>(
      db,
      `SELECT id, lacking FROM (SELECT connection AS lacking_of, count(*) AS lacking FROM lacking_names GROUP BY connection)
       JOIN connection ON num = lacking_of`,
      'arrays',
    ).all(),
  )
}

/** Whether an event was stored without names it wants. */
export function lacksNames(db: Database, seq: number): boolean {
  return (
    prepared<[number, number], number>(
      db,
      'SELECT 1 FROM lacking_names WHERE connection = (SELECT connection FROM event WHERE seq = ?) AND seq = ?',
      'values',
    ).get(seq, seq) !== undefined
  )
}
