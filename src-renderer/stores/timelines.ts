import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { KindCount, TimelineEntry, TimelineKind } from '../../src-main/contract/model/query.ts'
import { useClient } from '../api/client.ts'
import { BlockCache } from '../lib/block-cache.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'
import { useQueryStore } from './query.ts'

const blockRows = 200
const keptBlocks = 50

/** The list of workspaces, files or users, by position; any number of them. */
export const useTimelinesStore = defineStore('timelines', () => {
  const client = useClient()
  const query = useQueryStore()
  const latest = createLatest()
  const cache = new BlockCache<TimelineEntry>(blockRows, keptBlocks)
  const kind = ref<TimelineKind>('workspaces')
  const text = ref('')
  /** Only entries of this kind; null: of any. */
  const ofKind = ref<string | null>(null)
  const kinds = shallowRef<readonly KindCount[]>([])
  const total = ref<number | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const arrivals = ref(0)
  let view = { first: 0, count: 60 }
  let isFetching = false
  let lastTurn = 0

  function entryAt(index: number): TimelineEntry | undefined {
    // reading the counter makes whoever calls this run again when entries arrive
    return arrivals.value >= 0 ? cache.row(index) : undefined
  }

  function show(first: number, count: number): void {
    view = { first, count }
    if (!isFetching) void fetchView()
  }

  async function fetchView(isFresh = false): Promise<void> {
    const turn = ++lastTurn
    isFetching = true
    try {
      for (let fresh = isFresh; ; fresh = false) {
        const known = total.value ?? view.first + view.count
        const block = fresh ? Math.floor(view.first / blockRows) : cache.missing(view.first, Math.min(view.count, known - view.first))[0]
        if (block === undefined) return
        const asked = { kind: kind.value, text: text.value, ofKind: ofKind.value, first: block * blockRows, count: blockRows }
        const answer = await latest.run((signal) => client.call('timelines.list', asked, { signal }))
        if (answer === undefined) return
        if (fresh) cache.clear()
        total.value = answer.total
        kinds.value = answer.kinds
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

  /** Shows another list, or the same one narrowed to names that hold `search`, and to a kind. */
  function open(which: TimelineKind, search: string, onlyKind: string | null): void {
    if (which !== kind.value) {
      cache.clear()
      total.value = null
      kinds.value = []
    }
    kind.value = which
    ofKind.value = onlyKind
    text.value = search
    view = { first: 0, count: view.count }
    void fetchView(true)
  }

  watch(
    () => query.archiveRevision,
    () => {
      if (total.value !== null) void fetchView(true)
    },
  )

  return { kind, text, ofKind, kinds, total, failure, arrivals, entryAt, show, open }
})
