import type { ListedCount } from '../../../../contract/model/collection.ts'
import type { BucketUnit, EventOrder, FacetField, Facets, TimelineKind } from '../../../../contract/model/query.ts'
import type { NameRef } from '../../../connectors/define.ts'
import type { EventQuery } from '../../archive.ts'
import { type Database, openDatabase } from '../../driver.ts'
import { archivePath } from '../../files.ts'
import type { WorkerOptions } from '../../reader-port.ts'
import {
  readConnections,
  readCoverage,
  readFact,
  readKnownIds,
  readNames,
  readRun,
  readRuns,
  readStream,
  readViews,
} from '../rows/archive-facts.ts'
import { Assistant } from './assistant.ts'
import { Engine } from '../engine.ts'
import { FirstLook } from '../first-look.ts'
import { HighestSequences } from '../rows/highest-sequence.ts'
import { countLackingNames, readLackingNames } from '../rows/lacking-names.ts'
import type { Moment } from '../rows/moment.ts'
import type { ThreadMethods } from '../turns/thread-calls.ts'

/** What the query thread tells unasked. */
export type QueryNews =
  | { readonly kind: 'changed'; readonly added: number; readonly changed: number }
  | { readonly kind: 'loading'; readonly done: number; readonly total: number }
  | { readonly kind: 'loaded' }
  /** Numbers that are worth storing were counted. */
  | { readonly kind: 'counted' }

/** Pages kept: rows of a page lie all over the file, so that more of them would hardly be met again. */
const rowsCacheKib = 6_144
/** Of the connection for small facts, which are few. */
const factsCacheKib = 4_096

/** The query thread: holds the archive in memory and follows its file. */
export function queryMethods(options: WorkerOptions, tell: (news: QueryNews) => void): ThreadMethods {
  const thread = new QueryThread(options, tell)
  const paths = ['', '-wal'].map((suffix) => archivePath(options.home) + suffix)
  const { facts } = thread
  return {
    open: () => thread.open(),
    follow: () => thread.current().then(() => null),
    partsToSave: async () => (await thread.current()).partsToSave(),
    page: async (query: EventQuery, order: EventOrder, cursor: string | null, limit: number, signal: AbortSignal) =>
      thread.firstLook?.page(query, order, cursor, limit) ?? (await thread.current()).page(query, order, cursor, limit, signal),
    window: async (query: EventQuery, order: EventOrder, first: number, count: number, signal: AbortSignal) =>
      thread.firstLook?.window(query, order, first, count) ?? (await thread.current()).window(query, order, first, count, signal),
    first: async (query: EventQuery, order: EventOrder, count: number, signal: AbortSignal) =>
      thread.firstLook?.window(query, order, 0, count) ?? (await thread.current()).first(query, order, count, signal),
    locate: async (query: EventQuery, order: EventOrder, at: { readonly id: string } | { readonly instant: string }, signal: AbortSignal) =>
      (await thread.current()).locate(query, order, at, signal),
    count: async (query: EventQuery, signal: AbortSignal) => ({
      total: thread.firstLook?.count(query) ?? (await (await thread.current()).count(query, signal)),
      exact: true,
    }),
    facets: async (query: EventQuery, by: readonly FacetField[], top: number, early: boolean, signal: AbortSignal): Promise<Facets> =>
      thread.firstLook?.facets(query, by, top, early) ?? {
        values: await thread.counted((engine) => engine.facets(query, by, top, signal)),
        exact: true,
      },
    histogram: async (query: EventQuery, by: BucketUnit, early: boolean, signal: AbortSignal) =>
      thread.firstLook?.histogram(query, by, early) ?? thread.counted((engine) => engine.histogram(query, by, signal)),
    explain: async (query: EventQuery) => (await thread.current()).explain(query),
    get: async (id: string) => (await thread.current()).get(id),
    payload: async (id: string, revision: number | null) => (await thread.current()).payload(id, revision),
    around: async (id: string, count: number) => (await thread.current()).around(id, count),
    timelines: async (kind: TimelineKind, text: string, ofKind: string | null, first: number, count: number, signal: AbortSignal) =>
      (await thread.current()).timelines(kind, text, ofKind, first, count, signal),
    completeValue: async (field: string, foldedText: string, limit: number, signal: AbortSignal) =>
      (await thread.current()).completeValue(field, foldedText, limit, signal),
    summary: async () => (await thread.current()).summary(paths),
    connectionCounts: async () => (await thread.current()).connectionCounts(),
    rowsAt: async (query: EventQuery, order: EventOrder, moment: Moment, signal: AbortSignal) =>
      (await thread.current()).rowsAt(query, order, moment, signal),
    streamState: async (connection: string, stream: string, scope: string) => thread.streamState(connection, stream, scope),
    connections: () => readConnections(facts),
    runs: (connection: string | null, limit: number) => readRuns(facts, connection, limit),
    run: (id: string) => readRun(facts, id),
    runEvents: async (run: string, count: ListedCount, first: number, limit: number) =>
      (await thread.current()).runEvents(run, count, first, limit),
    coverage: (connection: string | null) => readCoverage(facts, connection),
    names: (connection: string, refs: readonly NameRef[]) => readNames(facts, connection, refs),
    lackingNames: (connection: string, afterSeq: number, limit: number) => readLackingNames(facts, connection, afterSeq, limit),
    lackingNamesCounts: () => countLackingNames(facts),
    knownExternalIds: (connection: string, ids: readonly string[]) => readKnownIds(facts, connection, ids),
    views: () => readViews(facts),
    fact: (key: string) => readFact(facts, key),
  }
}

