import { TrailviewError } from '../../../contract/errors.ts'
import type { ListedCount } from '../../../contract/model/collection.ts'
import type { EventRow } from '../../../contract/model/audit-event.ts'
import type {
  BucketUnit,
  EventOrder,
  FacetCounts,
  FacetField,
  Histogram,
  TimelineKind,
  TimelinePage,
} from '../../../contract/model/query.ts'
import type { ArchiveReader, EventQuery, StoredDetail } from '../archive.ts'
import type { Database } from '../driver.ts'
import { findSeq, keyBytes } from '../identity.ts'
import type { ColumnSegment } from '../reader-port.ts'
import { ArchiveState } from './archive-state.ts'
import { countConnections, summaryOfArchive } from './rows/archive-facts.ts'
import { around } from './rows/around.ts'
import type { Assistant } from './threads/assistant.ts'
import { completeValue } from './complete-value.ts'
import type { Counter } from './counting/counter.ts'
import { type CountedResult, Counting } from './counting/counting.ts'
import { detailOf } from './rows/detail.ts'
import { facetOf, knowsTopObjects } from './counting/facets.ts'
import { FirstNumbers } from './stored/first-numbers.ts'
import { type BucketBorders, bucketBorders, BucketCounter, isFew } from './counting/histogram.ts'
import type { Moment } from './rows/moment.ts'
import { Payloads } from './rows/payloads.ts'
import { prepared } from './rows/prepared.ts'
import type { ResultSet } from './search/result-set.ts'
import type { RowList } from './lines/row-list.ts'
import { RowBuilder } from './rows/rows.ts'
import { eventsOfRun } from './search/run-events.ts'
import { Scheduler, urgency } from './turns/scheduler.ts'
import { Searcher } from './search/searcher.ts'
import { partsToSave } from './stored/snapshots.ts'
import { TimelineLists } from './timeline-lists.ts'

/** Positions of the list walked between two breaths. */
const walkedPositions = 100_000

interface KeptPayload {
  readonly revision: number
  readonly block: number
  readonly slot: number
  readonly hash: Uint8Array
}

type Page = Awaited<ReturnType<ArchiveReader['page']>>
type Window = Awaited<ReturnType<ArchiveReader['window']>>
type First = Awaited<ReturnType<ArchiveReader['first']>>

/** Answers queries over one loaded archive, from memory; only the rows that are asked for are read from the file. */
export class Engine {
  readonly state: ArchiveState
  readonly #db: Database
  readonly #scheduler = new Scheduler()
  readonly #payloads: Payloads
  readonly #searcher: Searcher
  readonly #counting: Counting
  readonly #rows: RowBuilder
  readonly #firstNumbers: FirstNumbers
  readonly #timelines: TimelineLists
  /** Of the run asked last. */
  #runSet: { readonly run: string; readonly count: ListedCount; readonly set: ResultSet } | null = null
  #borders: { readonly version: number; readonly byUnit: Map<string, BucketBorders> } = { version: -1, byUnit: new Map() }
  /** Facets of results that are still kept. */
  readonly #facets = new WeakMap<ResultSet, ReadonlyMap<string, FacetCounts>>()

  private constructor(db: Database, state: ArchiveState, assistant: Assistant | null) {
    this.#db = db
    this.state = state
    this.#payloads = new Payloads(db)
    this.#searcher = new Searcher(state, this.#scheduler, db, this.#payloads, assistant)
    this.#counting = new Counting(state, this.#scheduler, (signal) => this.#all(signal), assistant)
    this.#rows = new RowBuilder(db)
    this.#firstNumbers = new FirstNumbers(state, db)
    this.#timelines = new TimelineLists(state, db, this.#scheduler, this.#searcher)
  }

  /** Loads an archive. `onProgress` counts events. `assistant`: a second thread for long passes. */
  static async load(db: Database, onProgress: (done: number, total: number) => void, assistant: Assistant | null = null): Promise<Engine> {
    const state = new ArchiveState(db)
    await state.load(onProgress, () => new Promise((resolve) => setImmediate(resolve)), assistant)
    assistant?.prepare(state.columns.count)
    return new Engine(db, state, assistant)
  }

