import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { BucketUnit, Histogram, Query } from '../../src-main/contract/model/query.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { askedRange } from '../lib/asked-range.ts'
import { createLatest } from '../lib/latest.ts'
import { createReloading } from '../lib/reloading.ts'
import { bucketExtent, unitFor } from '../lib/time-axis.ts'
import { lasting } from './lasting.ts'
import { useQueryStore } from './query.ts'
import { useSettingsStore } from './settings.ts'

/** At most this many questions until the unit fits what was found: month → day → hour. */
const maxSteps = 3
/** How long bars of the query before are left to be seen undimmed, ms. */
const waitingMs = 120

/** Matches over time, over all of them. The unit follows the stretch they fill unless the user chose one. */
export const useHistogramStore = defineStore('histogram', () => {
  const client = useClient()
  const query = useQueryStore()
  const settings = useSettingsStore()
  const latest = createLatest()
  const histogram = shallowRef<Histogram | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const answered = shallowRef<Query | null>(null)
  /** Whether the bars are still those of the query before. */
  const isStale = computed(() => answered.value !== query.effective)
  /** Whether they have been for longer than a moment. */
  const isWaiting = lasting(() => isStale.value, waitingMs)
  const chosenUnit = ref<BucketUnit | null>(null)

  /** The unit to try first: hours of all time would be tens of thousands of bars. */
  function likelyUnit(): BucketUnit {
    const range = askedRange(query.ran, settings.zone, Date.now())
    if (range !== null) return unitFor(range.toMs - range.fromMs)
    const last = histogram.value?.unit ?? 'day'
    return last === 'hour' ? 'day' : last
  }

  async function fitting(asked: Query, early: boolean, signal: AbortSignal): Promise<Histogram> {
    let by = chosenUnit.value ?? likelyUnit()
    for (let step = 1; ; step++) {
      const answer = await client.call('events.histogram', { query: asked, by, early }, { signal })
      const extent = bucketExtent(answer.buckets, by)
      const wanted = chosenUnit.value ?? (extent === null ? by : unitFor(extent.toMs - extent.fromMs))
      if (wanted === by || step === maxSteps) return answer
      by = wanted
    }
  }

  async function load(): Promise<void> {
    const asked = query.counted
    if (asked === null) return latest.cancel()
    try {
      // What is known while the archive loads may be less than all; all of it comes by itself.
      for (const early of [true, false]) {
        const answer = await latest.run((signal) => fitting(asked, early, signal))
        if (answer === undefined) return
        histogram.value = answer
        answered.value = asked
        failure.value = null
        if (answer.exact) return
      }
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  function setUnit(unit: BucketUnit | null): Promise<void> {
    chosenUnit.value = unit
    return load()
  }

  const { restart, refresh } = createReloading(load)
  watch(() => query.counted, restart, { immediate: true })
  watch(() => query.archiveRevision, refresh)

  return { histogram, isStale, isWaiting, failure, chosenUnit, setUnit, load }
})
