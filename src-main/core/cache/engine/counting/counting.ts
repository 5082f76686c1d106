import type { ArchiveState } from '../archive-state.ts'
import type { Assistant } from '../threads/assistant.ts'
import { sliceRows } from '../columns/columns.ts'
import { type ContextSums, sumContexts } from './context-sums.ts'
import { CountBasis } from './count-basis.ts'
import { Counter } from './counter.ts'
import { type CountSizes, countWords, MatchCounts } from './match-counts.ts'
import { release } from '../../../lib/release.ts'
import type { ResultSet } from '../search/result-set.ts'
import { listRows } from '../search/row-lists.ts'
import { type Scheduler, urgency } from '../turns/scheduler.ts'
import { SharedWork } from '../turns/shared-work.ts'
import { sharedSlices, Slices } from '../turns/slices.ts'
import { numberAt, type SplitNumbers } from '../columns/split-column.ts'

/** Results whose counts are kept: a few megabytes each. */
const keptCounts = 2

/** A result counted by everything but rare objects. */
export interface CountedResult {
  readonly result: ResultSet
  readonly counts: MatchCounts
  /** The same by context, summed up. */
  readonly sums: ContextSums
  readonly basis: CountBasis
  /** What `ArchiveState.rewrites` was when it was counted. */
  readonly rewrites: number
}

/** Counts results, each once: facets and histograms are read from the same counts. */
export class Counting {
  readonly #state: ArchiveState
  readonly #scheduler: Scheduler
  readonly #allRows: (signal: AbortSignal) => Promise<ResultSet>
  readonly #assistant: Assistant | null
  readonly #work = new SharedWork<ResultSet, CountedResult>()
  readonly #basisWork = new SharedWork<'basis', CountBasis>()
  readonly #rows = new Uint32Array(sliceRows)
  #kept: readonly CountedResult[] = []
  #readers = 0
  /** Counts no longer kept, which someone may still be reading. */
  #dropped: readonly CountedResult[] = []
  #idleCounter: Counter | null = null
  /** Memory of counts that nobody reads any more. */
  #spareWords: Uint32Array | null = null

  /** `allRows`: the result that holds all events. */
  constructor(
    state: ArchiveState,
    scheduler: Scheduler,
    allRows: (signal: AbortSignal) => Promise<ResultSet>,
    assistant: Assistant | null = null,
  ) {
    this.#state = state
    this.#scheduler = scheduler
    this.#allRows = allRows
    this.#assistant = assistant
  }

  /** Counts a result by actor, context, flags, frequent object and slot of time. The counts are only valid within `read`. */
  async counted<Value>(result: ResultSet, signal: AbortSignal, read: (counted: CountedResult) => Value | Promise<Value>): Promise<Value> {
    this.#readers++
    try {
      return await read(await this.#countedOf(result, signal))
    } finally {
      this.#readers--
      if (this.#readers === 0) {
        for (const { counts } of this.#dropped) this.#spare(counts)
        this.#dropped = []
      }
    }
  }

  async #countedOf(result: ResultSet, signal: AbortSignal): Promise<CountedResult> {
    const { basis, rewrites } = this.#state
    const known = this.#kept.find((kept) => kept.result === result && kept.basis === basis && kept.rewrites === rewrites)
    if (known !== undefined && !known.basis.isStale) return known
    return this.#work.join(result, signal, async (stop) => {
      const counted = await this.#count(result, stop)
      const { version } = this.#state
      const kept = [counted, ...this.#kept.filter(({ result }) => result.version === version)].slice(0, keptCounts)
      this.#dropped = [...this.#dropped, ...this.#kept.filter((earlier) => !kept.includes(earlier))]
      this.#kept = kept
      return counted
    })
  }

