import type { ParsedQuery, QueryToken } from '../../../src-main/contract/model/query.ts'

/** A stretch of the query as it is drawn. */
export interface ColouredPiece {
  readonly text: string
  readonly kind: QueryToken['kind'] | 'plain'
  readonly isProblem: boolean
}

/** The text cut wherever a token or a problem begins or ends; one plain piece while it has not been read yet. */
export function colouredPieces(text: string, parsed: ParsedQuery | null): readonly ColouredPiece[] {
  if (parsed === null) return text === '' ? [] : [{ text, kind: 'plain', isProblem: false }]
  const edges = new Set([0, text.length])
  for (const { start, end } of [...parsed.tokens, ...parsed.problems])
    edges.add(Math.min(start, text.length)).add(Math.min(end, text.length))
  const sorted = [...edges].sort((a, b) => a - b)
  return sorted.slice(0, -1).map((start, i) => {
    const holds = (span: { readonly start: number; readonly end: number }): boolean => span.start <= start && start < span.end
    return {
      text: text.slice(start, sorted[i + 1]),
      kind: parsed.tokens.find(holds)?.kind ?? 'plain',
      isProblem: parsed.problems.some(holds),
    }
  })
}
