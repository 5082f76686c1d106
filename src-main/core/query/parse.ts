import type { QueryProblem, TextSpan } from '../../contract/model/query.ts'
import type { QueryContext } from './dates.ts'
import { isKnownZone } from './local-time.ts'
import { pairParentheses } from './parentheses.ts'
import { scan, type Lexeme, type ScannedTerm } from './scan.ts'
import { readTerm } from './term.ts'
import { tokensOf } from './tokens.ts'
import type { ParseResult } from './tree.ts'
import { allOf, everything, noneOf, oneOf, type Meaning } from './words.ts'

export type { QueryContext } from './dates.ts'

/**
 * Reads a query. Never throws, whatever the text: what is wrong stands in `problems`, with its place. The tree of a query with
 * problems leaves the wrong parts out and is there to be looked at, never to be run.
 */
export function parseQuery(text: string, context: QueryContext): ParseResult {
  if (!isKnownZone(context.zone)) {
    const problem = {
      start: 0,
      end: text.length,
      message: `\`${context.zone}\` is no known time zone; choose one like Europe/Berlin or UTC`,
      suggestion: null,
    }
    return { tree: everything.tree, problems: [problem], tokens: tokensOf(scan(text), [problem]), chips: [], inWords: everything.words }
  }
  const lexemes = scan(text)
  const paired = pairParentheses(lexemes)
  const parser = new Parser(paired.lexemes, context)
  const meaning = parser.alternatives(0) ?? everything
  const problems = [...paired.problems, ...parser.problems].sort((a, b) => a.start - b.start || a.end - b.end)
  return {
    tree: meaning.tree,
    problems,
    tokens: tokensOf(lexemes, problems),
    chips: parser.hasTopLevelOr ? [] : parser.chips,
    inWords: meaning.words,
  }
}

/** Recursive descent over pieces whose parentheses are balanced and not too deep. A part that says nothing is null. */
class Parser {
  readonly problems: QueryProblem[] = []
  readonly chips: ParseResult['chips'][number][] = []
  hasTopLevelOr = false
  readonly #lexemes: readonly Lexeme[]
  readonly #context: QueryContext
  #at = 0

  constructor(lexemes: readonly Lexeme[], context: QueryContext) {
    this.#lexemes = lexemes
    this.#context = context
  }

  /** a OR b OR c */
  alternatives(depth: number): Meaning | null {
    let left = this.#sequence(depth)
    const parts = left.meaning === null ? [] : [left.meaning]
    for (let or = this.#take('or'); or !== null; or = this.#take('or')) {
      if (depth === 0) this.hasTopLevelOr = true
      const right = this.#sequence(depth)
      if (left.isEmpty || right.isEmpty)
        this.#complain(or, '`OR` needs something on both sides; to search for the word itself, put it in quotes')
      if (right.meaning !== null) parts.push(right.meaning)
      left = right
    }
    return parts.length === 0 ? null : oneOf(parts)
  }

  /** a b c */
  #sequence(depth: number): { readonly meaning: Meaning | null; readonly isEmpty: boolean } {
    const from = this.#at
    const parts: Meaning[] = []
    for (let next = this.#peek(); next !== undefined && next.kind !== 'or' && next.kind !== 'close'; next = this.#peek()) {
      const part = this.#negatable(depth)
      if (part !== null) parts.push(part)
    }
    return { meaning: parts.length === 0 ? null : allOf(parts), isEmpty: this.#at === from }
  }

  /** a, -a, NOT a, (…) */
  #negatable(depth: number): Meaning | null {
    const start = this.#peek()?.start ?? 0
    let isNegated = false
    for (let sign = this.#take('not', 'minus'); sign !== null; sign = this.#take('not', 'minus')) {
      isNegated = !isNegated
      const next = this.#peek()
      const isDangling =
        next === undefined || next.kind === 'or' || next.kind === 'close' || (sign.kind === 'minus' && next.start !== sign.end)
      if (isDangling) {
        const [written, place] = sign.kind === 'minus' ? ['-', 'right after it'] : ['NOT', 'after it']
        this.#complain(sign, `\`${written}\` needs a term ${place}; to search for it as text, put it in quotes`)
        return null
      }
    }
    const next = this.#peek()
    const part = next?.kind === 'term' ? this.#term(next, depth === 0 ? { start, isNegated } : null) : this.#group(depth)
    return part === null || !isNegated ? part : noneOf(part)
  }

  #group(depth: number): Meaning | null {
    const open = this.#take('open')
    if (open === null) return null
    const closeAt = this.#peek()
    const meaning = this.alternatives(depth + 1)
    const close = this.#take('close')
    if (closeAt === close && close !== null)
      this.#complain({ start: open.start, end: close.end }, 'Nothing stands between these parentheses')
    return meaning
  }

  #term(term: ScannedTerm, topLevel: { readonly start: number; readonly isNegated: boolean } | null): Meaning | null {
    this.#at++
    const reading = readTerm(term, this.#context)
    if ('problems' in reading) {
      this.problems.push(...reading.problems)
      return null
    }
    if (topLevel !== null && reading.field !== null) {
      const values = term.values.map((value) => value.text)
      this.chips.push({ start: topLevel.start, end: term.end, field: reading.field.name, values, isNegated: topLevel.isNegated })
    }
    return reading.meaning
  }

  #peek(): Lexeme | undefined {
    return this.#lexemes[this.#at]
  }

  #take(...kinds: readonly Lexeme['kind'][]): Lexeme | null {
    const next = this.#peek()
    if (next === undefined || !kinds.includes(next.kind)) return null
    this.#at++
    return next
  }

  #complain({ start, end }: TextSpan, message: string): void {
    this.problems.push({ start, end, message, suggestion: null })
  }
}
