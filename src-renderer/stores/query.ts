import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ParsedQuery, Query, QueryCompletion } from '../../src-main/contract/model/query.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { createLatest } from '../lib/latest.ts'
import { painted } from '../lib/painted.ts'
import { bothQueries, timeChips, toggleValue, valueState, withTimeRange, withTerm, withoutSpan, type ReadQuery } from '../lib/query-text.ts'
import { throttle } from '../lib/throttle.ts'
import { useSettingsStore } from './settings.ts'

/** How long the typing rests before all matches are counted, ms: rows come at every letter, and counting must not be in their way. */
const countingPauseMs = 150
/** Shortest time between two re-queries while events pour in, ms. */
const changePauseMs = 700

/** A query that may turn out to be none: its rows are asked for at once, and are only shown where it can be run. */
export interface Attempt {
  readonly query: Query
  readonly isRunnable: Promise<boolean>
}

const nothing: ParsedQuery = { tokens: [], problems: [], inWords: '', chips: [] }

const nothingRan: ReadQuery = { text: '', chips: [], tokens: [] }

/** What is asked: the text in the box, how it was read, and the query that results, facets and histogram answer. */
export const useQueryStore = defineStore('query', () => {
  const client = useClient()
  const settings = useSettingsStore()
  const latest = createLatest()
  const completing = createLatest()

  const text = ref('')
  /** The query of the timeline this place shows (a workspace, file or user); empty for all events. */
  const base = ref('')
  const parsed = shallowRef<ParsedQuery>(nothing)
  /** The text that `parsed` was read from. */
  const parsedText = ref('')
  /** What the text in the box would ask; null before the first. */
  const attempt = shallowRef<Attempt | null>(null)
  /** The query to run; stays what it was while the text has a problem. Null before the first. */
  const effective = shallowRef<Query | null>(null)
  /** The query of which all matches are counted: the effective one, once the typing rests; null until then, and what is being counted stops. */
  const counted = shallowRef<Query | null>(null)
  /** How the effective query was read; lags behind `read` while the text has a problem. */
  const ran = shallowRef<ReadQuery>(nothingRan)
  const failure = shallowRef<Failure | null>(null)
  /** Grows whenever the archive changed under the query. */
  const archiveRevision = ref(0)
  /** Whether the newest change of the text was a finished step (a click, a chip) rather than typing. */
  const isStep = ref(false)
  let countingTimer: ReturnType<typeof setTimeout> | undefined
  /** Changes with every text and every plan to count: an older plan is dropped. */
  let plans = 0
  let awaitedRows: Promise<unknown> = Promise.resolve()
  /** Whether nothing was asked in this place yet: a query that cannot be read then leaves the place itself. */
  let isNewPlace = true

  /** The query as last read, for functions that change its text. Only meant while it still is the text in the box. */
  const read = computed<ReadQuery>(() => ({ text: parsedText.value, chips: parsed.value.chips, tokens: parsed.value.tokens }))
  const problems = computed(() => parsed.value.problems)
  const hasProblem = computed(() => problems.value.length > 0)

  async function apply(): Promise<void> {
    const asked = { text: text.value, zone: settings.zone }
    const askedBase = base.value
    const whole = { text: bothQueries(askedBase, asked.text), zone: asked.zone }
    const reading = latest.run((signal) => client.call('query.parse', asked, { signal }))
    const isRunnable = reading.then(
      (answer) => answer?.problems.length === 0,
      () => false,
    )
    attempt.value = { query: whole, isRunnable }
    try {
      const answer = await reading
      if (answer === undefined) return
      parsed.value = answer
      parsedText.value = asked.text
      failure.value = null
      const hasNone = answer.problems.length === 0
      if (hasNone || isNewPlace) {
        isNewPlace = false
        ran.value = hasNone ? read.value : nothingRan
        effective.value = hasNone ? whole : { text: askedBase, zone: asked.zone }
      }
      planCount()
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  function planCount(): void {
    clearTimeout(countingTimer)
    const plan = ++plans
    const count = async (): Promise<void> => {
      await awaitedRows
      await painted()
      if (plan === plans) counted.value = effective.value
    }
    if (isStep.value) void count()
    else countingTimer = setTimeout(() => void count(), countingPauseMs)
  }

  /** Rows go before counts: nothing is counted before they are here, or have failed. */
  function countAfter(rows: Promise<unknown>): void {
    awaitedRows = rows.catch(() => undefined)
  }

  /** The user types: rows are asked for at every letter, and nothing is counted meanwhile. */
  function type(value: string): void {
    if (value === text.value) return
    isStep.value = false
    text.value = value
    clearTimeout(countingTimer)
    plans++
    counted.value = null
    void apply()
  }

  /** A finished change: asked at once. */
  function set(value: string): Promise<void> {
    isStep.value = true
    text.value = value
    return apply()
  }

  /** Moves to a timeline of its own, or (with an empty `query`) to all events. */
  function enter(query: string, value: string): Promise<void> {
    base.value = query
    isNewPlace = true
    return set(value)
  }

  const toggle = (field: string, value: string, isNegated: boolean): Promise<void> => set(toggleValue(read.value, field, value, isNegated))
  const stateOf = (field: string, value: string): 'included' | 'excluded' | 'none' => valueState(read.value, field, value)
  const remove = (span: { readonly start: number; readonly end: number }): Promise<void> => set(withoutSpan(parsedText.value, span))
  const add = (term: string): Promise<void> => set(withTerm(read.value, term))
  /** Sets one bound of the time range and keeps the other, also where the text was changed and not yet read again. */
  async function setBound(side: 'after' | 'before', bound: string | null): Promise<void> {
    if (parsedText.value !== text.value) await apply()
    const boundOf = (field: string) => timeChips(read.value).find((chip) => chip.field.toLowerCase() === field)?.values[0] ?? null
    const bounds = { after: boundOf('after'), before: boundOf('before'), [side]: bound }
    return set(withTimeRange(read.value, bounds.after, bounds.before))
  }
  const setRange = (after: string | null, before: string | null): Promise<void> => set(withTimeRange(read.value, after, before))

  const setLast = (span: string): Promise<void> => set(withTimeRange(read.value, null, null, span))

  async function complete(caret: number): Promise<readonly QueryCompletion[]> {
    try {
      const found = await completing.run((signal) => client.call('query.complete', { text: text.value, caret }, { signal }))
      return found ?? []
    } catch {
      // completions are an offer; without them the box works all the same, and a broken link shows elsewhere
      return []
    }
  }

  watch(
    () => settings.zone,
    () => {
      if (effective.value !== null) void apply()
    },
  )
  const refresh = throttle(() => archiveRevision.value++, changePauseMs)
  client.on('events.changed', refresh)

  return {
    ...{ text, base, parsed, parsedText, attempt, effective, counted, ran, failure, archiveRevision, isStep, read, problems, hasProblem },
    ...{ apply, countAfter, type, set, enter, toggle, stateOf, remove, add, setBound, setRange, setLast, complete, refresh },
  }
})
