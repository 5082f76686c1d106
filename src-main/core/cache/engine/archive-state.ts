import { fold } from '../../lib/fold.ts'
import type { Database } from '../driver.ts'
import type { Assistant } from './assistant.ts'
import type { CountBasis } from './count-basis.ts'
import { EventColumns, flag, removedRow } from './columns.ts'
import { Dictionaries } from './dictionaries.ts'
import { dataVersionOf, type Moment, readMoment } from './moment.ts'
import { type NewestStored, readNewestStored } from './newest-rows.ts'
import { prepared } from './prepared.ts'
import { columnRowOf, readEvent, readEvents } from './segments.ts'
import { loadEntries, loadSegments } from './snapshots.ts'
import { type BasisStored, StoredBasis } from './stored-basis.ts'
import { inSteps } from './steps.ts'
import { TimeOrder } from './time-order.ts'

/** How many events are read from the table between two breaths. */
const loadStep = 20_000

/** What a catch-up found. */
export interface CaughtUp {
  readonly added: number
  readonly changed: number
}

/**
 * The archive in memory: columns, dictionaries, time order, tags and notes. Loaded once, then follows the file by `catchUp`; everything
 * here is of one moment of the archive, and nothing changes while a caller runs without awaiting.
 */
export class ArchiveState {
  readonly columns = new EventColumns()
  readonly dictionaries = new Dictionaries()
  readonly order = new TimeOrder()
  /** By row: tags as written. Few: reviewers set them by hand. */
  readonly tags = new Map<number, readonly string[]>()
  /** By row: notes, folded. */
  readonly notes = new Map<number, readonly string[]>()
  /** Snapshots that are stored, by number: the last change they hold. */
  readonly stored = new Map<number, number>()
  /** What is stored of the newest rows; null: nothing. */
  newestStored: NewestStored | null = null
  /** What results are counted with; null until something was counted, where none was stored. */
  basis: CountBasis | null = null
  /** What is stored of it; null: nothing. */
  basisStored: BasisStored | null = null
  /** Grows with every change of anything here. */
  version = 0
  /** Grows when rows that were there before have changed: work that went over some of them must begin anew. */
  rewrites = 0
  readonly #db: Database
  #dataVersion = -1
  #lastChange = 0
  #epoch = -1

  constructor(db: Database) {
    this.#db = db
  }

  /**
   * Reads the whole archive: stored segments where there are, the table for the rest. `breathe` is awaited between steps of a few
   * milliseconds; `onProgress` counts events. `assistant`: sorts what the segments hold meanwhile.
   */
  async load(
    onProgress: (done: number, total: number) => void,
    breathe: () => Promise<void>,
    assistant: Assistant | null = null,
  ): Promise<void> {
    const db = this.#db
    const moved = new Set<number>()
    let sortedCount = 0
    this.#dataVersion = dataVersionOf(db)
    db.exec('BEGIN')
    try {
      const { epoch, lastSeq, lastChange } = readMoment(db)
      this.#epoch = epoch
      this.newestStored = readNewestStored(db, epoch)
      onProgress(0, lastSeq)
      this.columns.reserve(lastSeq)
      const segments = await inSteps(loadSegments(db, this.columns, lastSeq, lastChange, this.stored), () => {
        onProgress(this.columns.count, lastSeq)
        return breathe()
      })
      this.#lastChange = segments.changeNum
      const segmentRows = this.columns.count
      const known = StoredBasis.open(db, this, epoch, this.stored)
      const sorting = this.#sortedBy(assistant)
      await inSteps(segments.puttingContexts(this.dictionaries), breathe)
      // Those of the segments were put over theirs.
      known?.putRows(this.columns)
      await inSteps(loadEntries(db, this.dictionaries, epoch, this.stored), breathe)
      this.dictionaries.catchUp(db)
      for (let seq = this.columns.count + 1; seq <= lastSeq; seq += loadStep) {
        onProgress(seq - 1, lastSeq)
        await breathe()
        for (const record of readEvents(db, seq, Math.min(seq + loadStep - 1, lastSeq))) {
          this.columns.set(record.seq - 1, columnRowOf(record, this.dictionaries, 0))
        }
      }
      this.columns.padTo(lastSeq)
      this.#loadMarks(0, segmentRows)
      if (known !== null) this.basis = await inSteps(known.restoring(this), breathe)
      sortedCount = await sorting
      this.#applyChanges(moved, lastChange)
    } finally {
      db.exec('COMMIT')
    }
    await inSteps(this.order.merging(this.columns, sortedCount, moved), breathe)
    this.version++
    this.rewrites++
  }

