import type { QueryProblem } from '../../contract/model/query.ts'
import type { Lexeme } from './scan.ts'

/** Deeper than anybody writes, shallow enough for every recursion over the tree. */
const maxDepth = 100

/** Takes out the parentheses that have no partner or stand too deep, each with a problem; what is left is balanced. */
export function pairParentheses(lexemes: readonly Lexeme[]): {
  readonly lexemes: readonly Lexeme[]
  readonly problems: readonly QueryProblem[]
} {
  const wrong = new Map<Lexeme, string>()
  const open: Lexeme[] = []
  for (const lexeme of lexemes) {
    if (lexeme.kind === 'open') open.push(lexeme)
    if (lexeme.kind !== 'close') continue
    const partner = open.pop()
    if (partner === undefined) wrong.set(lexeme, 'This parenthesis was never opened; take it out, or put the text in quotes')
    else if (open.length >= maxDepth) {
      wrong.set(partner, `More than ${maxDepth} parentheses stand within each other here`)
      wrong.set(lexeme, `More than ${maxDepth} parentheses stand within each other here`)
    }
  }
  for (const lexeme of open) wrong.set(lexeme, 'This parenthesis is not closed; add `)`')
  const problems = [...wrong].map(([{ start, end }, message]) => ({ start, end, message, suggestion: null }))
  return { lexemes: wrong.size === 0 ? lexemes : lexemes.filter((lexeme) => !wrong.has(lexeme)), problems }
}
