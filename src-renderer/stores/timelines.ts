import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { KindCount, TimelineEntry, TimelineKind } from '../../src-main/contract/model/query.ts'
import { useClient } from '../api/client.ts'
import { createBlockList } from './block-list.ts'
import { useQueryStore } from './query.ts'

const blockRows = 200
const keptBlocks = 50

/** The list of workspaces, files or users, by position; any number of them. */
export const useTimelinesStore = defineStore('timelines', () => {
  const client = useClient()
  const query = useQueryStore()
  const kind = ref<TimelineKind>('workspaces')
  const text = ref('')
  /** Only entries of this kind; null: of any. */
  const ofKind = ref<string | null>(null)
  const kinds = shallowRef<readonly KindCount[]>([])
  const list = createBlockList<TimelineEntry>({
    blockRows,
    keptBlocks,
    async ask(first, signal) {
      const asked = { kind: kind.value, text: text.value, ofKind: ofKind.value, first, count: blockRows }
      const answer = await client.call('timelines.list', asked, { signal })
      kinds.value = answer.kinds
      return answer
    },
  })
  const { total, failure, entryAt, show } = list

  /** Shows another list, or the same one narrowed to names that hold `search`, and to a kind. */
  function open(which: TimelineKind, search: string, onlyKind: string | null): void {
    const isOther = which !== kind.value
    if (isOther) kinds.value = []
    kind.value = which
    ofKind.value = onlyKind
    text.value = search
    list.open(isOther)
  }

  watch(
    () => query.archiveRevision,
    () => {
      if (total.value !== null) void list.reload()
    },
  )

  return { kind, text, ofKind, kinds, total, failure, entryAt, show, open }
})
