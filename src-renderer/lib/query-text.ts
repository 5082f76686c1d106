import type { ParsedQuery, QueryToken, TextSpan } from '../../src-main/contract/model/query.ts'

type Chip = ParsedQuery['chips'][number]

/** What is needed to change a query: its text and how it was read. */
export interface ReadQuery {
  readonly text: string
  readonly chips: readonly Chip[]
  readonly tokens: readonly QueryToken[]
}

const aliases: Readonly<Record<string, string>> = { user: 'actor', by: 'actor', in: 'workspace' }

/** The field behind an alias: `by` and `user` are `actor`, `in` is `workspace`. */
export function canonicalField(field: string): string {
  const lower = field.toLowerCase()
  return aliases[lower] ?? lower
}

/** A value as it stands after `field:`; a quote cannot be searched, so any run of characters stands in its place. */
export function quoteValue(value: string): string {
  const searchable = value.replaceAll('"', '*')
  return /^[\p{L}\p{N}_.@-]+$/u.test(searchable) && !searchable.startsWith('-') ? searchable : `"${searchable}"`
}

/** `field:a,b`, or `-field:a,b`. */
export function fieldTerm(field: string, values: readonly string[], isNegated = false): string {
  return `${isNegated ? '-' : ''}${field}:${values.map(quoteValue).join(',')}`
}

/** The text without a stretch of it, spaces tidied. */
export function withoutSpan(text: string, span: TextSpan): string {
  return `${text.slice(0, span.start).trimEnd()} ${text.slice(span.end).trimStart()}`.trim()
}

/** The text with several stretches taken out. */
export function withoutSpans(text: string, spans: readonly TextSpan[]): string {
  return [...spans].sort((a, b) => b.start - a.start).reduce(withoutSpan, text)
}

/** The query and one more condition; a query with a bare OR is put in parentheses first, as side by side binds tighter. */
export function withTerm(query: ReadQuery, term: string): string {
  const text = query.text.trim()
  if (text === '') return term
  return hasBareOr(query) ? `(${text}) ${term}` : `${text} ${term}`
}

function hasBareOr({ text, tokens }: ReadQuery): boolean {
  let depth = 0
  for (const token of tokens) {
    const word = text.slice(token.start, token.end)
    if (token.kind === 'paren') depth += word.includes('(') ? 1 : -1
    else if (token.kind === 'operator' && word === 'OR' && depth === 0) return true
  }
  return false
}

function sameValue(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** Chips of a field, on one side. */
export function chipsOf(query: ReadQuery, field: string, isNegated: boolean): readonly Chip[] {
  return query.chips.filter((chip) => chip.isNegated === isNegated && canonicalField(chip.field) === canonicalField(field))
}

/** Whether a value is asked for, excluded, or neither, by the chips. */
export function valueState(query: ReadQuery, field: string, value: string): 'included' | 'excluded' | 'none' {
  const stands = (isNegated: boolean): boolean =>
    chipsOf(query, field, isNegated).some((chip) => chip.values.some((v) => sameValue(v, value)))
  if (stands(true)) return 'excluded'
  return stands(false) ? 'included' : 'none'
}

/** Includes (or excludes) a value; a value that is already so is set free again. Values of one field gather in one chip. */
export function toggleValue(query: ReadQuery, field: string, value: string, isNegated: boolean): string {
  const isSet = valueState(query, field, value) === (isNegated ? 'excluded' : 'included')
  const freed = freeValue(query, field, value)
  if (isSet) return freed.text
  const home = chipsOf(freed, field, isNegated)[0]
  if (home === undefined) return withTerm(freed, fieldTerm(field, [value], isNegated))
  return replaceSpan(freed.text, home, fieldTerm(home.field, [...home.values, value], isNegated))
}

/** The query without any mention of a value, with the chips moved along. */
function freeValue(query: ReadQuery, field: string, value: string): ReadQuery {
  const holder = query.chips.find(
    (chip) => canonicalField(chip.field) === canonicalField(field) && chip.values.some((held) => sameValue(held, value)),
  )
  if (holder === undefined) return query
  const rest = holder.values.filter((held) => !sameValue(held, value))
  const before = query.text
  const text =
    rest.length === 0 ? withoutSpan(before, holder) : replaceSpan(before, holder, fieldTerm(holder.field, rest, holder.isNegated))
  const shift = text.length - before.length
  const move = <S extends TextSpan>(span: S): S =>
    span.start >= holder.end ? { ...span, start: span.start + shift, end: span.end + shift } : span
  const chips = query.chips.filter((chip) => chip !== holder).map(move)
  const tokens = query.tokens.filter((token) => token.end <= holder.start || token.start >= holder.end).map(move)
  return freeValue({ text, chips, tokens }, field, value)
}

/** The text with a stretch replaced. */
export function replaceSpan(text: string, span: TextSpan, by: string): string {
  return text.slice(0, span.start) + by + text.slice(span.end)
}

const timeFields = new Set(['after', 'before', 'on', 'last'])

/** Chips that bound the time. */
export function timeChips(query: ReadQuery): readonly Chip[] {
  return query.chips.filter((chip) => !chip.isNegated && timeFields.has(chip.field.toLowerCase()))
}

/** Sets the time range, replacing every bound the query had; null leaves that side open. `last` is a span such as `7d`. */
export function withTimeRange(query: ReadQuery, after: string | null, before: string | null, last: string | null = null): string {
  const old = timeChips(query)
  const terms = Object.entries({ after, before, last }).flatMap(([field, bound]) => (bound === null ? [] : [`${field}:${bound}`]))
  const text = withoutSpans(query.text, old)
  if (terms.length === 0) return text
  // a query that had a bound beside it has no bare OR
  return old.length === 0 ? withTerm(query, terms.join(' ')) : `${text} ${terms.join(' ')}`.trim()
}

/** A query narrowed by another: both must match, whatever operators they hold. */
export function bothQueries(base: string, text: string): string {
  if (base === '' || text.trim() === '') return base === '' ? text : base
  return `${base} (${text})`
}
