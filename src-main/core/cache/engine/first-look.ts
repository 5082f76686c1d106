import type { EventOrder } from '../../../contract/model/query.ts'
import type { ArchiveReader, EventQuery } from '../archive.ts'
import type { Database } from '../driver.ts'
import { dataVersionOf, type Moment } from './moment.ts'
import { type NewestRows, readNewest } from './newest-rows.ts'
import { RowBuilder } from './rows.ts'

type Page = Awaited<ReturnType<ArchiveReader['page']>>
type Window = Awaited<ReturnType<ArchiveReader['window']>>

/** No version of a loaded archive: whoever sees another one later asks anew. */
const firstLookVersion = 0

/** Answers for the newest events of the whole list while the archive is still being loaded, as exactly as later; for all else, undefined. */
export class FirstLook {
  readonly #db: Database
  readonly #rows: RowBuilder
  #newest: NewestRows
  #dataVersion: number

  private constructor(db: Database, newest: NewestRows, dataVersion: number) {
    this.#db = db
    this.#rows = new RowBuilder(db)
    this.#newest = newest
    this.#dataVersion = dataVersion
  }

  /** Null: the archive must be loaded first. */
  static open(db: Database): FirstLook | null {
    const dataVersion = dataVersionOf(db)
    try {
      const newest = readNewest(db)
      return newest === null ? null : new FirstLook(db, newest, dataVersion)
    } catch {
      // Whatever is wrong with the file, loading it tells.
      return null
    }
  }

  /** The first page of all events, newest first. */
  page(query: EventQuery, order: EventOrder, cursor: string | null, limit: number): Page | undefined {
    if (cursor !== null) return undefined
    const newest = this.#reaching(query, order, limit)
    if (newest === undefined) return undefined
    const events = this.#rows.events(newest.rows.slice(0, limit))
    return { events, next: newest.total > limit ? (events.at(-1)?.id ?? null) : null }
  }

  /** A window near the beginning of all events, newest first. */
  window(query: EventQuery, order: EventOrder, first: number, count: number): Window | undefined {
    const newest = this.#reaching(query, order, first + count)
    if (newest === undefined) return undefined
    return { rows: this.#rows.marked(newest.rows.slice(first, first + count)), first, total: newest.total, version: firstLookVersion }
  }

  /** How many events came between what was answered here and a later moment; null: it is the same moment. */
  addedUntil({ epoch, lastSeq, lastChange }: Moment): number | null {
    const { moment } = this.#newest
    const isSame = epoch === moment.epoch && lastSeq === moment.lastSeq && lastChange === moment.lastChange
    return isSame ? null : Math.max(0, lastSeq - moment.lastSeq)
  }

  /** The newest rows as they are now, if the query asks for all events and they reach that far. */
  #reaching({ tree }: EventQuery, order: EventOrder, end: number): NewestRows | undefined {
    if (tree.kind !== 'all' || order !== 'newest') return undefined
    const dataVersion = dataVersionOf(this.#db)
    if (dataVersion !== this.#dataVersion) {
      const newest = readNewest(this.#db)
      if (newest === null) return undefined
      this.#newest = newest
      this.#dataVersion = dataVersion
    }
    return end <= this.#newest.rows.length ? this.#newest : undefined
  }
}
