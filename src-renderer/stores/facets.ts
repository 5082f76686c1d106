import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { FacetCounts, FacetField, Query } from '../../src-main/contract/model/query.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'
import { createReloading } from '../lib/reloading.ts'
import { bothQueries, chipsOf, withoutSpans } from '../lib/query-text.ts'
import { lasting } from './lasting.ts'
import { useQueryStore } from './query.ts'

/** Facets in the order in which they are shown. */
export const shownFacets = [
  'service',
  'connection',
  'workspace',
  'actor',
  'verb',
  'kind',
  'outcome',
  'status',
  'tag',
] as const satisfies readonly FacetField[]
export type ShownFacet = (typeof shownFacets)[number]

const fewValues = 6
const manyValues = 200
/** How long counts of the query before are left to be seen, ms. */
const waitingMs = 120

/**
 * Counts of the values of each facet: exact, or while the archive loads perhaps what there is at least. A facet with a chosen value
 * is counted without its own choice, so that the values beside it can still be added.
 */
export const useFacetsStore = defineStore('facets', () => {
  const client = useClient()
  const query = useQueryStore()
  const latest = createLatest()
  const counts = shallowRef<FacetCounts>({})
  /** False: each count is the least there is, and the exact ones are on their way. */
  const isExact = ref(true)
  const failure = shallowRef<Failure | null>(null)
  const answered = shallowRef<Query | null>(null)
  /** Whether the counts are still those of the query before, or there are none yet. */
  const isStale = computed(() => answered.value === null || answered.value !== query.effective)
  /** Whether they have been for longer than a moment. */
  const isWaiting = lasting(() => isStale.value, waitingMs)
  const expanded = ref<ReadonlySet<ShownFacet>>(new Set())

  /** The facets that share one query, by its text. */
  function groups(): ReadonlyMap<string, readonly ShownFacet[]> {
    const byText = new Map<string, ShownFacet[]>()
    for (const field of shownFacets) {
      const own = chipsOf(query.ran, field, false)
      const text = bothQueries(query.base, withoutSpans(query.ran.text, own))
      byText.set(text, [...(byText.get(text) ?? []), field])
    }
    return byText
  }

  async function load(): Promise<void> {
    const asked = query.counted
    if (asked === null) return latest.cancel()
    const calls = [...groups()].flatMap(([text, fields]) => {
      const few = fields.filter((field) => !expanded.value.has(field))
      const many = fields.filter((field) => expanded.value.has(field))
      return [
        { text, by: few, top: fewValues + 1 },
        { text, by: many, top: manyValues + 1 },
      ].filter(({ by }) => by.length > 0)
    })
    try {
      for (const early of [true, false]) {
        const answers = await latest.run((signal) =>
          Promise.all(
            calls.map(({ text, by, top }) => client.call('events.facets', { query: { ...asked, text }, by, top, early }, { signal })),
          ),
        )
        if (answers === undefined) return
        counts.value = Object.assign({}, ...answers.map(({ values }) => values)) as FacetCounts
        isExact.value = answers.every(({ exact }) => exact)
        answered.value = asked
        failure.value = null
        if (isExact.value) return
      }
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  /** How many values of a facet are shown. */
  function limitOf(field: ShownFacet): number {
    return expanded.value.has(field) ? manyValues : fewValues
  }

  function setExpanded(field: ShownFacet, isExpanded: boolean): Promise<void> {
    const next = new Set(expanded.value)
    if (isExpanded) next.add(field)
    else next.delete(field)
    expanded.value = next
    return load()
  }

  const { restart, refresh } = createReloading(load)
  watch(() => query.counted, restart, { immediate: true })
  watch(() => query.archiveRevision, refresh)

  return { counts, isExact, isStale, isWaiting, failure, expanded, limitOf, setExpanded, load }
})
