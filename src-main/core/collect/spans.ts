/** A half-open span of time, ms since 1970; `from` -Infinity: without a lower bound. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The parts of `whole` that none of `taken` covers, newest first. */
export function subtract(whole: Span, taken: readonly Span[]): Span[] {
  const rest: Span[] = []
  let to = whole.to
  for (const span of taken.toSorted((a, b) => b.to - a.to)) {
    if (span.from >= to) continue
    if (span.to < to) rest.push({ from: Math.max(span.to, whole.from), to })
    to = Math.min(to, span.from)
    if (to <= whole.from) break
  }
  if (to > whole.from) rest.push({ from: whole.from, to })
  return rest.filter((span) => span.from < span.to)
}

/** The spans with everything that overlaps or touches joined, newest first. */
export function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans.toSorted((a, b) => b.to - a.to)) {
    const last = merged.at(-1)
    if (last === undefined || span.to < last.from) merged.push(span)
    else merged[merged.length - 1] = { from: Math.min(last.from, span.from), to: last.to }
  }
  return merged
}

/** The span cut at every point inside it, newest part first. */
export function cut(span: Span, points: readonly number[]): Span[] {
  const inside = points.filter((point) => point > span.from && point < span.to).toSorted((a, b) => b - a)
  const parts: Span[] = []
  let to = span.to
  for (const from of [...new Set(inside), span.from]) {
    parts.push({ from, to })
    to = from
  }
  return parts
}

/** A span as it crosses interfaces: UTC ISO, null for no lower bound. */
export function toIso(span: Span): { readonly from: string | null; readonly to: string } {
  return { from: span.from === -Infinity ? null : new Date(span.from).toISOString(), to: new Date(span.to).toISOString() }
}

export function fromIso(span: { readonly from: string | null; readonly to: string }): Span {
  return { from: span.from === null ? -Infinity : Date.parse(span.from), to: Date.parse(span.to) }
}
