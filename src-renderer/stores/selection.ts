import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { EventRow } from '../../src-main/contract/model/audit-event.ts'
import { createLatest } from '../lib/latest.ts'
import { useResultsStore } from './results.ts'

/** Which event is selected, and the position of its row. The event is the truth: positions move when the archive or the query changes. */
export const useSelectionStore = defineStore('selection', () => {
  const results = useResultsStore()
  const latest = createLatest()
  /** Position of the selected row; null without one, or while the event is not part of the result. */
  const row = ref<number | null>(null)
  /** Id of the event the detail shows; null for none, or while the chosen row has not arrived. */
  const id = ref<string | null>(null)
  /** The selected event as its row showed it last: what keys act on, also while its place in another result is not known yet. */
  const event = shallowRef<EventRow | null>(null)
  const isDetailOpen = ref(false)

  const rowEvent = computed(() => (row.value === null ? undefined : results.rowAt(row.value)))

  function selectRow(index: number): void {
    if (results.reach === 0) return
    row.value = Math.min(Math.max(0, index), results.reach - 1)
    event.value = rowEvent.value ?? null
    id.value = event.value?.event.id ?? null
  }

  function step(by: number): void {
    selectRow(row.value === null ? 0 : row.value + by)
  }

  async function find(eventId: string): Promise<void> {
    const found = await latest.run(async (signal) => ({ row: await results.locate(eventId, signal).catch(() => null) }))
    if (found !== undefined && id.value === eventId) row.value = found.row
  }

  /** Shows an event by id, and its row where it is part of the result. */
  function selectId(eventId: string): Promise<void> {
    id.value = eventId
    event.value = null
    isDetailOpen.value = true
    return find(eventId)
  }

  function clear(): void {
    row.value = null
    id.value = null
    event.value = null
    isDetailOpen.value = false
  }

  // the row was chosen before it arrived (End, a jump): its event is known from now on
  watch(rowEvent, (arrived) => {
    if (arrived === undefined) return
    id.value ??= arrived.event.id
    if (arrived.event.id === id.value) event.value = arrived
  })
  watch(
    () => results.epoch,
    () => {
      if (id.value !== null) void find(id.value)
    },
  )

  return { row, id, event, isDetailOpen, selectRow, step, selectId, clear }
})