  /**
   * Counts a result by the groups of those objects that are not frequent; these counts as well are only valid within `read`. Null: what the
   * result was counted by has changed since, and it must be counted anew.
   */
  async countRare<Value>(
    { result, basis, rewrites }: CountedResult,
    signal: AbortSignal,
    read: (groups: Counter) => Value,
  ): Promise<Value | null> {
    const { columns, dictionaries } = this.#state
    const { frequent } = basis
    const { groups } = dictionaries.subject
    const counter = this.#idleCounter ?? new Counter()
    this.#idleCounter = null
    try {
      while (this.#state.rewrites === rewrites && frequent.rest !== Infinity) {
        counter.clear()
        counter.reserve(dictionaries.counts.object, frequent.rest)
        const add = (rows: Uint32Array, count: number): void => {
          const rareCount = keepRare(rows, count, columns.object, frequent.places)
          groups.putGroups(rows, rareCount)
          counter.addEach(rows, rareCount)
        }
        const slices = new Slices(sharedSlices(result.words.length * 32, sliceRows))
        if ((await this.#forEachSlice(result.words, null, slices, signal, add)) && frequent.rest <= counter.greatest) return read(counter)
      }
      return null
    } finally {
      this.#idleCounter = counter
    }
  }

  async #count(result: ResultSet, signal: AbortSignal): Promise<CountedResult> {
    const state = this.#state
    for (;;) {
      const basis = await this.#basis(signal)
      const all = await this.#allRows(signal)
      if (state.basis !== basis) continue
      const { version, rewrites } = state
      // What a large result leaves out is taken from the counts of all, which are of the present moment.
      const isLarge = result.version === version && all.version === version && result.count * 2 > all.count
      const { counted, sizes } = basis
      const counts = this.#emptyCounts(sizes)
      const [words, without] = isLarge ? [all.words, result.words] : [result.words, null]
      const slices = new Slices(sharedSlices(words.length * 32, sliceRows))
      const task = { counted, sizes, words, without, slices: slices.shared }
      const matches = isLarge ? all.count - result.count : result.count
      const assisted = this.#assistant?.count(task, matches, signal, (others) => counts.addAll(others))
      let isOfUse = false
      try {
        const isWhole = await this.#forEachSlice(words, without, slices, signal, (rows, count) => counts.add(rows, count, counted))
        if ((await assisted) === 'failed') continue
        if (!isWhole || state.rewrites !== rewrites || state.basis !== basis || (isLarge && state.version !== version)) continue
        if (isLarge) counts.subtractFrom(basis.totals)
        isOfUse = true
        return { result, counts, sums: sumContexts(counts.context, state.dictionaries.contexts), basis, rewrites }
      } finally {
        // Until then more may be added to them.
        await assisted
        if (!isOfUse) this.#spare(counts)
      }
    }
  }

  #emptyCounts(sizes: CountSizes): MatchCounts {
    const words = this.#spareWords
    this.#spareWords = null
    if (words !== null && words.length >= countWords(sizes)) return new MatchCounts(sizes, words.fill(0))
    // The archive has grown past it.
    if (words !== null) release(words)
    return new MatchCounts(sizes)
  }

  /** Keeps the memory of counts that nobody reads any more for others: new memory costs more than emptying it. */
  #spare({ words }: MatchCounts): void {
    if (this.#spareWords === null) this.#spareWords = words
    else release(words)
  }

  /** Lists the rows of a result, but for those of another, slice by slice. False when rows changed meanwhile, which makes it of no use. */
  async #forEachSlice(
    words: Uint32Array,
    without: Uint32Array | null,
    slices: Slices,
    signal: AbortSignal,
    visit: (rows: Uint32Array, count: number) => void,
  ): Promise<boolean> {
    const { rewrites } = this.#state
    try {
      for (let slice = slices.take(); slice !== null; slice = slices.take()) {
        visit(this.#rows, listRows(words, without, slice.from >>> 5, slice.to >>> 5, this.#rows))
        await this.#scheduler.breathe(urgency.numbers, signal)
        if (this.#state.rewrites !== rewrites) return false
      }
      return true
    } finally {
      slices.drop()
    }
  }

  async #basis(signal: AbortSignal): Promise<CountBasis> {
    const { basis } = this.#state
    return basis !== null && !basis.isStale ? basis : this.#basisWork.join('basis', signal, (stop) => this.#makeBasis(stop))
  }

  async #makeBasis(signal: AbortSignal): Promise<CountBasis> {
    const state = this.#state
    for (;;) {
      const { rewrites } = state
      const steps = CountBasis.make(state)
      for (let step = steps.next(); state.rewrites === rewrites; step = steps.next()) {
        if (step.done === true) return (state.basis = step.value)
        await this.#scheduler.breathe(urgency.numbers, signal)
      }
    }
  }
}

/** Replaces rows by the numbers of their objects, without those that are frequent. Returns how many are left. */
function keepRare(rows: Uint32Array, count: number, object: SplitNumbers, places: Uint16Array): number {
  let kept = 0
  for (let at = 0; at < count; at++) {
    const row = rows[at] as number
    rows[kept] = numberAt(object, row)
    kept += places[row] === 0 ? 1 : 0
  }
  return kept
}
