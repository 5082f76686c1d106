import type { Json } from '../../connectors/define.ts'
import { openLedger } from '../../ledger/ledger.ts'
import type { ArchiveWriter, PageCommit, PageOutcome } from '../archive.ts'
import type { Database } from '../driver.ts'
import { entryKeys } from '../entry-keys.ts'
import { failureOf } from '../failure.ts'
import { identityKeys } from '../identity.ts'
import type { ColumnSegment } from '../reader-port.ts'
import { openConnections } from './connections.ts'
import { openCoverage } from './coverage.ts'
import { openDictionaries } from './dictionaries.ts'
import { openGone } from './gone.ts'
import { openKeyIndex } from './key-index.ts'
import { openLackingNames } from './lacking-names.ts'
import { openMarks } from './marks.ts'
import { openNames } from './names.ts'
import { openPages } from './page.ts'
import { openPayloads } from './payloads.ts'
import { openRecords } from './records.ts'
import { openReviews } from './reviews.ts'
import { openRuns } from './runs.ts'
import { openSegments } from './segments.ts'
import { openState } from './state.ts'

/** What became of one page of a group. */
export type PageResult = { readonly outcome: PageOutcome } | { readonly error: Error }

type Synchronous<Method> = Method extends (...parameters: infer Parameters) => Promise<infer Result>
  ? (...parameters: Parameters) => Result
  : never

/** The methods of `ArchiveWriter` but for the right to collect, at once and in this thread; each that writes is one transaction. */
export type WriterCore = { readonly [Name in Exclude<keyof ArchiveWriter, 'hold' | 'commitPage'>]: Synchronous<ArchiveWriter[Name]> } & {
  /** Several pages in one transaction; a page that fails does not hinder the others. Never throws: each page has its own result. */
  commitPages(pages: readonly PageCommit[]): readonly PageResult[]
  saveSegments(segments: readonly ColumnSegment[]): void
  /** Gives back the memory that only further writing needs, which then begins by reading it anew: a second at ten million events. */
  rest(): void
}

/** The write side of an open, current archive. `path` is for sentences. Everything it throws is a TrailviewError. */
export function openWriter(db: Database, path: string, options: { readonly generationSize?: number } = {}): WriterCore {
  const { state, load, save } = openState(db)
  const identities = openKeyIndex(db, identityKeys, state, options.generationSize)
  const entries = openKeyIndex(db, entryKeys, state, options.generationSize)
  const dictionaries = openDictionaries(db, entries)
  const marks = openMarks(db)
  const ledger = openLedger(db)
  const names = openNames(db)
  const coverage = openCoverage(db)
  const records = openRecords({ db, state, identities, dictionaries, marks, lacking: openLackingNames(db) })
  const pages = openPages({ db, records, payloads: openPayloads(db, state), marks, names, coverage, gone: openGone(db, marks), ledger })
  const connections = openConnections(db, state, ledger)
  const runs = openRuns(db, ledger)
  const reviews = openReviews(db, marks, ledger)
  const segments = openSegments(db)
  const now = (): string => new Date().toISOString()

  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')
  const rollback = db.prepare('ROLLBACK')
  const dataVersion = db.prepare<[], number>('PRAGMA data_version').pluck()
  let seenVersion = dataVersion.get()

  const forgetKeys = (): void => {
    identities.forget()
    entries.forget()
    dictionaries.forget()
  }

  const forget = (): void => {
    load()
    forgetKeys()
  }

  /** Another process may have written since our last transaction: what is kept in memory is brought up to date. */
  const catchUp = (): void => {
    const version = dataVersion.get()
    if (version === seenVersion) return
    seenVersion = version
    const { epoch } = state
    load()
    identities.refresh()
    entries.refresh()
    if (state.epoch !== epoch) dictionaries.forget()
  }

  const transaction = <Result>(body: () => Result): Result => {
    try {
      begin.run()
      catchUp()
      const { epoch } = state
      const result = body()
      identities.flush()
      entries.flush()
      save()
      commit.run()
      if (state.epoch !== epoch) forget()
      return result
    } catch (error) {
      if (db.inTransaction) rollback.run()
      forget()
      throw failureOf(error, path)
    }
  }

  const writePages = (group: readonly PageCommit[]): readonly PageOutcome[] =>
    transaction(() => {
      identities.load()
      entries.load()
      const outcomes = group.map((page) => pages.write(page))
      identities.merge()
      entries.merge()
      return outcomes
    })

  const writeAlone = (page: PageCommit): PageResult => {
    try {
      return { outcome: writePages([page])[0] as PageOutcome }
    } catch (error) {
      return { error: failureOf(error, path) }
    }
  }

  return {
    commitPages: (group) => {
      try {
        return writePages(group).map((outcome) => ({ outcome }))
      } catch {
        // One of them failed and undid them all; by themselves the others are stored, and the failure is told of the right one.
        return group.map(writeAlone)
      }
    },
    saveSegments: (list) => transaction(() => segments(list)),
    rest: () => {
      forgetKeys()
      db.pragma('shrink_memory')
    },
    saveConnection: (connection) => transaction(() => connections.save(connection, now())),
    removeConnection: (id, purge) => transaction(() => connections.remove(id, purge, now())),
    removedConnections: () => {
      try {
        return connections.removed()
      } catch (error) {
        throw failureOf(error, path)
      }
    },
    beginRun: (run) => transaction(() => runs.begin(run)),
    saveFailedSpan: (span) =>
      transaction(() => {
        const fromMs = span.from === null ? -Infinity : Date.parse(span.from)
        coverage.fail(span, { fromMs, toMs: Date.parse(span.to) }, span.reason, now())
      }),
    endRun: (run) =>
      transaction(() => {
        runs.end(run)
        pages.endRun(run.id)
      }),
    closeAbandonedRuns: (endedAt) => transaction(() => runs.closeAbandoned(endedAt)),
    saveNames: (connection, facts, learntAt) => transaction(() => names.save(connection, facts, learntAt)),
    nameEvents: (page) => transaction(() => pages.name(page)),
    markGone: (id, scope, at) => transaction(() => reviews.markGone(id, scope, at)),
    markReview: (ids, status, at) => transaction(() => reviews.markReview(ids, status, at)),
    tag: (id, add, remove, at) => transaction(() => reviews.tag(id, add, remove, at)),
    note: (id, text, at) => transaction(() => reviews.note(id, text, at)),
    saveView: (view) => transaction(() => reviews.saveView(view)),
    removeView: (id) => transaction(() => reviews.removeView(id)),
    saveFact: (key: string, value: Json) => transaction(() => reviews.saveFact(key, value)),
    appendLedger: (kind, facts, at) => transaction(() => ledger.append(kind, facts, at)),
  }
}