  /** Snapshots worth storing, so that the next start is quick. */
  partsToSave(): readonly ColumnSegment[] {
    const parts = partsToSave(this.state, this.#db)
    return this.hasNumbersToSave ? [...parts, this.#firstNumbers.toSave()] : parts
  }

  /** Whether numbers of all events were counted that the next start would like to know. */
  get hasNumbersToSave(): boolean {
    return this.#firstNumbers.isToSave
  }

  async page(query: EventQuery, display: EventOrder, cursor: string | null, limit: number, signal: AbortSignal): Promise<Page> {
    const row = cursor === null ? null : this.#rowOf(cursor)
    const positionOf = (): number => (row === null ? 0 : this.#displayPositionOf(row, display) + 1)
    const { rows, hasMore } = await this.#searcher.someFrom(query, display, positionOf, limit, signal)
    const events = this.#rows.events(rows)
    return { events, next: hasMore ? (events.at(-1)?.id ?? null) : null }
  }

  async window(query: EventQuery, display: EventOrder, first: number, count: number, signal: AbortSignal): Promise<Window> {
    const result = await this.#searcher.all(query, urgency.rows, signal)
    const rows = result.rowsAt(this.state, display, first, count)
    return { rows: this.#rows.marked(rows), first, total: result.count, version: result.version }
  }

  async first(query: EventQuery, display: EventOrder, count: number, signal: AbortSignal): Promise<First> {
    const { rows, hasMore } = await this.#searcher.someFrom(query, display, () => 0, count, signal)
    const total = hasMore ? this.#searcher.knownCount(query) : rows.length
    return { rows: this.#rows.marked(rows), total, version: this.state.version }
  }

  async locate(
    query: EventQuery,
    display: EventOrder,
    at: { readonly id: string } | { readonly instant: string },
    signal: AbortSignal,
  ): Promise<number | null> {
    const result = await this.#searcher.all(query, urgency.rows, signal)
    if ('id' in at) {
      const row = this.#rowOf(at.id)
      return result.has(row) ? result.rankAt(this.state, display, this.#displayPositionOf(row, display)) : null
    }
    const rank = result.rankAt(this.state, display, this.#positionOfInstant(Date.parse(at.instant), display))
    const [row] = result.rowsAt(this.state, display, rank, 1)
    // What comes after the last event with a time has none, and so lies at no instant.
    return row === undefined || Number.isNaN(this.state.columns.timeMs(row)) ? null : rank
  }

  async count(query: EventQuery, signal: AbortSignal): Promise<number> {
    return (await this.#searcher.all(query, urgency.numbers, signal)).count
  }

  async facets(query: EventQuery, by: readonly FacetField[], top: number, signal: AbortSignal): Promise<FacetCounts> {
    const result = await this.#searcher.all(query, urgency.numbers, signal)
    const key = `${top} ${by.join()}`
    const known = this.#facets.get(result)?.get(key)
    if (known !== undefined && result.version === this.state.version) return known
    const facets = await this.#facetsOf(result, by, top, signal)
    if (result.version !== this.state.version) return facets
    this.#facets.set(result, new Map(this.#facets.get(result)).set(key, facets))
    this.#firstNumbers.noteFacets(query, by, top, facets)
    return facets
  }

  async histogram(query: EventQuery, unit: BucketUnit, signal: AbortSignal): Promise<Histogram> {
    const result = await this.#searcher.all(query, urgency.numbers, signal)
    for (;;) {
      const count = (counted: CountedResult | null): Promise<Histogram | null> =>
        this.#histogramOf(result, counted, unit, query.zone, signal)
      const histogram = await (isFew(result) ? count(null) : this.#counting.counted(result, signal, count))
      if (histogram === null) continue
      if (result.version === this.state.version) this.#firstNumbers.noteHistogram(query, histogram)
      return histogram
    }
  }

  explain(query: EventQuery): readonly string[] {
    const { program, steps: parts } = this.#searcher.compiled(query)
    const steps = parts.map((step) => step())
    const { count, removedCount } = this.state.columns
    const events = `${count - removedCount} events`
    if (program.op === 'rows') return [...steps, `${program.rows.length} events by list, none looked at besides`]
    if (program.op === 'none') return [...steps, 'nothing can match: no event is looked at']
    if (program.op === 'all') return [...steps, `all ${events}, in time order`]
    return [...steps, `first rows: a walk of the time order; all rows: one pass over the columns named, ${events}`]
  }

  get(id: string): StoredDetail {
    return detailOf(this.#db, this.state, this.#rows, this.#rowOf(id))
  }

  payload(id: string, revision: number | null): { readonly bytes: Uint8Array; readonly hash: string } {
    const row = this.#rowOf(id)
    const newest = prepared<[number], KeptPayload>(this.#db, 'SELECT revision, block, slot, hash FROM event WHERE seq = ?').get(row + 1)
    const place =
      revision === null || newest?.revision === revision
        ? newest
        : prepared<[number, number], KeptPayload>(
            this.#db,
            'SELECT revision, block, slot, hash FROM revision WHERE seq = ? AND revision = ?',
          ).get(row + 1, revision)
    if (place === undefined) {
      throw new TrailviewError('EVENT_NOT_FOUND', `The event ${id} has no revision ${revision}. Open the event to see which it has.`)
    }
    // A copy: what is sent to another thread is sent with all of the memory it lies in.
    return { bytes: this.#payloads.at(place.block, place.slot).slice(), hash: Buffer.from(place.hash).toString('hex') }
  }

  around(id: string, count: number): { readonly sameActor: readonly EventRow[]; readonly sameObject: readonly EventRow[] } {
    const { sameActor, sameObject } = around(this.state, this.#rowOf(id), count)
    return { sameActor: this.#rows.marked(sameActor), sameObject: this.#rows.marked(sameObject) }
  }

  /** The events behind a count of a run, newest first. */
  runEvents(run: string, count: ListedCount, first: number, limit: number): Awaited<ReturnType<ArchiveReader['runEvents']>> {
    if (this.#runSet?.run !== run || this.#runSet.count !== count || this.#runSet.set.version !== this.state.version)
      this.#runSet = { run, count, set: eventsOfRun(this.#db, this.state, run, count) }
    const { set } = this.#runSet
    return { rows: this.#rows.marked(set.rowsAt(this.state, 'newest', first, limit)), total: set.count }
  }

  timelines(
    kind: TimelineKind,
    text: string,
    ofKind: string | null,
    first: number,
    count: number,
    signal: AbortSignal,
  ): Promise<TimelinePage> {
    return this.#timelines.list(kind, text, ofKind, first, count, signal)
  }

  async completeValue(field: string, foldedText: string, limit: number, signal: AbortSignal): ReturnType<ArchiveReader['completeValue']> {
    const { state } = this
    const breathe = (): Promise<void> => this.#scheduler.breathe(urgency.numbers, signal)
    for (;;) {
      const { version } = state
      this.#catchUpGroups()
      const found = await completeValue(field, foldedText, limit, {
        state,
        db: this.#db,
        search: (steps) => this.#searcher.finish(steps, urgency.numbers, signal),
        breathe,
        all: async (read) =>
          this.#counting.counted(await this.#all(signal), signal, (counted) => read({ state, db: this.#db, counted, rare: null })),
      })
      if (state.version === version) return found
    }
  }

  summary(paths: readonly string[]): ReturnType<typeof summaryOfArchive> {
    return summaryOfArchive(this.state, paths)
  }

  connectionCounts(): ReturnType<typeof countConnections> {
    return countConnections(this.state)
  }

  /** All matches in order; null when the archive is at another moment. */
  async rowsAt(query: EventQuery, display: EventOrder, moment: Moment, signal: AbortSignal): Promise<RowList | null> {
    if (!this.state.isAt(moment)) return null
    const result = await this.#searcher.all(query, urgency.background, signal)
    if (!this.state.isAt(moment)) return null
    const rows = new Uint32Array(new SharedArrayBuffer(result.count * 4))
    const { order } = this.state
    let at = 0
    for (let position = 0; position < order.count; position++) {
      const row = order.rowAt(display, position)
      if (result.has(row)) rows[at++] = row
      if (position % walkedPositions > 0) continue
      await this.#scheduler.breathe(urgency.background, signal)
      if (!this.state.isAt(moment)) return null
    }
    const { columns, dictionaries } = this.state
    const { actor: actorCount, object: objectCount } = dictionaries.counts
    return { rows, actor: columns.actor.shared, object: columns.object.shared, actorCount, objectCount }
  }

  async #facetsOf(result: ResultSet, by: readonly FacetField[], top: number, signal: AbortSignal): Promise<FacetCounts> {
    for (;;) {
      const facets = await this.#counting.counted(result, signal, (counted) => {
        this.#catchUpGroups()
        const source = { state: this.state, db: this.#db, counted }
        const read = (rare: Counter | null): FacetCounts =>
          Object.fromEntries(by.map((field) => [field, facetOf(field, top, { ...source, rare })]))
        const isKnown = !by.includes('object') || knowsTopObjects(counted, top)
        return isKnown ? read(null) : this.#counting.countRare(counted, signal, read)
      })
      if (facets !== null) return facets
    }
  }

  /** Null: the archive changed meanwhile, which moves positions. */
  async #histogramOf(
    result: ResultSet,
    counted: CountedResult | null,
    unit: BucketUnit,
    zone: string,
    signal: AbortSignal,
  ): Promise<Histogram | null> {
    const { version } = this.state
    const counter = new BucketCounter(this.state, result, this.#bordersOf(unit, zone), counted)
    while (!counter.step()) {
      await this.#scheduler.breathe(urgency.numbers, signal)
      if (this.state.version !== version) return null
    }
    return { unit, ...counter.counted(), exact: true }
  }

  #all(signal: AbortSignal): Promise<ResultSet> {
    return this.#searcher.all({ tree: { kind: 'all' }, zone: 'UTC' }, urgency.numbers, signal)
  }

  #catchUpGroups(): void {
    this.state.dictionaries.actor.groups.catchUp()
    this.state.dictionaries.subject.groups.catchUp()
  }

  #bordersOf(unit: BucketUnit, zone: string): BucketBorders {
    const { version } = this.state
    if (this.#borders.version !== version) this.#borders = { version, byUnit: new Map() }
    const key = `${unit} ${zone}`
    let borders = this.#borders.byUnit.get(key)
    if (borders === undefined) this.#borders.byUnit.set(key, (borders = bucketBorders(this.state, unit, zone)))
    return borders
  }

  /** The row of an event id. Throws EVENT_NOT_FOUND. */
  #rowOf(id: string): number {
    const seq = /^[0-9a-f]+$/i.test(id) && id.length === keyBytes * 2 ? findSeq(this.#db, Buffer.from(id, 'hex')) : null
    if (seq === null || seq > this.state.columns.count) {
      throw new TrailviewError('EVENT_NOT_FOUND', `The archive holds no event ${id.slice(0, 80)}. Check the id, or search for the event.`)
    }
    return seq - 1
  }

  #displayPositionOf(row: number, display: EventOrder): number {
    const { order, columns } = this.state
    return order.displayPosition(display, order.positionOf(columns, columns.timeMs(row), row))
  }

  /** The first position at or before (newest) or at or after (oldest) an instant. */
  #positionOfInstant(instantMs: number, display: EventOrder): number {
    const { order, columns } = this.state
    if (display === 'oldest') return order.positionOf(columns, instantMs, 0)
    return order.timedCount - order.positionOf(columns, instantMs, Infinity)
  }
}
