import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { EventRow } from '../../src-main/contract/model/audit-event.ts'
import type { CollectionRun, ListedCount } from '../../src-main/contract/model/collection.ts'
import { useClient } from '../api/client.ts'
import { BlockCache } from '../lib/block-cache.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'
import { useQueryStore } from './query.ts'

const blockRows = 100
const keptBlocks = 50

/** The events behind one count of one run, by position. */
export const useRunEventsStore = defineStore('runEvents', () => {
  const client = useClient()
  const query = useQueryStore()
  const latest = createLatest()
  const cache = new BlockCache<EventRow>(blockRows, keptBlocks)
  const run = shallowRef<CollectionRun | null>(null)
  const total = ref<number | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const arrivals = ref(0)
  let asked: { readonly run: string; readonly count: ListedCount } | null = null
  let view = { first: 0, count: 60 }

  function rowAt(index: number): EventRow | undefined {
    // reading the counter makes whoever calls this run again when rows arrive
    return arrivals.value >= 0 ? cache.row(index) : undefined
  }

  async function fetchView(): Promise<void> {
    if (asked === null) return
    try {
      const count = Math.min(view.count, (total.value ?? view.count) - view.first)
      for (const block of cache.missing(view.first, count)) {
        const part = { ...asked, first: block * blockRows, limit: blockRows }
        const answer = await latest.run((signal) => client.call('collection.runEvents', part, { signal }))
        if (answer === undefined) return
        run.value = answer.run
        total.value = answer.total
        cache.put(block, answer.rows)
        failure.value = null
        arrivals.value++
      }
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  function show(first: number, count: number): void {
    view = { first, count: Math.max(1, count) }
    void fetchView()
  }

  function open(id: string, count: ListedCount): void {
    cache.clear()
    run.value = null
    total.value = null
    asked = { run: id, count }
    view = { ...view, first: 0 }
    void fetchView()
  }

  watch(
    () => query.archiveRevision,
    () => {
      cache.clear()
      void fetchView()
    },
  )

  return { run, total, failure, rowAt, show, open }
})
