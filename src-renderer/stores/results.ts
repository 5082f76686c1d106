import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { Output } from '../../src-main/contract/api.ts'
import type { EventRow } from '../../src-main/contract/model/audit-event.ts'
import type { Query } from '../../src-main/contract/model/query.ts'
import { useClient } from '../api/client.ts'
import { BlockCache } from '../lib/block-cache.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'
import { painted } from '../lib/painted.ts'
import { lasting } from './lasting.ts'
import { createReloading } from '../lib/reloading.ts'
import { useQueryStore, type Attempt } from './query.ts'

/** Small, as each row of a jump is read from a place of its own. */
const blockRows = 10
const keptBlocks = 800
const maxBlocksPerCall = 25
/** How long rows of the query before stay without a word, ms. */
const waitingMs = 150
/** Rows fetched before and after those in view, as soon as fewer than half of them are here. */
const marginRows = 60
/** How long a view that was jumped to rests before its neighbours are fetched, ms: whoever drags the scrollbar is elsewhere by then. */
const restMs = 150

/** The rows that match, by position: their exact number, and the stretch of them that is in view. */
export const useResultsStore = defineStore('results', () => {
  const client = useClient()
  const query = useQueryStore()
  const fetching = createLatest()
  const cache = new BlockCache<EventRow>(blockRows, keptBlocks)

  /** Exact number of matches; null until they are counted. */
  const total = ref<number | null>(null)
  /** Rows that can be shown: all matches, or the first of them while the rest is being counted. */
  const reach = ref(0)
  const tookMs = ref<number | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const answered = shallowRef<Query | null>(null)
  /** Whether the rows have been those of the query before for longer than a moment. */
  const isWaiting = lasting(() => answered.value !== query.effective && failure.value === null, waitingMs)
  /** Grows with every other query: the view starts at the top again. */
  const generation = ref(0)
  /** Grows when rows arrived: what was drawn from `rowAt` is drawn again. */
  const arrivals = ref(0)
  /** Grows whenever all rows were asked anew, by another query or on a changed archive: positions may mean other events. */
  const epoch = ref(0)
  /** How far the row at the top of the view moved when the archive changed beneath it; the view follows. */
  const shift = shallowRef<{ readonly rows: number }>({ rows: 0 })

  let version: number | null = null
  /** The query whose first rows are shown and whose matches are not counted yet. */
  let uncounted: Query | null = null
  let view = { first: 0, count: 60 }
  /** The most rows that were in view at once: so many are worth waiting for. */
  let tallest = 1
  /** Whether the view moved on by little: its neighbours are worth having then. */
  let isNear = false
  let isFetching = false
  /** Whether what is being fetched are neighbours of the view. */
  let isAhead = false
  let lastTurn = 0

  /** Takes the line for one round of calls, until it is given back or a newer round takes it. */
  function takeTurn(): { readonly isOver: () => boolean; readonly end: () => void } {
    const turn = ++lastTurn
    isFetching = true
    isAhead = false
    return {
      isOver: () => turn !== lastTurn,
      end: () => {
        if (turn === lastTurn) isFetching = false
      },
    }
  }

  /** The row at a position, if it has arrived. */
  function rowAt(index: number): EventRow | undefined {
    // reading the counter makes whoever calls this run again when rows arrive
    return arrivals.value >= 0 ? cache.row(index) : undefined
  }

  /** Says which rows are in view; they are fetched, one call at a time, and where the view moves on slowly or rests their neighbours too. */
  function show(first: number, count: number): void {
    isNear = Math.abs(first - view.first) <= marginRows
    view = { first, count }
    tallest = Math.max(tallest, count)
    // what is near was fetched ahead, or is about to come
    if (!isFetching || (isAhead && !isNear)) void fetchView()
  }

  /** Whether all of these rows have arrived. */
  function has(first: number, count: number): boolean {
    return arrivals.value >= 0 && missing(first, count).length === 0
  }

  /** Blocks that these rows need and that have not arrived. */
  const missing = (first: number, count: number): readonly number[] => {
    const from = Math.max(0, first)
    return cache.missing(from, Math.min(reach.value, first + count) - from)
  }

  function nextSpan(looksAhead: boolean): { readonly first: number; readonly count: number; readonly isAhead: boolean } | null {
    const visible = missing(view.first, view.count)
    const around = (rows: number): readonly number[] => missing(view.first - rows, view.count + 2 * rows)
    const isAhead = visible.length === 0 && looksAhead && around(marginRows / 2).length > 0
    const wanted = isAhead ? around(marginRows) : visible
    const first = wanted[0]
    if (first === undefined) return null
    const blocks = Math.min(maxBlocksPerCall, (wanted.at(-1) ?? first) - first + 1)
    return { first: first * blockRows, count: blocks * blockRows, isAhead }
  }

  async function fetchView(looksAhead = false): Promise<void> {
    const asked = query.effective
    if (asked === null) return
    const turn = takeTurn()
    try {
      for (let span = nextSpan(looksAhead); span !== null; span = nextSpan(looksAhead)) {
        const { first, count } = span
        isAhead = span.isAhead
        const answer = await fetching.run((signal) => client.call('events.window', { query: asked, first, count }, { signal }))
        if (answer === undefined) return
        if (version !== null && answer.version !== version) {
          cache.clear()
          epoch.value++
        }
        version = answer.version
        total.value = reach.value = answer.total
        tookMs.value = answer.tookMs
        failure.value = null
        for (let start = 0; start < count; start += blockRows)
          cache.put((first + start) / blockRows, answer.rows.slice(start, start + blockRows))
        arrivals.value++
      }
    } catch (error) {
      failure.value = toFailure(error)
      return
    } finally {
      turn.end()
    }
    if (looksAhead) return
    const seen = view
    const isResting = !isNear
    await (isResting ? new Promise((resolve) => setTimeout(resolve, restMs)) : painted())
    if (!isFetching && (view === seen || !isResting)) void fetchView(true)
  }

  /** Asks a new query from its first row; the old rows stay until the new ones are here, and those do not wait to be counted. */
  async function askAnew(attempt = query.attempt): Promise<void> {
    if (attempt === null) return
    const { query: asked } = attempt
    const turn = takeTurn()
    try {
      const answer = await firstRows(attempt)
      if (turn.isOver()) return
      if (answer === undefined) return await restore()
      take(answer, 0)
      answered.value = asked
      view = { first: 0, count: view.count }
      generation.value++
      if (answer.total === null) uncounted = asked
    } catch (error) {
      failure.value = toFailure(error)
      return
    } finally {
      turn.end()
    }
    if (uncounted === null) void fetchView()
    else void countAll()
  }

  /** Where the text cannot be run: the rows of the query that stays, if those had not come yet. */
  async function restore(): Promise<void> {
    fetching.cancel()
    const { effective } = query
    if (effective !== null && effective !== answered.value) await askAnew({ query: effective, isRunnable: Promise.resolve(true) })
  }

  /** Rows are looked for while the text is still being read; undefined where it cannot be run. */
  async function firstRows({ query: asked, isRunnable }: Attempt): Promise<Output<'events.first'> | undefined> {
    const count = Math.ceil(tallest / blockRows) * blockRows
    const rows = fetching.run((signal) => client.call('events.first', { query: asked, count }, { signal }))
    // its failure is told below, unless the text was none to run
    rows.catch(() => undefined)
    return (await isRunnable) ? rows : undefined
  }

  /** Counts the matches that the first rows were shown of, once the typing rests. */
  async function countAll(): Promise<void> {
    const asked = uncounted
    if (asked === null || asked !== query.counted) return
    const turn = takeTurn()
    try {
      const counted = await fetching.run((signal) => client.call('events.count', { query: asked }, { signal }))
      if (counted === undefined) return
      uncounted = null
      total.value = reach.value = counted.total
    } catch (error) {
      failure.value = toFailure(error)
      return
    } finally {
      turn.end()
    }
    void fetchView()
  }

  /** Asks the same query again after the archive changed, keeping the row at the top of the view where it is. */
  async function askAgain(): Promise<void> {
    const asked = query.effective
    if (asked === null) return
    const turn = takeTurn()
    const anchor = view.first > 0 ? cache.row(view.first)?.event.id : undefined
    try {
      const located = await fetching.run(async (signal) => {
        const { row } =
          anchor === undefined ? { row: null } : await client.call('events.locate', { query: asked, at: { id: anchor } }, { signal })
        const first = row ?? view.first
        const start = Math.floor(first / blockRows) * blockRows
        return {
          first,
          start,
          answer: await client.call('events.window', { query: asked, first: start, count: blockRows * 2 }, { signal }),
        }
      })
      if (located === undefined) return
      take(located.answer, located.start)
      answered.value = asked
      if (located.first !== view.first) {
        const rows = located.first - view.first
        view = { ...view, first: located.first }
        shift.value = { rows }
      }
    } catch (error) {
      failure.value = toFailure(error)
      return
    } finally {
      turn.end()
    }
    void fetchView()
  }

  function take(
    answer: { readonly rows: readonly EventRow[]; readonly total: number | null; readonly version: number; readonly tookMs: number },
    start: number,
  ): void {
    // a row that stays as it is stays the same object, so that it is not drawn anew
    const rows = answer.rows.map((row, i) => {
      const before = answer.version === version ? cache.row(start + i) : undefined
      return before?.event.id === row.event.id ? before : row
    })
    cache.clear()
    uncounted = null
    version = answer.version
    epoch.value++
    total.value = answer.total
    reach.value = answer.total ?? rows.length
    tookMs.value = answer.tookMs
    failure.value = null
    for (let i = 0; i < rows.length; i += blockRows) cache.put((start + i) / blockRows, rows.slice(i, i + blockRows))
    arrivals.value++
  }

  /** Position of an event in the result; null when it does not match. */
  async function locate(id: string, signal: AbortSignal): Promise<number | null> {
    if (query.effective === null) return null
    return (await client.call('events.locate', { query: query.effective, at: { id } }, { signal })).row
  }

  /** Position of the first match at or before an instant. */
  async function locateInstant(instant: string): Promise<number | null> {
    if (query.effective === null) return null
    return (await client.call('events.locate', { query: query.effective, at: { instant } })).row
  }

  const { restart, refresh } = createReloading(askAnew, askAgain)
  watch(
    () => query.attempt,
    () => query.countAfter(restart()),
    { immediate: true },
  )
  watch(() => query.counted, countAll)
  watch(() => query.archiveRevision, refresh)
  // what was found elsewhere says nothing of this place
  watch(
    () => query.base,
    () => {
      cache.clear()
      uncounted = null
      total.value = null
      reach.value = 0
      tookMs.value = null
      arrivals.value++
    },
    { flush: 'sync' },
  )

  return { total, reach, isWaiting, tookMs, failure, generation, epoch, arrivals, shift, rowAt, has, show, restart, locate, locateInstant }
})
