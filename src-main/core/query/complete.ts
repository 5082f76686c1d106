import type { QueryCompletion } from '../../contract/model/query.ts'
import { fold } from '../lib/fold.ts'
import { findField, queryFields, type QueryField } from './fields.ts'
import { quoteValue } from './quote.ts'
import { scan, type ScannedTerm } from './scan.ts'

type OfferedValue = Pick<QueryCompletion, 'insert' | 'label' | 'count' | 'services'>

/** Values of a field that contain the folded text, commonest first; `insert` is the bare value, without quotes. */
export type ValueLookup = (field: string, foldedText: string, limit: number) => Promise<readonly OfferedValue[]>

const maxOffered = 20

/** What could be written at the caret (UTF-16 offset): fields and operators for a word, values after `field:`. The rest of the query stays as it is. */
export async function completeQuery(text: string, caret: number, lookup: ValueLookup): Promise<readonly QueryCompletion[]> {
  const word = scan(text).find(
    (lexeme) => lexeme.start < caret && caret <= lexeme.end && lexeme.kind !== 'open' && lexeme.kind !== 'close' && lexeme.kind !== 'minus',
  )
  if (word === undefined) return fieldsLike('', caret, caret)
  if (word.kind !== 'term') return []
  if (word.field !== null && caret >= word.field.end) return await valuesOf(word, word.field.name, text, caret, lookup)
  const written = text.slice(word.start, caret)
  if (written.includes('"')) return []
  return [...fieldsLike(written, word.start, word.field?.end ?? word.end), ...operatorsLike(written, word.start, word.end)]
}

function fieldsLike(written: string, start: number, end: number): readonly QueryCompletion[] {
  const wanted = written.toLowerCase()
  return queryFields
    .filter((field) => [field.name, ...field.aliases].some((name) => name.startsWith(wanted)))
    .map((field) => ({ start, end, insert: `${field.name}:`, label: `${field.name}: ${field.help}`, kind: 'field', count: null }))
}

function operatorsLike(written: string, start: number, end: number): readonly QueryCompletion[] {
  return [
    { insert: 'OR ', label: 'OR: either side', name: 'OR' },
    { insert: 'NOT ', label: 'NOT: without what follows', name: 'NOT' },
  ]
    .filter(({ name }) => name.startsWith(written))
    .map(({ insert, label }) => ({ start, end, insert, label, kind: 'operator', count: null }))
}

async function valuesOf(
  term: ScannedTerm,
  fieldName: string,
  text: string,
  caret: number,
  lookup: ValueLookup,
): Promise<readonly QueryCompletion[]> {
  const field = findField(fieldName)
  const value = term.values.find(({ start, end }) => start <= caret && caret <= end)
  if (field === undefined || value === undefined || field.kind === 'raw') return []
  const wanted = fold(text.slice(value.start, caret).replaceAll('"', ''))
  const offered = await knownValues(field, wanted, lookup)
  return offered.map(({ insert, ...rest }) => ({
    start: value.start,
    end: value.end,
    insert: quoteValue(insert),
    kind: 'value',
    ...rest,
  }))
}

/** The fixed values of a field where it has any, with the archive's counts beside them; else the archive's values. */
async function knownValues(field: QueryField, wanted: string, lookup: ValueLookup): Promise<readonly OfferedValue[]> {
  const found = field.kind === 'match' ? await lookup(field.name, wanted, maxOffered) : []
  if (field.values.length === 0) return found.slice(0, maxOffered)
  const counts = new Map(found.map(({ insert, count }) => [insert, count]))
  return field.values
    .filter((value) => value.includes(wanted))
    .map((value) => ({ insert: value, label: value, count: counts.get(value) ?? null }))
}
