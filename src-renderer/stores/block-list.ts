import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { BlockCache } from '../lib/block-cache.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'

/** A list of any length, whose entries are brought by the block as they come into view. */
export interface BlockList<T> {
  /** Null until the first block is here. */
  readonly total: Ref<number | null>
  readonly failure: ShallowRef<Failure | null>
  /** The entry at a position, if it has arrived. */
  entryAt(index: number): T | undefined
  /** Says which entries are in view. */
  show(first: number, count: number): void
  /** Asks anew for what is in view; what is here stays until the answer comes. */
  reload(): Promise<void>
  /** Begins another list at its top. `isOther`: nothing of the one before is left to be seen meanwhile. */
  open(isOther: boolean): void
}

/** `ask` brings entries `first` to `first + blockRows - 1`. One call at a time; another list or a reload cancels it. */
export function createBlockList<T>(options: {
  readonly blockRows: number
  readonly keptBlocks: number
  readonly ask: (first: number, signal: AbortSignal) => Promise<{ readonly total: number; readonly entries: readonly T[] }>
}): BlockList<T> {
  const { blockRows, keptBlocks, ask } = options
  const latest = createLatest()
  const cache = new BlockCache<T>(blockRows, keptBlocks)
  const total = ref<number | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const arrivals = ref(0)
  let view = { first: 0, count: 60 }
  let isFetching = false
  let lastTurn = 0

  async function fetchView(isFresh: boolean): Promise<void> {
    const turn = ++lastTurn
    isFetching = true
    try {
      for (let fresh = isFresh; ; fresh = false) {
        const known = total.value ?? view.first + view.count
        const block = fresh ? Math.floor(view.first / blockRows) : cache.missing(view.first, Math.min(view.count, known - view.first))[0]
        if (block === undefined) return
        const answer = await latest.run((signal) => ask(block * blockRows, signal))
        if (answer === undefined) return
        if (fresh) cache.clear()
        total.value = answer.total
        cache.put(block, answer.entries)
        failure.value = null
        arrivals.value++
      }
    } catch (error) {
      failure.value = toFailure(error)
    } finally {
      if (turn === lastTurn) isFetching = false
    }
  }

  return {
    total,
    failure,
    entryAt(index) {
      // reading the counter makes whoever calls this run again when entries arrive
      return arrivals.value >= 0 ? cache.row(index) : undefined
    },
    show(first, count) {
      view = { first, count }
      if (!isFetching) void fetchView(false)
    },
    reload: () => fetchView(true),
    open(isOther) {
      if (isOther) {
        cache.clear()
        total.value = null
      }
      view = { first: 0, count: view.count }
      void fetchView(true)
    },
  }
}
