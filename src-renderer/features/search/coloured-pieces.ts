import type { ParsedQuery, QueryToken } from '../../../src-main/contract/model/query.ts'

/** A stretch of the query as it is drawn. */
export interface ColouredPiece {
  readonly text: string
  readonly kind: QueryToken['kind'] | 'plain'
  readonly isProblem: boolean
}

/** The text cut wherever a token or a problem begins or ends; plain from where it differs from the text that was read. */
export function colouredPieces(text: string, { tokens, problems }: ParsedQuery, readText: string): readonly ColouredPiece[] {
  let known = 0
  while (known < text.length && text[known] === readText[known]) known++
  const edges = new Set([0, known, text.length])
  for (const { start, end } of [...tokens, ...problems]) edges.add(Math.min(start, known)).add(Math.min(end, known))
  const sorted = [...edges].sort((a, b) => a - b)
  return sorted.slice(0, -1).map((start, i) => {
    const holds = (span: { readonly start: number; readonly end: number }): boolean =>
      start < known && span.start <= start && start < span.end
    return {
      text: text.slice(start, sorted[i + 1]),
      kind: tokens.find(holds)?.kind ?? 'plain',
      isProblem: problems.some(holds),
    }
  })
}
