import type { EventOrder } from '../../../../contract/model/query.ts'
import type { EventQuery } from '../../archive.ts'
import type { Database } from '../../driver.ts'
import type { ArchiveState } from '../archive-state.ts'
import type { Assistant } from '../threads/assistant.ts'
import { emptyBits, setBit } from '../columns/bitmap.ts'
import { sliceRows } from '../columns/columns.ts'
import { type Compiled, compiling } from './compile.ts'
import { narrowingOf, timesOf, withoutTimes } from './narrowing.ts'
import type { Payloads } from '../rows/payloads.ts'
import { isSlow, type Program, runSlice } from './program.ts'
import { quickTest } from './quick-test.ts'
import { RecentlyUsed } from '../../../lib/recently-used.ts'
import { ResultCache } from './result-cache.ts'
import { ResultSet } from './result-set.ts'
import { listRows } from './row-lists.ts'
import { type Scheduler, type Urgency, urgency } from '../turns/scheduler.ts'
import { SharedWords } from '../turns/shared-words.ts'
import { SharedWork } from '../turns/shared-work.ts'
import { bySelectivity, shareOf } from './selectivity.ts'
import { sharedSlices, Slices } from '../turns/slices.ts'
import { searched, type Searching } from '../texts/text-scan.ts'
import { TextScanner } from '../texts/text-scanner.ts'
import { quickWalk, stretchOf, walk } from './walk.ts'

/** Rows a slice covers when testing one may read its payload. */
const slowSliceRows = 1_024
/** Rows that are rather tested one by one than that the texts of all actors and objects are gone through, and rows between two breaths. */
const fewRows = 20_000
const testedRows = 512
/** Few are at most one in so many of all. */
const fewShare = 16
/** Half of the programs and of the terms remembered: each may hold some bits for every thing in the archive. */
const rememberedPrograms = 2
const rememberedTerms = 4

/** Rows of which all matches are among, and what is yet to be tested of them. */
interface LeftRows {
  readonly rows: Uint32Array
  readonly test: (row: number) => boolean
}

/** Finds the rows that match: a few of them by walking the list, or all of them as a bitmap. */
export class Searcher {
  readonly #state: ArchiveState
  readonly #scheduler: Scheduler
  readonly #db: Database
  readonly #payloads: Payloads
  readonly #cache = new ResultCache()
  readonly #work = new SharedWork<string, ResultSet>()
  readonly #compilations = new SharedWork<string, Compiled>()
  readonly #assistant: Assistant | null
  readonly #scanner: TextScanner
  readonly #words = new SharedWords()
  #programs = new RecentlyUsed<string, Compiled>(rememberedPrograms)
  #terms = new RecentlyUsed<string, Compiled>(rememberedTerms)
  #programsVersion = -1

  constructor(state: ArchiveState, scheduler: Scheduler, db: Database, payloads: Payloads, assistant: Assistant | null) {
    this.#state = state
    this.#scheduler = scheduler
    this.#db = db
    this.#payloads = payloads
    this.#assistant = assistant
    this.#scanner = new TextScanner(scheduler, assistant, this.#words)
  }

  /** Takes steps that search texts to their end, in turns. */
  finish<Value>(steps: Searching<Value>, level: Urgency, signal: AbortSignal): Promise<Value> {
    return this.#scanner.finish(steps, level, signal)
  }