class QueryThread {
  /** A connection of its own: while the archive is loaded, the other one stays at one moment. */
  readonly facts: Database
  /** Until the archive is loaded; null where it must be waited for. */
  firstLook: FirstLook | null
  readonly #db: Database
  readonly #tell: (news: QueryNews) => void
  readonly #sequences = new HighestSequences()
  readonly #assistant: Assistant | null
  #engine: Promise<Engine>

  constructor(options: WorkerOptions, tell: (news: QueryNews) => void) {
    const { home, keyHex, workerUrl } = options
    this.#assistant = workerUrl === undefined ? null : new Assistant({ home, keyHex, workerUrl })
    this.facts = openDatabase({ home, keyHex, role: 'reader' })
    this.facts.pragma(`cache_size = -${factsCacheKib}`)
    this.#db = openDatabase({ home, keyHex, role: 'reader' })
    this.#db.pragma(`cache_size = -${rowsCacheKib}`)
    this.#tell = tell
    this.firstLook = FirstLook.open(this.facts)
    this.#engine = this.#loadAfterFirstLook()
    // Told to whoever calls next.
    this.#engine.catch(() => undefined)
  }

  /** Resolves when the first page can be answered. */
  async open(): Promise<null> {
    if (this.firstLook === null) await this.#engine
    return null
  }

  /** The archive as it is now. */
  async current(): Promise<Engine> {
    const engine = await this.#engine
    const found = engine.state.catchUp()
    if (found === null) return engine
    if (found === 'reload') {
      this.#sequences.forget()
      this.#engine = this.#load()
      const reloaded = await this.#engine
      this.#tell({ kind: 'changed', added: 0, changed: reloaded.state.columns.removedCount })
      return reloaded
    }
    this.#tell({ kind: 'changed', ...found })
    return engine
  }

  /** Counts something of the archive as it is now, and tells when that is worth storing. */
  async counted<Value>(count: (engine: Engine) => Promise<Value>): Promise<Value> {
    const engine = await this.current()
    const value = await count(engine)
    if (engine.hasNumbersToSave) this.#tell({ kind: 'counted' })
    return value
  }

  async streamState(connection: string, stream: string, scope: string): Promise<unknown> {
    const counts = (await this.current()).connectionCounts().find((entry) => entry.connection === connection)
    return {
      ...readStream(this.facts, connection, stream, scope),
      highestSequence: this.#sequences.of(this.facts, connection),
      eventCount: counts?.events ?? 0,
    }
  }

  async #loadAfterFirstLook(): Promise<Engine> {
    try {
      const engine = await this.#load()
      const added = this.firstLook?.addedUntil(engine.state.moment) ?? null
      if (added !== null) this.#tell({ kind: 'changed', added, changed: 0 })
      return engine
    } finally {
      this.firstLook = null
    }
  }

  async #load(): Promise<Engine> {
    try {
      return await Engine.load(this.#db, (done, total) => this.#tell({ kind: 'loading', done, total }), this.#assistant)
    } finally {
      this.#tell({ kind: 'loaded' })
    }
  }
}
