import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { EventDetail, EventRow } from '../../src-main/contract/model/audit-event.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'
import { useQueryStore } from './query.ts'
import { useSelectionStore } from './selection.ts'

/** Text of one kept payload, as far as it was asked for. */
export interface PayloadText {
  readonly revision: number
  readonly text: string
  readonly totalChars: number
  readonly sizeBytes: number
}

/** The event in the detail pane: everything kept of it, what happened around it, its payloads. */
export const useDetailStore = defineStore('detail', () => {
  const client = useClient()
  const query = useQueryStore()
  const selection = useSelectionStore()
  const latest = createLatest()
  const payloadLatest = createLatest()

  const detail = shallowRef<EventDetail | null>(null)
  const around = shallowRef<{ readonly sameActor: readonly EventRow[]; readonly sameObject: readonly EventRow[] } | null>(null)
  const payload = shallowRef<PayloadText | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const payloadFailure = shallowRef<Failure | null>(null)
  const isRefetching = ref(false)
  const refetchResult = ref<'unchanged' | 'changed' | 'gone' | null>(null)

  async function load(id: string): Promise<void> {
    try {
      const answer = await latest.run(async (signal) => {
        const [found, near] = await Promise.all([
          client.call('events.get', { id }, { signal }),
          client.call('events.around', { id, count: 5 }, { signal }),
        ])
        return { found, near }
      })
      if (answer === undefined) return
      show(answer.found)
      around.value = answer.near
      failure.value = null
    } catch (error) {
      failure.value = toFailure(error)
      detail.value = null
    }
  }

  function show(found: EventDetail): void {
    const isOther = detail.value?.event.id !== found.event.id || detail.value.event.revision !== found.event.revision
    detail.value = found
    if (isOther) void loadPayload(found.event.revision)
  }

  /** Reads a revision's payload from its beginning. */
  async function loadPayload(revision: number): Promise<void> {
    payload.value = null
    await readOn(revision, '')
  }

  /** Reads the next slice of a payload too long for one call. */
  function loadMorePayload(): Promise<void> {
    return payload.value === null ? Promise.resolve() : readOn(payload.value.revision, payload.value.text)
  }

  async function readOn(revision: number, soFar: string): Promise<void> {
    const id = detail.value?.event.id
    if (id === undefined) return
    try {
      const slice = await payloadLatest.run((signal) => client.call('events.payload', { id, revision, from: soFar.length }, { signal }))
      if (slice === undefined) return
      payload.value = { revision, text: soFar + slice.text, totalChars: slice.totalChars, sizeBytes: slice.sizeBytes }
      payloadFailure.value = null
    } catch (error) {
      payloadFailure.value = toFailure(error)
    }
  }

  /** The first slice of a revision's payload, for a comparison. */
  async function readRevision(revision: number): Promise<string> {
    const id = detail.value?.event.id
    return id === undefined ? '' : (await client.call('events.payload', { id, revision })).text
  }

  async function refetch(): Promise<void> {
    const id = detail.value?.event.id
    if (id === undefined) return
    isRefetching.value = true
    refetchResult.value = null
    try {
      const { result, detail: found } = await client.call('events.refetch', { id })
      if (detail.value?.event.id !== id) return
      show(found)
      refetchResult.value = result
      failure.value = null
    } catch (error) {
      failure.value = toFailure(error)
    } finally {
      isRefetching.value = false
    }
  }

  watch(
    () => [selection.id, selection.isDetailOpen] as const,
    ([id, isOpen]) => {
      if (id === null || !isOpen) return
      if (detail.value?.event.id !== id) refetchResult.value = null
      void load(id)
    },
    { immediate: true },
  )
  watch(
    () => query.archiveRevision,
    () => {
      if (selection.id !== null && selection.isDetailOpen) void load(selection.id)
    },
  )

  return {
    detail,
    around,
    payload,
    failure,
    payloadFailure,
    isRefetching,
    refetchResult,
    load,
    loadPayload,
    loadMorePayload,
    readRevision,
    refetch,
  }
})