  /** The program of a query, at once. */
  compiled(query: EventQuery): Compiled {
    const key = JSON.stringify(query.tree)
    this.#followVersion()
    const known = this.#programs.get(key)
    if (known !== undefined) return known
    const compiled = searched(this.#compiling(query))
    this.#programs.set(key, compiled)
    return compiled
  }

  /** The same in turns: going through the texts of a large archive takes longer than anybody should have to wait for a turn. */
  async #program(query: EventQuery, level: Urgency, signal: AbortSignal): Promise<Program> {
    const key = JSON.stringify(query.tree)
    for (;;) {
      this.#followVersion()
      const known = this.#programs.get(key)
      if (known !== undefined) return known.program
      const { version } = this.#state
      const compile = (stop: AbortSignal): Promise<Compiled> => this.finish(this.#compiling(query), level, stop)
      const compiled = await this.#compilations.join(`${version} ${key}`, signal, compile)
      if (this.#state.version === version) this.#programs.set(key, compiled)
    }
  }

  #compiling(query: EventQuery): Searching<Compiled> {
    const payloadText = (row: number): string => this.#payloads.textOf(row)
    return compiling(query.tree, { state: this.#state, db: this.#db, payloadText, terms: this.#terms })
  }

  #followVersion(): void {
    if (this.#programsVersion === this.#state.version) return
    this.#programs = new RecentlyUsed(rememberedPrograms)
    this.#terms = new RecentlyUsed(rememberedTerms)
    this.#programsVersion = this.#state.version
  }

  #isCompiled(query: EventQuery): boolean {
    return this.#programsVersion === this.#state.version && this.#programs.get(JSON.stringify(query.tree)) !== undefined
  }

  /** All matches. Queries for the same that run at once share the work; it stops when the last of them is cancelled. */
  async all(query: EventQuery, level: Urgency, signal: AbortSignal): Promise<ResultSet> {
    const { version } = this.#state
    const tree = JSON.stringify(query.tree)
    const known = this.#cache.get(tree, version)
    if (known !== undefined) return known
    const key = `${version} ${tree}`
    return this.#work.join(key, signal, (stop) => this.#findAll(query, level, stop))
  }

  /** How many match, where that was found out already; null where it was not. */
  knownCount({ tree }: EventQuery): number | null {
    const { columns, version } = this.#state
    if (tree.kind === 'all') return columns.count - columns.removedCount
    return this.#cache.get(JSON.stringify(tree), version)?.count ?? null
  }

  async #findAll(query: EventQuery, level: Urgency, signal: AbortSignal): Promise<ResultSet> {
    return (await this.#findFew(query, level, signal)) ?? this.#findByPass(query, level, signal)
  }

  /** All matches where a cheap part of the query leaves few rows to be tested; null where it does not. */
  async #findFew(query: EventQuery, level: Urgency, signal: AbortSignal): Promise<ResultSet | null> {
    const state = this.#state
    const { version } = state
    const left = this.#isCompiled(query) ? null : (this.#leftByTime(query) ?? (await this.#leftByColumns(query, level, signal)))
    if (left === null || state.version !== version) return null
    const { rows, test } = left
    const found = emptyBits(state.columns.count)
    for (let from = 0; from < rows.length; from += testedRows) {
      for (const row of rows.subarray(from, from + testedRows)) if (test(row)) setBit(found, row)
      await this.#scheduler.breathe(level, signal)
      if (state.version !== version) return null
    }
    const result = new ResultSet(found, version)
    this.#cache.set(JSON.stringify(query.tree), version, result)
    return result
  }

  /** What a span of time leaves to be tested, where that is little. */
  #leftByTime({ tree }: EventQuery): LeftRows | null {
    if (timesOf(tree).length === 0) return null
    const { from, end } = stretchOf(tree, this.#state, 'oldest')
    const test = end - from > this.#mostLeft ? null : quickTest(withoutTimes(tree), this.#state)
    return test === null ? null : { rows: this.#state.order.rows.slice(from, Math.max(from, end)), test }
  }

  /** What conditions that columns answer leave to be tested, where that is little. */
  async #leftByColumns(query: EventQuery, level: Urgency, signal: AbortSignal): Promise<LeftRows | null> {
    const { version } = this.#state
    const narrowing = narrowingOf(query.tree)
    // Spans of time alone leave too much, as is known already.
    const test = narrowing === null || withoutTimes(narrowing.cheap).kind === 'all' ? null : quickTest(narrowing.rest, this.#state)
    if (narrowing === null || test === null) return null
    const cheap = { ...query, tree: narrowing.cheap }
    if (shareOf(await this.#program(cheap, level, signal), this.#state.columns) * fewShare > 1) return null
    const { words, count } = await this.all(cheap, level, signal)
    if (count > this.#mostLeft || this.#state.version !== version) return null
    const rows = new Uint32Array(count)
    listRows(words, null, 0, words.length, rows)
    return { rows, test }
  }

  get #mostLeft(): number {
    return Math.min(fewRows, this.#state.columns.count / fewShare)
  }

  /** All matches, by one pass over the columns. */
  async #findByPass(query: EventQuery, level: Urgency, signal: AbortSignal): Promise<ResultSet> {
    const state = this.#state
    for (;;) {
      const { version } = state
      const program = await this.#program(query, level, signal)
      if (state.version !== version) continue
      const words = await (isSlow(program) ? this.#passSlowly(program, level, signal) : this.#pass(program, level, signal))
      if (words === null) continue
      const result = new ResultSet(words, version)
      this.#cache.set(JSON.stringify(query.tree), state.version, result)
      return result
    }
  }

  /** Runs a program over all rows; null when it must be done again, for rows that were looked at have changed meanwhile. */
  async #pass(compiled: Program, level: Urgency, signal: AbortSignal): Promise<Uint32Array | null> {
    const { columns, rewrites } = this.#state
    const program = bySelectivity(compiled, columns)
    const words = this.#words.borrow((columns.count + 31) >>> 5)
    const slices = new Slices(sharedSlices(columns.count, sliceRows))
    const assisted = this.#assistant?.match({ program, columns, words, slices: slices.shared }, signal)
    try {
      for (let slice = slices.take(); slice !== null; slice = slices.take()) {
        runSlice(program, columns, slice.from, slice.to, words.subarray(slice.from >>> 5))
        await this.#scheduler.breathe(level, signal)
        if (this.#state.rewrites !== rewrites) return null
      }
      return (await assisted) !== 'failed' && this.#state.rewrites === rewrites ? words.slice() : null
    } finally {
      slices.drop()
      this.#words.giveBack(words, slices)
    }
  }

  /** The same where looking at a row may take long: what takes minutes would never end if changes began it anew, and is told as of its start. */
  async #passSlowly(program: Program, level: Urgency, signal: AbortSignal): Promise<Uint32Array> {
    const { columns } = this.#state
    const rowCount = columns.count
    const words = new Uint32Array((rowCount + 31) >>> 5)
    for (let from = 0; from < rowCount; from += slowSliceRows) {
      runSlice(program, columns, from, Math.min(from + slowSliceRows, rowCount), words.subarray(from >>> 5))
      await this.#scheduler.breathe(level, signal)
    }
    return words
  }

  /**
   * The first `limit` matches at or after a position of the list, and whether there are more. Common matches are found by a short walk;
   * for rare ones all rows are looked at. `positionOf` is asked again when the list has changed meanwhile.
   */
  async someFrom(
    query: EventQuery,
    display: EventOrder,
    positionOf: () => number,
    limit: number,
    signal: AbortSignal,
  ): Promise<{ readonly rows: readonly number[]; readonly hasMore: boolean }> {
    const state = this.#state
    const { version } = state
    const position = positionOf()
    const known = this.#cache.get(JSON.stringify(query.tree), version)
    if (known === undefined) {
      const { from, end } = stretchOf(query.tree, state, display)
      const stretch = { from: Math.max(position, from), end }
      const test = this.#isCompiled(query) ? null : quickTest(query.tree, state)
      const quick = test === null ? null : quickWalk(test, state, display, stretch, limit + 1)
      if (quick !== null) return { rows: quick.slice(0, limit), hasMore: quick.length > limit }
      const few = await this.#findFew(query, urgency.rows, signal)
      if (few === null && state.version === version) {
        // The stretch is what the query asks of time.
        const program = await this.#program({ ...query, tree: withoutTimes(query.tree) }, urgency.rows, signal)
        const breathe = (): Promise<void> => this.#scheduler.breathe(urgency.rows, signal)
        const walked = state.version === version ? await walk(program, state, display, stretch, limit + 1, breathe) : null
        if (walked !== null) return { rows: walked.slice(0, limit), hasMore: walked.length > limit }
      }
    }
    const result = known ?? (await this.all(query, urgency.rows, signal))
    if (state.version !== version) return this.someFrom(query, display, positionOf, limit, signal)
    const rows = result.rowsFrom(state, display, position, limit + 1)
    return { rows: rows.slice(0, limit), hasMore: rows.length > limit }
  }
}
