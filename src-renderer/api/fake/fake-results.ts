import type { EventRow } from '../../../src-main/contract/model/audit-event.ts'
import type {
  BucketUnit,
  FacetCounts,
  FacetField,
  FacetValue,
  Histogram,
  TimelineEntry,
  TimelineKind,
  TimelinePage,
} from '../../../src-main/contract/model/query.ts'
import { fieldTerm } from '../../lib/query-text.ts'
import { facetOf, fakeMatcher } from './fake-query.ts'
import { indexOfId, newestMs, stepMs } from './fake-rows.ts'

/** Rows looked at for facets and the histogram of a very long fake result, whose counts are then scaled up. */
const sampleRows = 20_000
/** Rows that a generated search looks at: making each of ten million up would hold the page for a minute. */
const searchedRows = 200_000

/** Results over generated rows. A filtered query finds what it does by looking at the newest rows one by one. */
export class FakeResults {
  readonly #rows: number
  readonly #rowOf: (index: number) => EventRow
  readonly #version: () => number
  #last: { readonly key: string; readonly matches: readonly number[] } | null = null

  constructor(rows: number, rowOf: (index: number) => EventRow, version: () => number) {
    this.#rows = rows
    this.#rowOf = rowOf
    this.#version = version
  }

  /** Positions of the matches; null when everything matches. */
  #matches(text: string): readonly number[] | null {
    if (text.trim() === '') return null
    const key = `${this.#version()} ${text}`
    if (this.#last?.key !== key) {
      const isMatch = fakeMatcher(text)
      const matches: number[] = []
      for (let i = 0; i < Math.min(this.#rows, searchedRows); i++) if (isMatch(this.#rowOf(i))) matches.push(i)
      this.#last = { key, matches }
    }
    return this.#last.matches
  }

  count(text: string): number {
    return this.#matches(text)?.length ?? this.#rows
  }

  window(text: string, first: number, count: number) {
    const matches = this.#matches(text)
    const total = matches?.length ?? this.#rows
    const rows: EventRow[] = []
    for (let i = first; i < Math.min(total, first + count); i++) rows.push(this.#rowOf(matches?.[i] ?? i))
    return { rows, first, total, version: this.#version(), tookMs: 3 }
  }

  locate(text: string, id: string): number | null {
    const index = indexOfId(id, this.#rows)
    const matches = this.#matches(text)
    if (index === null || matches === null) return index
    const row = matches.indexOf(index)
    return row === -1 ? null : row
  }

  #sample(text: string): { readonly rows: readonly EventRow[]; readonly scale: number } {
    const matches = this.#matches(text)
    const total = matches?.length ?? this.#rows
    const step = Math.max(1, Math.ceil(total / sampleRows))
    const rows: EventRow[] = []
    for (let i = 0; i < total; i += step) rows.push(this.#rowOf(matches?.[i] ?? i))
    return { rows, scale: total === 0 ? 1 : total / rows.length }
  }

  facets(text: string, by: readonly FacetField[], top: number): FacetCounts {
    const { rows, scale } = this.#sample(text)
    const counted = by.map((field): [FacetField, readonly FacetValue[]] => {
      const counts = new Map<string, FacetValue>()
      for (const row of rows) {
        const found = facetOf(row, field)
        if (found !== null) counts.set(found.value, { ...found, count: (counts.get(found.value)?.count ?? 0) + 1 })
      }
      const sorted = [...counts.values()].sort((a, b) => b.count - a.count).slice(0, top)
      return [field, sorted.map((value) => ({ ...value, count: Math.round(value.count * scale) }))]
    })
    return Object.fromEntries(counted)
  }

  histogram(text: string, unit: BucketUnit): Histogram {
    const { rows, scale } = this.#sample(text)
    const buckets = new Map<number, Record<string, number>>()
    let untimed = 0
    for (const { event } of rows) {
      if (event.occurredAt === null) untimed++
      else {
        const start = bucketStart(Date.parse(event.occurredAt), unit)
        const counts = buckets.get(start) ?? {}
        counts[event.service] = (counts[event.service] ?? 0) + scale
        buckets.set(start, counts)
      }
    }
    const sorted = [...buckets].sort(([a], [b]) => a - b)
    return {
      unit,
      buckets: sorted.map(([start, counts]) => {
        const byService = Object.fromEntries(Object.entries(counts).map(([service, count]) => [service, Math.round(count)]))
        return { start: new Date(start).toISOString(), count: Object.values(byService).reduce((sum, n) => sum + n, 0), byService }
      }),
      untimed,
      exact: true,
    }
  }

  timelines(kind: TimelineKind, text: string, ofKind: string | null, first: number, count: number): TimelinePage {
    const field = ({ workspaces: 'workspace', files: 'object', users: 'actor' } as const)[kind]
    const entries = new Map<string, TimelineEntry>()
    for (const { event } of this.#sample('').rows) {
      const named = { workspace: event.workspace, object: event.object, actor: event.actor }[field]
      if (named === null) continue
      const key = `${event.connection} ${named.id ?? ''}`
      const query = `connection:${event.connection} ${fieldTerm(field, [named.id ?? ''])}`
      const fresh = {
        kind: named.kind,
        id: named.id,
        name: named.name ?? '',
        connection: event.connection,
        service: event.service,
        count: 0,
        firstAt: null,
        lastAt: null,
        query,
      }
      const entry = entries.get(key) ?? fresh
      entries.set(key, { ...entry, count: entry.count + 1, lastAt: entry.lastAt ?? event.occurredAt })
    }
    const named = [...entries.values()].filter((entry) => entry.name.toLowerCase().includes(text.toLowerCase()))
    const found = named.filter((entry) => ofKind === null || entry.kind === ofKind)
    const kinds = [...new Set(named.map((entry) => entry.kind))].map((own) => ({
      kind: own,
      entries: named.filter((entry) => entry.kind === own).length,
    }))
    return { entries: found.sort((a, b) => b.count - a.count).slice(first, first + count), total: found.length, kinds }
  }
}

function bucketStart(atMs: number, unit: BucketUnit): number {
  const hourMs = 3_600_000
  const date = new Date(atMs)
  switch (unit) {
    case 'hour':
      return atMs - (atMs % hourMs)
    case 'day':
      return atMs - (atMs % (24 * hourMs))
    case 'week': {
      const day = atMs - (atMs % (24 * hourMs))
      return day - ((date.getUTCDay() + 6) % 7) * 24 * hourMs
    }
    case 'month':
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
  }
}

/** The stretch of time the generated rows fill, UTC milliseconds. */
export function fakeExtent(rows: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: newestMs - rows * stepMs, toMs: newestMs }
}
