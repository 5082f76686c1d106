import type { BucketUnit, EventOrder, FacetField, TimelineKind } from '../../../contract/model/query.ts'
import type { NameRef } from '../../connectors/define.ts'
import type { EventQuery } from '../archive.ts'
import { type Database, openDatabase } from '../driver.ts'
import { archivePath } from '../files.ts'
import type { WorkerOptions } from '../reader-port.ts'
import { readConnections, readCoverage, readFact, readKnownIds, readNames, readRuns, readStream, readViews } from './archive-facts.ts'
import type { Moment } from './archive-state.ts'
import { Engine } from './engine.ts'
import { HighestSequences } from './highest-sequence.ts'
import type { ThreadMethods } from './thread-calls.ts'

/** What the query thread tells unasked. */
export type QueryNews =
  | { readonly kind: 'changed'; readonly added: number; readonly changed: number }
  | { readonly kind: 'loading'; readonly done: number; readonly total: number }

/** The query thread: holds the archive in memory and follows its file. */
export function queryMethods(options: WorkerOptions, tell: (news: QueryNews) => void): ThreadMethods {
  const thread = new QueryThread(options, tell)
  const paths = ['', '-wal'].map((suffix) => archivePath(options.home) + suffix)
  const { db } = thread
  return {
    open: () => thread.open(),
    follow: () => thread.current().then(() => null),
    partsToSave: async () => (await thread.current()).partsToSave(),
    page: async (query: EventQuery, order: EventOrder, cursor: string | null, limit: number, signal: AbortSignal) =>
      (await thread.current()).page(query, order, cursor, limit, signal),
    window: async (query: EventQuery, order: EventOrder, first: number, count: number, signal: AbortSignal) =>
      (await thread.current()).window(query, order, first, count, signal),
    locate: async (query: EventQuery, order: EventOrder, at: { readonly id: string } | { readonly instant: string }, signal: AbortSignal) =>
      (await thread.current()).locate(query, order, at, signal),
    count: async (query: EventQuery, signal: AbortSignal) => ({ total: await (await thread.current()).count(query, signal), exact: true }),
    facets: async (query: EventQuery, by: readonly FacetField[], top: number, signal: AbortSignal) =>
      (await thread.current()).facets(query, by, top, signal),
    histogram: async (query: EventQuery, by: BucketUnit, signal: AbortSignal) => (await thread.current()).histogram(query, by, signal),
    explain: async (query: EventQuery) => (await thread.current()).explain(query),
    get: async (id: string) => (await thread.current()).get(id),
    payload: async (id: string, revision: number | null) => (await thread.current()).payload(id, revision),
    around: async (id: string, count: number) => (await thread.current()).around(id, count),
    timelines: async (kind: TimelineKind, text: string, first: number, count: number) =>
      (await thread.current()).timelines(kind, text, first, count),
    completeValue: async (field: string, foldedText: string, limit: number, signal: AbortSignal) =>
      (await thread.current()).completeValue(field, foldedText, limit, signal),
    summary: async () => (await thread.current()).summary(paths),
    connectionCounts: async () => (await thread.current()).connectionCounts(),
    rowsAt: async (query: EventQuery, order: EventOrder, moment: Moment, signal: AbortSignal) =>
      (await thread.current()).rowsAt(query, order, moment, signal),
    streamState: async (connection: string, stream: string, scope: string) => thread.streamState(connection, stream, scope),
    connections: () => readConnections(db),
    runs: (connection: string | null, limit: number) => readRuns(db, connection, limit),
    coverage: (connection: string | null) => readCoverage(db, connection),
    names: (connection: string, refs: readonly NameRef[]) => readNames(db, connection, refs),
    knownExternalIds: (connection: string, ids: readonly string[]) => readKnownIds(db, connection, ids),
    views: () => readViews(db),
    fact: (key: string) => readFact(db, key),
  }
}

class QueryThread {
  readonly db: Database
  readonly #tell: (news: QueryNews) => void
  readonly #sequences = new HighestSequences()
  #engine: Promise<Engine>

  constructor(options: WorkerOptions, tell: (news: QueryNews) => void) {
    this.db = openDatabase({ home: options.home, keyHex: options.keyHex, role: 'reader' })
    this.#tell = tell
    this.#engine = this.#load()
    // Told to whoever calls next.
    this.#engine.catch(() => undefined)
  }

  async open(): Promise<null> {
    await this.#engine
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

  async streamState(connection: string, stream: string, scope: string): Promise<unknown> {
    const counts = (await this.current()).connectionCounts().find((entry) => entry.connection === connection)
    return {
      ...readStream(this.db, connection, stream, scope),
      highestSequence: this.#sequences.of(this.db, connection),
      eventCount: counts?.events ?? 0,
    }
  }

  #load(): Promise<Engine> {
    return Engine.load(this.db, (done, total) => this.#tell({ kind: 'loading', done, total }))
  }
}
