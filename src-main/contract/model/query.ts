import { z } from 'zod'

/** A stretch of the query text, UTF-16 offsets, end excluded. */
export interface TextSpan {
  readonly start: number
  readonly end: number
}

/** Something wrong with a query, as a sentence with its place. A query with a problem is never run. */
export interface QueryProblem extends TextSpan {
  readonly message: string
  /** What to put in the place of the span instead, where there is an obvious answer. */
  readonly suggestion: string | null
}

/** A piece of the query for colouring and chips. */
export interface QueryToken extends TextSpan {
  readonly kind: 'text' | 'field' | 'value' | 'operator' | 'paren' | 'problem'
}

export interface ParsedQuery {
  readonly tokens: readonly QueryToken[]
  readonly problems: readonly QueryProblem[]
  /** The query in words, for manifests and headings. */
  readonly inWords: string
  /** Top-level `field:value` terms, which the screen shows as chips: removing a chip removes its span. */
  readonly chips: readonly (TextSpan & { readonly field: string; readonly values: readonly string[]; readonly isNegated: boolean })[]
}

export interface QueryCompletion extends TextSpan {
  /** What is inserted in place of the span. */
  readonly insert: string
  readonly label: string
  /** Kind of thing offered. */
  readonly kind: 'field' | 'value' | 'operator'
  /** Events that carry the value, where known. */
  readonly count: number | null
  /** Where an actor, object or workspace is known: what tells namesakes apart. */
  readonly services?: readonly string[]
}

export const eventOrderSchema = z.enum(['newest', 'oldest'])
export type EventOrder = z.infer<typeof eventOrderSchema>

/** A query with the zone in which its dates are read and days begin. */
export const querySchema = z.object({
  text: z.string().max(10_000).default(''),
  /** IANA name. */
  zone: z.string().default('UTC'),
})
export type QueryInput = z.input<typeof querySchema>
export type Query = z.infer<typeof querySchema>

/** A count that says whether it is exact; `exact: false` reads "at least". */
export interface Count {
  readonly total: number
  readonly exact: boolean
}

export const facetFields = [
  'service',
  'connection',
  'workspace',
  'actor',
  'verb',
  'action',
  'object',
  'kind',
  'outcome',
  'status',
  'tag',
] as const
export type FacetField = (typeof facetFields)[number]

export interface FacetValue {
  /** What `field:` takes: an id for actors and workspaces. */
  readonly value: string
  readonly label: string
  readonly count: number
  /** Where an actor, object or workspace is known: what tells namesakes apart. */
  readonly services?: readonly string[]
}

export type FacetCounts = Readonly<Partial<Record<FacetField, readonly FacetValue[]>>>

/** Facets that say whether they are exact; `exact: false`: each value has at least that count, and there may be others. */
export interface Facets {
  readonly values: FacetCounts
  readonly exact: boolean
}

export const bucketUnits = ['hour', 'day', 'week', 'month'] as const
export type BucketUnit = (typeof bucketUnits)[number]

/** One bar: `start` is the UTC instant at which the bucket begins in the zone; counts by service sum to `count`. */
export interface HistogramBucket {
  readonly start: string
  readonly count: number
  readonly byService: Readonly<Record<string, number>>
}

export interface Histogram {
  readonly unit: BucketUnit
  readonly buckets: readonly HistogramBucket[]
  /** Matches without a readable time: in the count, in no bucket. */
  readonly untimed: number
  /** False: all counts read "at least", and there may be other buckets. */
  readonly exact: boolean
}

export type TimelineKind = 'workspaces' | 'files' | 'users'

/** A kind of object and how many of the list's entries are of it. */
export interface KindCount {
  readonly kind: string
  readonly entries: number
}

/** Part of a list of workspaces, files or users. */
export interface TimelinePage {
  readonly entries: readonly TimelineEntry[]
  readonly total: number
  /** The kinds of everything that is named like the text, whichever kind was asked for, most frequent first. */
  readonly kinds: readonly KindCount[]
}

/** An entry of the lists of workspaces, files and users: each has its own timeline. */
export interface TimelineEntry {
  /** Object kind for files (file, room, app…), actor kind for users, workspace kind for workspaces. */
  readonly kind: string
  readonly id: string | null
  readonly name: string
  readonly connection: string
  readonly service: string
  readonly count: number
  /** UTC; null when all of its events lack a readable time. */
  readonly firstAt: string | null
  readonly lastAt: string | null
  /** The query that is exactly this timeline. */
  readonly query: string
}
