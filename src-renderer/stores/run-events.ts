import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import type { EventRow } from '../../src-main/contract/model/audit-event.ts'
import type { CollectionRun, ListedCount } from '../../src-main/contract/model/collection.ts'
import { useClient } from '../api/client.ts'
import { createBlockList } from './block-list.ts'
import { useQueryStore } from './query.ts'

const blockRows = 100
const keptBlocks = 50

/** The events behind one count of one run, by position. */
export const useRunEventsStore = defineStore('runEvents', () => {
  const client = useClient()
  const query = useQueryStore()
  const run = shallowRef<CollectionRun | null>(null)
  let asked: { readonly run: string; readonly count: ListedCount } | null = null
  const list = createBlockList<EventRow>({
    blockRows,
    keptBlocks,
    async ask(first, signal) {
      if (asked === null) return { total: 0, entries: [] }
      const answer = await client.call('collection.runEvents', { ...asked, first, limit: blockRows }, { signal })
      run.value = answer.run
      return { total: answer.total, entries: answer.rows }
    },
  })
  const { total, failure, entryAt: rowAt, show } = list

  function open(id: string, count: ListedCount): void {
    run.value = null
    asked = { run: id, count }
    list.open(true)
  }

  watch(
    () => query.archiveRevision,
    () => {
      if (asked !== null) void list.reload()
    },
  )

  return { run, total, failure, rowAt, show, open }
})
