import { fold } from '../../lib/fold.ts'
import type { Database } from '../driver.ts'
import type { Assistant } from './threads/assistant.ts'
import type { CountBasis } from './counting/count-basis.ts'
import { EventColumns, flag, removedRow } from './columns/columns.ts'
import { Dictionaries } from './dictionaries/dictionaries.ts'
import { placesOf } from './counting/frequent-objects.ts'
import { dataVersionOf, type Moment, readMoment } from './rows/moment.ts'
import { type NewestStored, readNewestStored } from './stored/newest-rows.ts'
import { prepared } from './rows/prepared.ts'
import { columnRowOf, type LoadedSegment, loadSegments, readEvent, readEvents, segmentRows } from './stored/segments.ts'
import { loadEntries } from './stored/snapshots.ts'
import { type BasisStored, StoredBasis } from './stored/stored-basis.ts'
import { loadContexts } from './stored/stored-contexts.ts'
import { readOrder, type ReadOrder, StoredOrder } from './stored/stored-order.ts'
import { inSteps } from './turns/steps.ts'
import { addingByTime, TimeOrder } from './columns/time-order.ts'

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
  /** Segments that are stored, by number: the last change they hold. */
  readonly stored = new Map<number, number>()
  /** What is stored of the newest rows; null: nothing. */
  newestStored: NewestStored | null = null
  /** What results are counted with; null until something was counted, where none was stored. */
  basis: CountBasis | null = null
  /** What is stored of it; null: nothing. */
  basisStored: BasisStored | null = null
  readonly storedOrder = new StoredOrder()
  /** How many contexts are stored. */
  contextsStored = 0
  /** Below which number the entries of a dictionary are stored. */
  readonly entriesStored = { subject: 0, actor: 0 }
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
   * milliseconds; `onProgress` counts events. `assistant`: loads segments, and sorts what they hold, meanwhile.
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
      const loading = assistant?.load({ epoch, lastSeq, lastChange }) ?? null
      this.contextsStored = loadContexts(db, this.dictionaries)
      await inSteps(loadEntries(db, this, epoch), breathe)
      this.dictionaries.catchUp(db)
      const loaded = (await loading) ?? 'failed'
      if (loaded === 'failed') {
        const progressing = (): Promise<void> => {
          onProgress(this.columns.count, lastSeq)
          return breathe()
        }
        this.#take(await inSteps(loadSegments(db, this.columns, lastSeq, lastChange), progressing), lastChange)
      } else {
        this.columns.adopt(loaded.columns)
        this.#take(loaded.segments, lastChange)
      }
      const order = loaded === 'failed' ? readOrder(db, epoch, lastSeq) : loaded.order
      this.columns.reserve(lastSeq)
      const storedRows = this.columns.count
      const known = StoredBasis.open(db, this, epoch, this.stored)
      const places = known === null ? null : this.#placesBy(assistant, known, breathe)
      const sorting = this.#sortedBy(assistant, order, moved, breathe)
      for (let seq = this.columns.count + 1; seq <= lastSeq; seq += loadStep) {
        onProgress(seq - 1, lastSeq)
        await breathe()
        for (const record of readEvents(db, seq, Math.min(seq + loadStep - 1, lastSeq))) {
          this.columns.set(record.seq - 1, columnRowOf(record, this.dictionaries, 0))
        }
      }
      this.columns.padTo(lastSeq)
      this.#loadMarks(0, storedRows)
      if (known !== null && places !== null) this.basis = await inSteps(known.restoring(this, await places), breathe)
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

  /** Takes loaded segments for what they are, as far as they name contexts that are known. */
  #take(loaded: readonly LoadedSegment[], lastChange: number): void {
    const known = loaded.findIndex(({ contexts }) => !this.dictionaries.contexts.has(contexts))
    const segments = known < 0 ? loaded : loaded.slice(0, known)
    this.columns.truncate(segments.length * segmentRows)
    this.#lastChange = segments.reduce((least, { changeNum }) => Math.min(least, changeNum), lastChange)
    segments.forEach(({ changeNum }, num) => this.stored.set(num, changeNum))
  }

  /** Has the places of objects told by another thread, or by this one. */
  async #placesBy(assistant: Assistant | null, known: StoredBasis, breathe: () => Promise<void>): Promise<Uint16Array> {
    const task = known.placesTask(this)
    const places = (await assistant?.places(task)) ?? 'failed'
    return places === 'failed' ? inSteps(placesOf(task.object, task.count, task.numbers, task.objectCount), breathe) : places
  }

  /**
   * Has the rows there are put in order by another thread, or does so, those that are stored in order and have changed since excepted: they are
   * added to `moved`. Resolves to how many it went over: all or none.
   */
  async #sortedBy(assistant: Assistant | null, read: ReadOrder | null, moved: Set<number>, breathe: () => Promise<void>): Promise<number> {
    const { times, count } = this.columns
    const { order } = this
    const known = read === null ? null : this.storedOrder.take(read, order, this.#db, count, this.#lastChange)
    order.reserve(count)
    const task = { times, count, rows: order.rows, known: known ?? { count: 0, timedCount: 0, moved: new Set<number>() } }
    const sorted = await (assistant?.order(task) ?? inSteps(addingByTime(times, count, order.rows, task.known, task.known.moved), breathe))
    if (sorted === 'failed') return 0
    order.adopt(sorted.count, sorted.timedCount)
    for (const row of task.known.moved) moved.add(row)
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
