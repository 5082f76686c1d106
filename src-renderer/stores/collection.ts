import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { CollectionProgress, CollectionRun } from '../../src-main/contract/model/collection.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'

/** What is being collected now, and the log of runs. */
export const useCollectionStore = defineStore('collection', () => {
  const client = useClient()
  const progress = shallowRef<ReadonlyMap<string, CollectionProgress>>(new Map())
  const runs = shallowRef<readonly CollectionRun[]>([])
  const failure = shallowRef<Failure | null>(null)
  /** Whose log is shown; undefined until one was asked for. */
  let runsOf: string | null | undefined

  async function load(): Promise<void> {
    try {
      const running = await client.call('collection.progress', {})
      progress.value = new Map(running.map((one) => [one.connection, one]))
      failure.value = null
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  /** Reads the log of one connection, or of all. */
  async function loadRuns(connection: string | null): Promise<void> {
    runsOf = connection
    try {
      const found = await client.call('collection.runs', { connection, limit: 100 })
      if (runsOf === connection) runs.value = found
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  /** Collects the named connections, or all. */
  async function start(connections: readonly string[], isFull = false): Promise<void> {
    try {
      await client.call('collection.start', { connections: [...connections], full: isFull })
      failure.value = null
      await load()
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  async function cancel(connection: string): Promise<void> {
    try {
      await client.call('collection.cancel', { connection })
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  /** Collects one file's audit trail now; throws what went wrong. */
  function pullFileTrail(connection: string, fileId: string): Promise<CollectionRun> {
    return client.call('collection.pullFileTrail', { connection, fileId })
  }

  client.on('collection.progressed', (one) => {
    progress.value = new Map(progress.value).set(one.connection, one)
  })
  client.on('collection.finished', (run) => {
    const left = new Map(progress.value)
    left.delete(run.connection)
    progress.value = left
    if (runsOf === null || runsOf === run.connection) void loadRuns(runsOf)
  })

  return { progress, runs, failure, load, loadRuns, start, cancel, pullFileTrail }
})
