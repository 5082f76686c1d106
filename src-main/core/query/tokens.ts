import type { QueryProblem, QueryToken } from '../../contract/model/query.ts'
import type { Lexeme } from './scan.ts'

/** The pieces of a query for colouring, in order and without overlap; a piece that touches a problem is one. Problems come sorted by start. */
export function tokensOf(lexemes: readonly Lexeme[], problems: readonly QueryProblem[]): readonly QueryToken[] {
  let seen = 0
  let reachesTo = 0
  return lexemes.flatMap(piecesOf).map((piece) => {
    for (let next = problems[seen]; next !== undefined && next.start < piece.end; next = problems[++seen])
      reachesTo = Math.max(reachesTo, next.end)
    return reachesTo > piece.start ? { ...piece, kind: 'problem' } : piece
  })
}

function piecesOf(lexeme: Lexeme): readonly QueryToken[] {
  switch (lexeme.kind) {
    case 'open':
    case 'close':
      return [{ kind: 'paren', start: lexeme.start, end: lexeme.end }]
    case 'or':
    case 'not':
    case 'minus':
      return [{ kind: 'operator', start: lexeme.start, end: lexeme.end }]
    case 'term': {
      if (lexeme.field === null) return [{ kind: 'text', start: lexeme.start, end: lexeme.end }]
      const values = lexeme.values
        .filter((value) => value.end > value.start)
        .map(({ start, end }) => ({ kind: 'value', start, end }) as const)
      return [{ kind: 'field', start: lexeme.field.start, end: lexeme.field.end }, ...values]
    }
  }
}
