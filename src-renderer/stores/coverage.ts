import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { CoverageSpan } from '../../src-main/contract/model/coverage.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { throttle } from '../lib/throttle.ts'

const pauseMs = 2_000

/** For which spans each connection is known to be completely collected. */
export const useCoverageStore = defineStore('coverage', () => {
  const client = useClient()
  const spans = shallowRef<readonly CoverageSpan[]>([])
  const failure = shallowRef<Failure | null>(null)

  async function load(): Promise<void> {
    try {
      spans.value = await client.call('coverage.list', {})
      failure.value = null
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  const refresh = throttle(() => void load(), pauseMs)
  client.on('collection.progressed', refresh)
  client.on('collection.finished', () => void load())
  client.on('connections.changed', () => void load())

  return { spans, failure, load }
})
