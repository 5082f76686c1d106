/** A half-open span of UTC milliseconds; -Infinity: without a lower bound. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** What is left of a span when others are taken out of it, ascending. */
export function subtract(span: Span, taken: readonly Span[]): readonly Span[] {
  let left: Span[] = span.fromMs < span.toMs ? [span] : []
  for (const cut of taken) {
    left = left.flatMap((part) => {
      if (!overlaps(part, cut)) return [part]
      const before = { fromMs: part.fromMs, toMs: Math.min(part.toMs, cut.fromMs) }
      const after = { fromMs: Math.max(part.fromMs, cut.toMs), toMs: part.toMs }
      return [before, after].filter((piece) => piece.fromMs < piece.toMs)
    })
  }
  return left
}

/** Whether any instant lies in both; an empty span overlaps nothing. */
export const overlaps = (a: Span, b: Span): boolean => Math.max(a.fromMs, b.fromMs) < Math.min(a.toMs, b.toMs)