  /** Takes in what was committed since; null when nothing was. `reload`: something was removed, and this state is no longer of use. */
  catchUp(): CaughtUp | 'reload' | null {
    const db = this.#db
    const dataVersion = dataVersionOf(db)
    if (dataVersion === this.#dataVersion) return null
    this.#dataVersion = dataVersion
    const before = this.columns.count
    const moved = new Set<number>()
    let changed = 0
    db.exec('BEGIN')
    try {
      const { epoch, lastSeq, lastChange } = readMoment(db)
      if (epoch !== this.#epoch) return 'reload'
      this.dictionaries.catchUp(db)
      changed = this.#applyChanges(moved, lastChange)
      for (const record of readEvents(db, before + 1, lastSeq)) {
        this.columns.set(record.seq - 1, columnRowOf(record, this.dictionaries, 0))
      }
      this.columns.padTo(lastSeq)
      this.#loadMarks(before, before)
      for (let row = before; row < this.columns.count; row++) this.basis?.add(row)
    } finally {
      db.exec('COMMIT')
    }
    this.order.merge(this.columns, before, moved)
    this.version++
    if (changed > 0) this.rewrites++
    return { added: this.columns.count - before, changed }
  }

  /** The moment of the archive this is of. */
  get moment(): Moment {
    return { epoch: this.#epoch, lastSeq: this.columns.count, lastChange: this.#lastChange }
  }

  isAt({ epoch, lastSeq, lastChange }: Moment): boolean {
    return epoch === this.#epoch && lastSeq === this.columns.count && lastChange === this.#lastChange
  }

  /** Has the rows there are sorted by another thread. Resolves to how many it sorted: all or none. */
  async #sortedBy(assistant: Assistant | null): Promise<number> {
    const { times, count } = this.columns
    this.order.reserve(count)
    const timedCount = (await assistant?.order({ times, count, rows: this.order.rows })) ?? 'failed'
    if (timedCount === 'failed') return 0
    this.order.adopt(count, timedCount)
    return count
  }

  /** Re-reads events that changed up to a change and are in the columns already. Rows that now have another time are added to `moved`. */
  #applyChanges(moved: Set<number>, lastChange: number): number {
    const db = this.#db
    const count = this.columns.count
    const seqs = prepared<[number, number], number>(db, 'SELECT DISTINCT seq FROM change WHERE num > ? AND seq <= ?', 'values').all(
      this.#lastChange,
      count,
    )
    for (const seq of seqs) {
      const record = readEvent(db, seq)
      const value = record === undefined ? removedRow : columnRowOf(record, this.dictionaries, this.#marksOf(seq))
      if (!Object.is(this.columns.timeMs(seq - 1), value.timeMs)) moved.add(seq - 1)
      this.basis?.remove(seq - 1)
      this.columns.set(seq - 1, value)
      this.basis?.add(seq - 1)
    }
    this.#lastChange = lastChange
    return seqs.length
  }

  /** Reads tags and notes of all events from a row on; and flags from another, which those before have already. */
  #loadMarks(fromRow: number, fromUnmarked: number): void {
    const db = this.#db
    const { flags } = this.columns
    for (const [seq, tag] of db
      .prepare<[number], [number, string]>('SELECT seq, tag FROM tag WHERE seq > ? ORDER BY seq, tag')
      .raw()
      .iterate(fromRow)) {
      this.tags.set(seq - 1, [...(this.tags.get(seq - 1) ?? []), tag])
    }
    for (const [seq, text] of db
      .prepare<[number], [number, string]>('SELECT seq, text FROM note WHERE seq > ? ORDER BY seq, written_at')
      .raw()
      .iterate(fromRow)) {
      this.notes.set(seq - 1, [...(this.notes.get(seq - 1) ?? []), fold(text)])
      if (seq > fromUnmarked) flags[seq - 1] = (flags[seq - 1] ?? 0) | flag.note
    }
    for (const [seq, marks] of db
      .prepare<[number], [number, number]>(`SELECT seq, ${markBits} FROM mark WHERE seq > ?`)
      .raw()
      .iterate(fromUnmarked)) {
      flags[seq - 1] = (flags[seq - 1] ?? 0) | marks
    }
  }

  /** Reads an event's marks, tags and notes; keeps tags and notes, and returns its flags. */
  #marksOf(seq: number): number {
    const db = this.#db
    const row = seq - 1
    const tags = prepared<[number], string>(db, 'SELECT tag FROM tag WHERE seq = ? ORDER BY tag', 'values').all(seq)
    const notes = prepared<[number], string>(db, 'SELECT text FROM note WHERE seq = ? ORDER BY written_at', 'values').all(seq)
    if (tags.length > 0) this.tags.set(row, tags)
    else this.tags.delete(row)
    if (notes.length > 0) this.notes.set(row, notes.map(fold))
    else this.notes.delete(row)
    const marks = prepared<[number], number>(db, `SELECT ${markBits} FROM mark WHERE seq = ?`, 'values').get(seq) ?? 0
    return marks | (notes.length > 0 ? flag.note : 0)
  }
}

const markBits = `status + (late_since IS NOT NULL) * ${flag.late} + (gone_since IS NOT NULL) * ${flag.gone}`
