import type { ArchiveState } from './archive-state.ts'
import { CountBasis } from './count-basis.ts'
import { Counter } from './counter.ts'
import type { MatchCounts } from './match-counts.ts'
import type { ResultSet } from './result-set.ts'
import { type Scheduler, urgency } from './scheduler.ts'
import { SharedWork } from './shared-work.ts'

/** Words of a result counted between two breaths: 65,536 rows. */
const stepWords = 2_048
/** Results whose counts are kept: a few megabytes each. */
const keptCounts = 4

/** A result counted by everything but rare objects. */
export interface CountedResult {
  readonly result: ResultSet
  readonly counts: MatchCounts
  readonly basis: CountBasis
}

/** Counts by number of object, and room for sums over them. */
export interface ObjectCounts {
  readonly numbers: Counter
  readonly sums: Counter
}

/** Counts results, each once: facets and histograms are read from the same counts. */
export class Counting {
  readonly #state: ArchiveState
  readonly #scheduler: Scheduler
  readonly #allRows: (signal: AbortSignal) => Promise<ResultSet>
  readonly #work = new SharedWork<ResultSet, CountedResult>()
  readonly #basisWork = new SharedWork<'basis', CountBasis>()
  readonly #rows = new Uint32Array(stepWords * 32)
  #kept: readonly CountedResult[] = []
  #idleCounts: readonly ObjectCounts[] = []

  /** `allRows`: the result that holds all events. */
  constructor(state: ArchiveState, scheduler: Scheduler, allRows: (signal: AbortSignal) => Promise<ResultSet>) {
    this.#state = state
    this.#scheduler = scheduler
    this.#allRows = allRows
  }

  /** Counts a result by actor, context, flags, frequent object and slot of time. */
  async count(result: ResultSet, signal: AbortSignal): Promise<CountedResult> {
    const known = this.#kept.find((kept) => kept.result === result && kept.basis === this.#state.basis)
    if (known !== undefined) return known
    return this.#work.join(result, signal, async (stop) => {
      const counted = await this.#count(result, stop)
      this.#kept = [counted, ...this.#kept.filter((kept) => kept.result.version === this.#state.version)].slice(0, keptCounts)
      return counted
    })
  }

  /** Counts a result by the numbers of objects, rare ones too. The counts are only valid within `read`. */
  async countObjects<Value>(result: ResultSet, signal: AbortSignal, read: (objects: ObjectCounts) => Value): Promise<Value> {
    const objects = this.#idleCounts[0] ?? { numbers: new Counter(), sums: new Counter() }
    this.#idleCounts = this.#idleCounts.slice(1)
    try {
      for (;;) {
        const { rewrites, columns, dictionaries } = this.#state
        for (const counter of [objects.numbers, objects.sums]) {
          counter.clear()
          counter.reserve(dictionaries.counts.object)
        }
        const add = (rows: Uint32Array, count: number): void => objects.numbers.addRows(columns.object, rows, count)
        if ((await this.#forEachStep(result.words, null, signal, add)) && this.#state.rewrites === rewrites) return read(objects)
      }
    } finally {
      this.#idleCounts = [objects]
    }
  }

  async #count(result: ResultSet, signal: AbortSignal): Promise<CountedResult> {
    const state = this.#state
    for (;;) {
      const basis = await this.#basis(signal)
      const all = await this.#allRows(signal)
      if (state.basis !== basis) continue
      const { version } = state
      // What a large result leaves out is taken from the counts of all, which are of the present moment.
      const isLarge = result.version === version && all.version === version && result.count * 2 > all.count
      const counts = basis.emptyCounts()
      const { counted } = basis
      const add = (rows: Uint32Array, count: number): void => counts.add(rows, count, counted)
      const isWhole = await this.#forEachStep(isLarge ? all.words : result.words, isLarge ? result.words : null, signal, add)
      if (!isWhole || state.basis !== basis || (isLarge && state.version !== version)) continue
      if (isLarge) counts.subtractFrom(basis.totals)
      return { result, counts, basis }
    }
  }

  /** Lists the rows of a result, but for those of another, step by step. False when rows changed meanwhile, which makes it of no use. */
  async #forEachStep(
    words: Uint32Array,
    without: Uint32Array | null,
    signal: AbortSignal,
    visit: (rows: Uint32Array, count: number) => void,
  ): Promise<boolean> {
    const { rewrites } = this.#state
    for (let from = 0; from < words.length; from += stepWords) {
      visit(this.#rows, listRows(words, without, from, Math.min(from + stepWords, words.length), this.#rows))
      await this.#scheduler.breathe(urgency.numbers, signal)
      if (this.#state.rewrites !== rewrites) return false
    }
    return true
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

function listRows(words: Uint32Array, without: Uint32Array | null, from: number, to: number, rows: Uint32Array): number {
  let count = 0
  for (let at = from; at < to; at++) {
    let word = words[at] as number
    if (without !== null) word &= ~(without[at] as number)
    const last = at * 32 + 31
    while (word !== 0) {
      rows[count++] = last - Math.clz32(word & -word)
      word &= word - 1
    }
  }
  return count
}
