import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { EventRow } from '../../src-main/contract/model/audit-event.ts'
import { useClient } from '../api/client.ts'
import { BlockCache } from '../lib/block-cache.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'
import { createReloading } from '../lib/reloading.ts'
import { useQueryStore } from './query.ts'

const blockRows = 100
const keptBlocks = 80
const maxBlocksPerCall = 5

/** The rows that match, by position: their exact number, and the stretch of them that is in view. */
export const useResultsStore = defineStore('results', () => {
  const client = useClient()
  const query = useQueryStore()
  const fetching = createLatest()
  const cache = new BlockCache<EventRow>(blockRows, keptBlocks)

  /** Exact number of matches; null before the first answer. */
  const total = ref<number | null>(null)
  const tookMs = ref<number | null>(null)
  const failure = shallowRef<Failure | null>(null)
  /** Grows with every other query: the view starts at the top again. */
  const generation = ref(0)
  /** Grows when rows arrived: what was drawn from `rowAt` is drawn again. */
  const arrivals = ref(0)
  /** Grows whenever all rows were asked anew, by another query or on a changed archive: positions may mean other events. */
  const epoch = ref(0)
  /** How far the row at the top of the view moved when the archive changed beneath it; the view follows. */
  const shift = shallowRef<{ readonly rows: number }>({ rows: 0 })

  let version: number | null = null
  let view = { first: 0, count: 60 }
  let isFetching = false
  let lastTurn = 0

  /** Takes the line for one round of calls; the returned function gives it back, unless a newer round has it by then. */
  function takeTurn(): () => void {
    const turn = ++lastTurn
    isFetching = true
    return () => {
      if (turn === lastTurn) isFetching = false
    }
  }

  /** The row at a position, if it has arrived. */
  function rowAt(index: number): EventRow | undefined {
    // reading the counter makes whoever calls this run again when rows arrive
    return arrivals.value >= 0 ? cache.row(index) : undefined
  }

  /** Says which rows are in view; they and their neighbours are fetched, one call at a time. */
  function show(first: number, count: number): void {
    view = { first, count }
    if (!isFetching) void fetchView()
  }

  function nextSpan(): { readonly first: number; readonly count: number } | null {
    const end = total.value === null ? view.first + view.count : Math.min(total.value, view.first + view.count)
    const visible = cache.missing(view.first, end - view.first)
    const first = visible[0]
    if (first === undefined) return null
    const blocks = Math.min(maxBlocksPerCall, (visible.at(-1) ?? first) - first + 1)
    return { first: first * blockRows, count: blocks * blockRows }
  }

  async function fetchView(): Promise<void> {
    const asked = query.effective
    if (asked === null) return
    const endTurn = takeTurn()
    try {
      for (let span = nextSpan(); span !== null; span = nextSpan()) {
        const { first, count } = span
        const answer = await fetching.run((signal) => client.call('events.window', { query: asked, first, count }, { signal }))
        if (answer === undefined) return
        if (version !== null && answer.version !== version) {
          cache.clear()
          epoch.value++
        }
        version = answer.version
        total.value = answer.total
        tookMs.value = answer.tookMs
        failure.value = null
        for (let start = 0; start < count; start += blockRows)
          cache.put((first + start) / blockRows, answer.rows.slice(start, start + blockRows))
        arrivals.value++
      }
    } catch (error) {
      failure.value = toFailure(error)
    } finally {
      endTurn()
    }
  }

  /** Asks a new query from its first row; the old rows stay until the new ones are here. */
  async function askAnew(): Promise<void> {
    const asked = query.effective
    if (asked === null) return
    const endTurn = takeTurn()
    try {
      const answer = await fetching.run((signal) => client.call('events.window', { query: asked, first: 0, count: blockRows }, { signal }))
      if (answer === undefined) return
      take(answer, 0)
      view = { first: 0, count: view.count }
      generation.value++
    } catch (error) {
      failure.value = toFailure(error)
      return
    } finally {
      endTurn()
    }
    void fetchView()
  }

  /** Asks the same query again after the archive changed, keeping the row at the top of the view where it is. */
  async function askAgain(): Promise<void> {
    const asked = query.effective
    if (asked === null) return
    const endTurn = takeTurn()
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
      if (located.first !== view.first) {
        const rows = located.first - view.first
        view = { ...view, first: located.first }
        shift.value = { rows }
      }
    } catch (error) {
      failure.value = toFailure(error)
      return
    } finally {
      endTurn()
    }
    void fetchView()
  }

  function take(
    answer: { readonly rows: readonly EventRow[]; readonly total: number; readonly version: number; readonly tookMs: number },
    start: number,
  ): void {
    cache.clear()
    version = answer.version
    epoch.value++
    total.value = answer.total
    tookMs.value = answer.tookMs
    failure.value = null
    for (let i = 0; i < answer.rows.length; i += blockRows) cache.put((start + i) / blockRows, answer.rows.slice(i, i + blockRows))
    arrivals.value++
  }

  /** Position of an event in the result; null when it does not match. */
  async function locate(id: string): Promise<number | null> {
    if (query.effective === null) return null
    return (await client.call('events.locate', { query: query.effective, at: { id } })).row
  }

  /** Position of the first match at or before an instant. */
  async function locateInstant(instant: string): Promise<number | null> {
    if (query.effective === null) return null
    return (await client.call('events.locate', { query: query.effective, at: { instant } })).row
  }

  const { restart, refresh } = createReloading(askAnew, askAgain)
  watch(() => query.effective, restart, { immediate: true })
  watch(() => query.archiveRevision, refresh)
  // what was found elsewhere says nothing of this place
  watch(
    () => query.base,
    () => {
      cache.clear()
      total.value = null
      tookMs.value = null
      arrivals.value++
    },
    { flush: 'sync' },
  )

  return { total, tookMs, failure, generation, epoch, arrivals, shift, rowAt, show, restart, locate, locateInstant }
})
