import type { ArchiveReader } from '../archive.ts'
import type { Database } from '../driver.ts'
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
