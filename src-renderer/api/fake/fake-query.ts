import type { EventRow } from '../../../src-main/contract/model/audit-event.ts'
import type { FacetField, ParsedQuery, QueryProblem, QueryToken } from '../../../src-main/contract/model/query.ts'
import { canonicalField } from '../../lib/query-text.ts'

/** A small share of the query language, enough to work the screen without a core: terms side by side, quotes, commas, minus. */
interface Term {
  readonly start: number
  readonly end: number
  readonly field: string | null
  readonly values: readonly string[]
  readonly isNegated: boolean
}

const known = new Set<string>([
  'actor',
  'verb',
  'action',
  'object',
  'file',
  'kind',
  'workspace',
  'service',
  'connection',
  'outcome',
  'status',
  'tag',
  'has',
  'id',
  'after',
  'before',
  'on',
  'last',
])

function terms(text: string): readonly Term[] {
  const found: Term[] = []
  for (const match of text.matchAll(/(-?)(?:(\w+):)?((?:"[^"]*"|[^\s"()]+)+)/gu)) {
    const [whole, minus = '', field, value = ''] = match
    const values = (value.match(/"[^"]*"|[^,"]+/gu) ?? []).map((part) => part.replaceAll('"', ''))
    found.push({ start: match.index, end: match.index + whole.length, field: field ?? null, values, isNegated: minus === '-' })
  }
  return found
}

export function fakeParse(text: string): ParsedQuery {
  const all = terms(text)
  const problems: QueryProblem[] = all
    .filter((term) => term.field !== null && !known.has(canonicalField(term.field)))
    .map((term) => ({ start: term.start, end: term.end, message: `\`${term.field ?? ''}:\` is no field.`, suggestion: null }))
  const tokens: QueryToken[] = all.flatMap((term): QueryToken[] => {
    if (term.field === null) return [{ start: term.start, end: term.end, kind: 'text' }]
    const colon = term.start + (term.isNegated ? 1 : 0) + term.field.length + 1
    return [
      { start: term.start, end: colon, kind: 'field' },
      { start: colon, end: term.end, kind: 'value' },
    ]
  })
  const chips = all.flatMap((term) =>
    term.field === null ? [] : [{ start: term.start, end: term.end, field: term.field, values: term.values, isNegated: term.isNegated }],
  )
  return { tokens, problems, inWords: text === '' ? 'all events' : `events with ${text}`, chips }
}

/** Values of a row under a field. */
export function valuesOf(row: EventRow, field: string): readonly string[] {
  const { event, marks } = row
  const of = (...values: readonly (string | null | undefined)[]): readonly string[] =>
    values.filter((value) => value !== null && value !== undefined)
  switch (field) {
    case 'actor':
      return of(event.actor?.id, event.actor?.name)
    case 'object':
    case 'file':
      return of(event.object?.id, event.object?.name)
    case 'workspace':
      return of(event.workspace?.id, event.workspace?.name)
    case 'kind':
      return of(event.object?.kind)
    case 'status':
      return [marks.reviewStatus ?? 'unreviewed']
    case 'tag':
      return marks.tags
    case 'id':
      return [event.id, event.externalId]
    case 'has':
      return of(
        marks.hasNote ? 'note' : null,
        marks.lateSince && 'late',
        marks.goneSince && 'gone',
        event.revision > 1 ? 'revision' : null,
        event.mapped ? null : 'unmapped',
      )
    case 'service':
    case 'connection':
    case 'verb':
    case 'action':
    case 'outcome':
      return [event[field]]
    default:
      return []
  }
}

export function fakeMatcher(text: string): (row: EventRow) => boolean {
  const all = terms(text)
  return (row) => all.every((term) => holds(row, term) !== term.isNegated)
}

function holds(row: EventRow, term: Term): boolean {
  if (term.field === null) return row.event.summary.toLowerCase().includes((term.values[0] ?? '').toLowerCase())
  const at = row.event.occurredAt
  if (term.field === 'after') return at !== null && at >= (term.values[0] ?? '')
  if (term.field === 'before') return at !== null && at < (term.values[0] ?? '')
  if (term.field === 'on') return at !== null && at.startsWith(term.values[0] ?? '')
  if (term.field === 'last') return true
  const own = valuesOf(row, canonicalField(term.field)).map((value) => value.toLowerCase())
  return term.values.some((value) => own.includes(value.toLowerCase()))
}

/** The facet value and label of a row; null when it has none. */
export function facetOf(row: EventRow, field: FacetField): { readonly value: string; readonly label: string } | null {
  const { event } = row
  const subject = { actor: event.actor, workspace: event.workspace, object: event.object }
  if (field === 'actor' || field === 'workspace' || field === 'object') {
    const named = subject[field]
    return named === null ? null : { value: named.id ?? '', label: named.name ?? named.id ?? '' }
  }
  const value = valuesOf(row, field)[0]
  return value === undefined ? null : { value, label: value }
}
