import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { useClient } from '../api/client.ts'
import { createLatest } from '../lib/latest.ts'
import { bothQueries, withoutSpan } from '../lib/query-text.ts'
import { useQueryStore } from './query.ts'
import { useResultsStore } from './results.ts'

/** A condition of a query that matches nothing, and how many events would match without it. */
export interface Blocker {
  readonly term: string
  /** The query's text without the condition. */
  readonly without: string
  readonly total: number
  readonly isExact: boolean
}

/** Why a result is empty: which single condition hides how many events. */
export const useBlockersStore = defineStore('blockers', () => {
  const client = useClient()
  const query = useQueryStore()
  const results = useResultsStore()
  const latest = createLatest()
  const blockers = shallowRef<readonly Blocker[]>([])

  async function load(): Promise<void> {
    blockers.value = []
    const { text, tokens, chips } = query.ran
    const effective = query.effective
    if (results.total !== 0 || text.trim() === '' || effective === null) return latest.cancel()
    const words = tokens.filter(
      (token) => token.kind === 'text' && !chips.some((chip) => token.start >= chip.start && token.end <= chip.end),
    )
    const spans = [...chips, ...words].sort((a, b) => a.start - b.start)
    try {
      const found = await latest.run((signal) =>
        Promise.all(
          spans.map(async (span) => {
            const without = withoutSpan(text, span)
            const count = await client.call('events.count', { query: { ...effective, text: bothQueries(query.base, without) } }, { signal })
            return { term: text.slice(span.start, span.end), without, total: count.total, isExact: count.exact }
          }),
        ),
      )
      if (found !== undefined) blockers.value = found.filter((blocker) => blocker.total > 0)
    } catch {
      // taking one word out of a nested query may leave none that can be read; lifting everything is still offered
      blockers.value = []
    }
  }

  watch(() => results.epoch, load, { immediate: true })

  return { blockers }
})
