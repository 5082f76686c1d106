import { fold } from '../lib/fold.ts'
import type { QueryProblem } from '../../contract/model/query.ts'
import { readTimeRange, type QueryContext } from './dates.ts'
import { findField, hasFlags, isHasFlag, nearestFieldName, type DateField, type QueryField } from './fields.ts'
import { textPattern, valuePattern } from './pattern.ts'
import { quoteValue } from './quote.ts'
import type { ScannedTerm, ScannedValue } from './scan.ts'
import type { TextScope } from './tree.ts'
import { everything, fieldWords, hasWords, oneOf, textWords, type Meaning } from './words.ts'

/** What a term means, or what is wrong with it: with problems its meaning is left out of the tree. */
export type TermReading = { readonly meaning: Meaning; readonly field: QueryField | null } | { readonly problems: readonly QueryProblem[] }

/** Reads one word, phrase or `field:value`. */
export function readTerm(term: ScannedTerm, context: QueryContext): TermReading {
  const open = term.values.find((value) => value.openQuoteAt !== null)
  if (open !== undefined)
    return refuse({
      start: open.openQuoteAt ?? term.start,
      end: term.end,
      message: 'This quote is not closed; add the second one',
      suggestion: null,
    })
  if (term.field === null) return { meaning: oneOf(term.values.map((value) => textMeaning('text', value.text))), field: null }

  const field = findField(term.field.name)
  if (field === undefined) return refuse(unknownField(term, term.field.name))
  const empty = term.values.find((value) => value.start === value.end)
  if (empty !== undefined) return refuse(missingValue(term, field, empty))
  return readField(field, term, context)
}

function readField(field: QueryField, term: ScannedTerm, context: QueryContext): TermReading {
  const texts = term.values.map((value) => value.text)
  switch (field.kind) {
    case 'match':
      return {
        meaning: { tree: { kind: 'field', field: field.name, anyOf: texts.map(valuePattern) }, words: fieldWords(field.noun, texts) },
        field,
      }
    case 'raw':
      return { meaning: oneOf(texts.map((text) => textMeaning('raw', text))), field }
    case 'has':
      return gather(field, term.values, hasMeaning)
    case 'date':
      return field.name !== 'on' && term.values.length > 1
        ? refuse({ start: term.start, end: term.end, message: `\`${field.name}:\` takes one value`, suggestion: null })
        : gather(field, term.values, (value) => timeMeaning(field.name, value, context))
  }
}

/** Any of the values; or, when one of them cannot be read, only the problems. */
function gather(field: QueryField, values: readonly ScannedValue[], read: (value: ScannedValue) => Meaning | QueryProblem): TermReading {
  const meanings: Meaning[] = []
  const problems: QueryProblem[] = []
  for (const value of values) {
    const result = read(value)
    if ('message' in result) problems.push(result)
    else meanings.push(result)
  }
  return problems.length > 0 ? { problems } : { meaning: oneOf(meanings), field }
}

function textMeaning(scope: TextScope, text: string): Meaning {
  const pattern = textPattern(text)
  if (pattern.pieces.length === 0) return everything
  return { tree: { kind: 'text', scope, pattern }, words: textWords(scope === 'text' ? 'text' : 'text or payload', text) }
}

function hasMeaning({ start, end, text }: ScannedValue): Meaning | QueryProblem {
  const flag = fold(text)
  if (isHasFlag(flag)) return { tree: { kind: 'has', flag }, words: hasWords(flag) }
  return { start, end, message: `\`has:\` knows ${Object.keys(hasFlags).join(', ')}, not \`${text}\``, suggestion: null }
}

function timeMeaning(field: DateField, { start, end, text }: ScannedValue, context: QueryContext): Meaning | QueryProblem {
  const range = readTimeRange(field, text, context)
  if ('problem' in range) return { start, end, message: range.problem, suggestion: null }
  return { tree: { kind: 'time', fromMs: range.fromMs, toMs: range.toMs }, words: range.words }
}

function unknownField(term: ScannedTerm, name: string): QueryProblem {
  const rest = term.values.map((value) => value.text).join(',')
  const quoted = quoteValue(`${name.replaceAll('"', '')}:${rest}`)
  const near = rest.startsWith('//') ? null : nearestFieldName(name)
  if (near === null)
    return {
      start: term.start,
      end: term.end,
      message: `\`${name}:\` is no field; to search for this text, put it in quotes: ${quoted}`,
      suggestion: quoted,
    }
  const end = term.field?.end ?? term.end
  return {
    start: term.start,
    end,
    message: `\`${name}:\` is no field; did you mean \`${near}:\`? To search for this text, put it in quotes`,
    suggestion: `${near}:`,
  }
}

function missingValue(term: ScannedTerm, field: QueryField, empty: ScannedValue): QueryProblem {
  if (term.values.length > 1)
    return {
      start: term.start,
      end: term.end,
      message: `A value is missing beside a comma after \`${field.name}:\`; write several values without spaces, or in quotes`,
      suggestion: null,
    }
  return {
    start: term.start,
    end: empty.end,
    message: `\`${field.name}:\` has no value; write one right after the colon, or ${field.name}:* for any`,
    suggestion: null,
  }
}

function refuse(problem: QueryProblem): TermReading {
  return { problems: [problem] }
}
