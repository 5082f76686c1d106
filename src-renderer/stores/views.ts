import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { SavedView } from '../../src-main/contract/model/review.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'

/** Searches saved under a name. */
export const useViewsStore = defineStore('views', () => {
  const client = useClient()
  const views = shallowRef<readonly SavedView[]>([])
  const failure = shallowRef<Failure | null>(null)

  async function load(): Promise<void> {
    try {
      views.value = await client.call('views.list', {})
      failure.value = null
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  /** Saves a search under a name; throws what went wrong. */
  async function save(name: string, query: string, zone: string | null): Promise<void> {
    await client.call('views.save', { name, query, zone })
    await load()
  }

  async function remove(id: string): Promise<void> {
    try {
      await client.call('views.remove', { id })
      await load()
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  client.on('views.changed', () => void load())

  return { views, failure, load, save, remove }
})
