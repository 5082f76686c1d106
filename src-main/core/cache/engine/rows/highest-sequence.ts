import type { Database } from '../../driver.ts'
import { prepared } from './prepared.ts'

interface Known {
  /** Events up to this one have been looked at. */
  readonly lastSeq: number
  readonly highest: string | null
}

/** The greatest external id of a connection that is a whole number. Events already looked at are not read again. */
export class HighestSequences {
  readonly #known = new Map<string, Known>()

  of(db: Database, connection: string): string | null {
    const known = this.#known.get(connection) ?? { lastSeq: 0, highest: null }
    const lastSeq = prepared<[], number>(db, 'SELECT coalesce(max(seq), 0) FROM event', 'values').get() ?? 0
    if (lastSeq <= known.lastSeq) return known.highest
    const found = prepared<[number, number, string], string>(
      db,
      `SELECT external_id FROM event
       WHERE seq > ? AND seq <= ? AND connection = (SELECT num FROM connection WHERE id = ?) AND external_id <> '' AND external_id NOT GLOB '*[^0-9]*'
       ORDER BY length(ltrim(external_id, '0')) DESC, ltrim(external_id, '0') DESC LIMIT 1`,
      'values',
    ).get(known.lastSeq, lastSeq, connection)
    const highest = found === undefined || (known.highest !== null && BigInt(known.highest) >= BigInt(found)) ? known.highest : found
    this.#known.set(connection, { lastSeq, highest })
    return highest
  }

  /** Something was taken out of the archive. */
  forget(): void {
    this.#known.clear()
  }
}
