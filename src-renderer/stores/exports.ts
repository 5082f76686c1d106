import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { ExportFormat, ExportJob } from '../../src-main/contract/model/export.ts'
import type { Query } from '../../src-main/contract/model/query.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'

/** Exports, running and finished, newest first; and whether the export dialog is open. */
export const useExportsStore = defineStore('exports', () => {
  const client = useClient()
  const jobs = shallowRef<readonly ExportJob[]>([])
  const failure = shallowRef<Failure | null>(null)
  const isDialogOpen = ref(false)
  const running = computed(() => jobs.value.filter((job) => job.status === 'running'))

  async function load(): Promise<void> {
    try {
      jobs.value = await client.call('exports.list', {})
      failure.value = null
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  /** Starts an export and returns its job as it begins; throws what went wrong. `path` null: a name in the export folder. Without `overwrite` an existing file stays. */
  async function start(query: Query, format: ExportFormat, path: string | null, overwrite: boolean): Promise<ExportJob> {
    const job = await client.call('exports.start', { query, format, path, overwrite })
    // a short export may have been pushed as finished before its start was answered
    if (!jobs.value.some((known) => known.id === job.id)) take(job)
    return job
  }

  async function cancel(id: string): Promise<void> {
    try {
      await client.call('exports.cancel', { id })
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  function take(job: ExportJob): void {
    const isKnown = jobs.value.some((known) => known.id === job.id)
    jobs.value = isKnown ? jobs.value.map((known) => (known.id === job.id ? job : known)) : [job, ...jobs.value]
  }
  client.on('exports.progressed', take)

  return { jobs, failure, isDialogOpen, running, load, start, cancel }
})
