import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import type { BucketUnit, Histogram } from '../../src-main/contract/model/query.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'
import { createReloading } from '../lib/reloading.ts'
import { bucketExtent, unitFor } from '../lib/time-axis.ts'
import { useQueryStore } from './query.ts'

/** At most this many questions until the unit fits what was found: month → day → hour. */
const maxSteps = 3

/** Matches over time, over all of them. The unit follows the stretch they fill unless the user chose one. */
export const useHistogramStore = defineStore('histogram', () => {
  const client = useClient()
  const query = useQueryStore()
  const latest = createLatest()
  const histogram = shallowRef<Histogram | null>(null)
  const failure = shallowRef<Failure | null>(null)
  const chosenUnit = ref<BucketUnit | null>(null)

  async function fitting(signal: AbortSignal): Promise<Histogram> {
    const asked = query.effective ?? { text: '', zone: 'UTC' }
    let by: BucketUnit = chosenUnit.value ?? histogram.value?.unit ?? 'day'
    for (let step = 1; ; step++) {
      const answer = await client.call('events.histogram', { query: asked, by }, { signal })
      const extent = bucketExtent(answer.buckets, by)
      const wanted = chosenUnit.value ?? (extent === null ? by : unitFor(extent.toMs - extent.fromMs))
      if (wanted === by || step === maxSteps) return answer
      by = wanted
    }
  }

  async function load(): Promise<void> {
    if (query.effective === null) return
    try {
      const answer = await latest.run(fitting)
      if (answer === undefined) return
      histogram.value = answer
      failure.value = null
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  function setUnit(unit: BucketUnit | null): Promise<void> {
    chosenUnit.value = unit
    return load()
  }

  const { restart, refresh } = createReloading(load)
  watch(() => query.effective, restart, { immediate: true })
  watch(() => query.archiveRevision, refresh)

  return { histogram, failure, chosenUnit, setUnit, load }
})
