import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { ReviewStatus } from '../../src-main/contract/model/audit-event.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'

/** Marks, tags and notes. What changed comes back through the archive's own push. */
export const useReviewStore = defineStore('review', () => {
  const client = useClient()
  const failure = shallowRef<Failure | null>(null)
  /** The note field was asked for by key and has not got the focus yet. */
  const isNoteWanted = ref(false)

  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      failure.value = null
      return true
    } catch (error) {
      failure.value = toFailure(error)
      return false
    }
  }

  const mark = (id: string, status: ReviewStatus): Promise<boolean> => attempt(() => client.call('review.mark', { ids: [id], status }))
  const addTag = (id: string, tag: string): Promise<boolean> => attempt(() => client.call('review.tag', { id, add: [tag] }))
  const removeTag = (id: string, tag: string): Promise<boolean> => attempt(() => client.call('review.tag', { id, remove: [tag] }))
  const addNote = (id: string, text: string): Promise<boolean> => attempt(() => client.call('review.note', { id, text }))

  return { failure, isNoteWanted, mark, addTag, removeTag, addNote }
})
