import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { AppInfo, ArchiveSummary, ArchiveTask, VerifyReport } from '../../src-main/contract/model/app.ts'
import { useClient } from '../api/client.ts'
import type { LinkState } from '../api/transport.ts'
import { toFailure, type Failure } from '../lib/failure.ts'

/** The app itself: version, how the archive stands, the link to the core, and the archive's own check. */
export const useAppStore = defineStore('app', () => {
  const client = useClient()
  const info = shallowRef<AppInfo | null>(null)
  const summary = shallowRef<ArchiveSummary | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const link = ref<LinkState>('connected')
  /** Grows with every new link to the core: pushes before it were missed. */
  const links = ref(0)
  const report = shallowRef<VerifyReport | null>(null)
  /** Long work on the archive that goes on now. */
  const tasks = shallowRef<readonly ArchiveTask[]>([])
  const taskOf = (kind: ArchiveTask['kind']): ArchiveTask | null => tasks.value.find((task) => task.kind === kind) ?? null
  /** While it lasts, only the newest events can be read. */
  const loading = computed(() => taskOf('loading'))
  const migrating = computed(() => taskOf('migrating'))
  const verifyProgress = computed(() => taskOf('verifying'))
  const isVerifying = ref(false)
  const verifyFailure = shallowRef<Failure | null>(null)
  let verification: AbortController | null = null

  const isOpen = computed(() => info.value?.archive.state === 'open')

  async function load(): Promise<void> {
    try {
      info.value = await client.call('app.info', {})
      tasks.value = info.value.tasks
      failure.value = null
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  async function loadSummary(): Promise<void> {
    try {
      summary.value = await client.call('archive.summary', {})
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  /** Opens (or sets up) the archive with a passphrase; throws what went wrong. */
  async function unlock(passphrase: string): Promise<void> {
    const archive = await client.call('archive.unlock', { passphrase })
    if (info.value !== null) info.value = { ...info.value, archive }
  }

  async function verify(): Promise<void> {
    verification = new AbortController()
    isVerifying.value = true
    report.value = null
    verifyFailure.value = null
    try {
      report.value = await client.call('archive.verify', {}, { signal: verification.signal })
    } catch (error) {
      const found = toFailure(error)
      if (found.code !== 'CALL_CANCELLED') verifyFailure.value = found
    } finally {
      isVerifying.value = false
    }
  }

  function cancelVerify(): void {
    verification?.abort()
  }

  client.on('archive.stateChanged', (archive) => {
    if (info.value !== null) info.value = { ...info.value, archive }
  })
  const without = (kind: ArchiveTask['kind']): readonly ArchiveTask[] => tasks.value.filter((task) => task.kind !== kind)
  client.on('archive.progressed', (task) => (tasks.value = [...without(task.kind), task]))
  client.on('archive.taskEnded', ({ kind }) => (tasks.value = without(kind)))
  client.onLink((state) => {
    link.value = state
    if (state === 'connected') links.value++
  })

  return {
    info,
    summary,
    failure,
    link,
    links,
    report,
    loading,
    migrating,
    verifyProgress,
    isVerifying,
    verifyFailure,
    isOpen,
    load,
    loadSummary,
    unlock,
    verify,
    cancelVerify,
  }
})
