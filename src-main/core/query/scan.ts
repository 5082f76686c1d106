import type { TextSpan } from '../../contract/model/query.ts'

/** One value as written: quotes taken off, its place with them. */
export interface ScannedValue extends TextSpan {
  readonly text: string
  /** The quote that is open at the end of the query, if one is. */
  readonly openQuoteAt: number | null
}

/** A word, phrase or `field:value`; not yet judged. */
export interface ScannedTerm extends TextSpan {
  readonly kind: 'term'
  /** What stands before the first unquoted colon; its span includes the colon. Null: free text. */
  readonly field: (TextSpan & { readonly name: string }) | null
  /** At least one. Free text has exactly one. */
  readonly values: readonly ScannedValue[]
}

export type Lexeme = ScannedTerm | (TextSpan & { readonly kind: 'open' | 'close' | 'or' | 'not' | 'minus' })

const space = /\s/u

/** Cuts a query into its pieces, with positions. Takes any text; quotes switch off everything between them. */
export function scan(text: string): readonly Lexeme[] {
  const lexemes: Lexeme[] = []
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    const single = char === '(' ? 'open' : char === ')' ? 'close' : char === '-' ? 'minus' : null
    if (space.test(char)) at++
    else if (single !== null) lexemes.push({ kind: single, start: at, end: ++at })
    else {
      const lexeme = scanWord(text, at)
      lexemes.push(lexeme)
      at = lexeme.end
    }
  }
  return lexemes
}

function scanWord(text: string, start: number): Lexeme {
  const end = wordEnd(text, start)
  const word = text.slice(start, end)
  if (word === 'OR') return { kind: 'or', start, end }
  if (word === 'NOT') return { kind: 'not', start, end }
  const colon = fieldColon(text, start, end)
  if (colon === null) return { kind: 'term', start, end, field: null, values: [readValue(text, start, end)] }
  const cuts = [colon, ...unquoted(text, colon + 1, end, ','), end]
  const values = cuts.slice(1).map((cut, i) => readValue(text, (cuts[i] ?? colon) + 1, cut))
  return { kind: 'term', start, end, field: { start, end: colon + 1, name: text.slice(start, colon) }, values }
}

function wordEnd(text: string, start: number): number {
  let isQuoted = false
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '"') isQuoted = !isQuoted
    else if (!isQuoted && (char === '(' || char === ')' || space.test(char))) return at
  }
  return text.length
}

/** The colon that makes what stands before it a field name: the first one outside quotes that has something before it. */
function fieldColon(text: string, start: number, end: number): number | null {
  return unquoted(text, start, end, ':').find((at) => at > start && text.charAt(at - 1) !== ':') ?? null
}

function unquoted(text: string, start: number, end: number, wanted: string): readonly number[] {
  const places: number[] = []
  let isQuoted = false
  for (let at = start; at < end; at++) {
    if (text[at] === '"') isQuoted = !isQuoted
    else if (!isQuoted && text[at] === wanted) places.push(at)
  }
  return places
}

function readValue(text: string, start: number, end: number): ScannedValue {
  const written = text.slice(start, end)
  const isOpen = written.split('"').length % 2 === 0
  return { start, end, text: written.replaceAll('"', ''), openQuoteAt: isOpen ? start + written.lastIndexOf('"') : null }
}
