import type { QueryProblem, QueryToken, TextSpan } from '../../contract/model/query.ts'

/** Where free text looks: `text` in the event's words and reviewers' notes, `raw` in the payload too. */
export type TextScope = 'text' | 'raw'

export type MatchField =
  'actor' | 'verb' | 'action' | 'object' | 'file' | 'kind' | 'workspace' | 'service' | 'connection' | 'outcome' | 'status' | 'tag' | 'id'

export type HasFlag = 'note' | 'revision' | 'late' | 'gone' | 'unmapped'

/**
 * One value of a field term: the literal pieces between `*`s, already folded (lower case, no accents).
 * `['a']` is the whole value `a`; `['a', '']` is `a*`; `['', 'b', '']` is `*b*`; `['', '']` is `*`: present.
 */
export interface Pattern {
  readonly pieces: readonly string[]
}

/** What a query means. Instants are UTC milliseconds. */
export type QueryTree =
  | { readonly kind: 'all' }
  | { readonly kind: 'and'; readonly parts: readonly QueryTree[] }
  | { readonly kind: 'or'; readonly parts: readonly QueryTree[] }
  | { readonly kind: 'not'; readonly part: QueryTree }
  /** Folded text with optional `*` inside (quoted or not), to be found within one of the searched places. */
  | { readonly kind: 'text'; readonly scope: TextScope; readonly pattern: Pattern }
  | { readonly kind: 'field'; readonly field: MatchField; readonly anyOf: readonly Pattern[] }
  | { readonly kind: 'has'; readonly flag: HasFlag }
  /** Half-open; either end may be open. Events without a time never match. */
  | { readonly kind: 'time'; readonly fromMs: number | null; readonly toMs: number | null }

export interface ParseResult {
  readonly tree: QueryTree
  readonly problems: readonly QueryProblem[]
  readonly tokens: readonly QueryToken[]
  readonly chips: readonly (TextSpan & { readonly field: string; readonly values: readonly string[]; readonly isNegated: boolean })[]
  readonly inWords: string
}
