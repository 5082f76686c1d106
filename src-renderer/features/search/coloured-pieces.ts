import type { ParsedQuery, QueryToken } from '../../../src-main/contract/model/query.ts'

/** A stretch of the query as it is drawn. */
export interface ColouredPiece {
  readonly text: string
  readonly kind: QueryToken['kind'] | 'plain'
  readonly isProblem: boolean
}

/** Letters that only make a word longer, whatever they are added to. */
const moreOfAWord = /^[\p{L}\p{N}]+$/u

/**
 * The text cut wherever a token or a problem begins or ends; plain from where it differs from the text that was read. A word that grew
 * looks at once as it will when it is read.
 */
export function colouredPieces(text: string, { tokens, problems }: ParsedQuery, readText: string): readonly ColouredPiece[] {
  let same = 0
  while (same < text.length && text[same] === readText[same]) same++
  const grew = same === readText.length && moreOfAWord.test(text.slice(same))
  const words = tokens.map((token) =>
    grew && token.end === same && (token.kind === 'text' || token.kind === 'value') ? { ...token, end: text.length } : token,
  )
  const known = words.some(({ end }) => end === text.length) ? text.length : same
  const edges = new Set([0, known, text.length])
  for (const { start, end } of [...words, ...problems]) edges.add(Math.min(start, known)).add(Math.min(end, known))
  const sorted = [...edges].sort((a, b) => a - b)
  return sorted.slice(0, -1).map((start, i) => {
    const holds = (span: { readonly start: number; readonly end: number }): boolean =>
      start < known && span.start <= start && start < span.end
    return {
      text: text.slice(start, sorted[i + 1]),
      kind: words.find(holds)?.kind ?? 'plain',
      isProblem: problems.some(holds),
    }
  })
}
