import type { BucketUnit, EventOrder, FacetField, Facets, Histogram } from '../../../contract/model/query.ts'
import type { ArchiveReader, EventQuery } from '../archive.ts'
import type { Database } from '../driver.ts'
import { KnownNumbers } from './stored/first-numbers.ts'
import { dataVersionOf, type Moment } from './rows/moment.ts'
import { type NewestRows, readNewest } from './stored/newest-rows.ts'
import { RowBuilder } from './rows/rows.ts'

type Page = Awaited<ReturnType<ArchiveReader['page']>>
type Window = Awaited<ReturnType<ArchiveReader['window']>>

/** What can be told before the archive is loaded. */
interface Known {
  readonly newest: NewestRows
  readonly numbers: KnownNumbers
}

/** No version of a loaded archive: whoever sees another one later asks anew. */
const firstLookVersion = 0

/**
 * Answers for the newest events of the whole list, and for numbers of all events, while the archive is still being loaded, as exactly as later unless
 * they say otherwise; for all else, undefined.
 */
export class FirstLook {
  readonly #db: Database
  readonly #rows: RowBuilder
  #known: Known
  #dataVersion: number

  private constructor(db: Database, known: Known, dataVersion: number) {
    this.#db = db
    this.#rows = new RowBuilder(db)
    this.#known = known
    this.#dataVersion = dataVersion
  }

  /** Null: the archive must be loaded first. */
  static open(db: Database): FirstLook | null {
    const dataVersion = dataVersionOf(db)
    try {
      const known = read(db)
      return known === null ? null : new FirstLook(db, known, dataVersion)
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

  /** How many events there are. */
  count({ tree }: EventQuery): number | undefined {
    return tree.kind === 'all' ? this.#now()?.newest.total : undefined
  }

  /** `early`: whether numbers that are not exact will do. */
  facets(query: EventQuery, by: readonly FacetField[], top: number, early: boolean): Facets | undefined {
    return this.#now()?.numbers.facets(query, by, top, early)
  }

  histogram(query: EventQuery, unit: BucketUnit, early: boolean): Histogram | undefined {
    return this.#now()?.numbers.histogram(query, unit, early)
  }

  /** How many events came between what was answered here and a later moment; null: it is the same moment. */
  addedUntil({ epoch, lastSeq, lastChange }: Moment): number | null {
    const { moment } = this.#known.newest
    const isSame = epoch === moment.epoch && lastSeq === moment.lastSeq && lastChange === moment.lastChange
    return isSame ? null : Math.max(0, lastSeq - moment.lastSeq)
  }

  /** The newest rows as they are now, if the query asks for all events and they reach that far. */
  #reaching({ tree }: EventQuery, order: EventOrder, end: number): NewestRows | undefined {
    if (tree.kind !== 'all' || order !== 'newest') return undefined
    const newest = this.#now()?.newest
    return newest !== undefined && end <= newest.rows.length ? newest : undefined
  }

  /** What is known at present; undefined when that is too little. */
  #now(): Known | undefined {
    const dataVersion = dataVersionOf(this.#db)
    if (dataVersion !== this.#dataVersion) {
      const known = read(this.#db)
      if (known === null) return undefined
      this.#known = known
      this.#dataVersion = dataVersion
    }
    return this.#known
  }
}

/** Of one moment of the archive; null when the newest rows cannot be told. */
function read(db: Database): Known | null {
  db.exec('BEGIN')
  try {
    const newest = readNewest(db)
    return newest === null ? null : { newest, numbers: KnownNumbers.read(db) }
  } finally {
    db.exec('COMMIT')
  }
}
