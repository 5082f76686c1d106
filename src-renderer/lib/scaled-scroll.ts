/**
 * Tallest spacer the scroller ever asks of the browser, px. Chromium caps an element at about 33.5 million px and
 * loses whatever lies past it without a word; past this height a scroll position stands for a share of the rows instead.
 */
export const maxSpacerPx = 8_000_000

/** A list of equally tall rows in a viewport. `topPx` in the functions below is the exact offset into all rows, however tall they are together. */
export interface ScrollScale {
  readonly rows: number
  readonly rowHeightPx: number
  readonly viewportPx: number
}

/** Height of the element that gives the browser its scrollbar, px. */
export function spacerPx(scale: ScrollScale): number {
  return Math.min(scale.rows * scale.rowHeightPx, maxSpacerPx)
}

/** Whether scroll positions are scaled, so that the browser's own wheel steps would skip rows. */
export function isScaled(scale: ScrollScale): boolean {
  return scale.rows * scale.rowHeightPx > maxSpacerPx
}

/** The largest `topPx`: the last row stands at the lower edge. */
export function maxTopPx(scale: ScrollScale): number {
  return Math.max(0, scale.rows * scale.rowHeightPx - scale.viewportPx)
}

function maxScrollPx(scale: ScrollScale): number {
  return Math.max(0, spacerPx(scale) - scale.viewportPx)
}

export function clampTop(scale: ScrollScale, topPx: number): number {
  return Math.min(Math.max(0, topPx), maxTopPx(scale))
}

/** What a position of the scrollbar means. The lowest pixel is the end: browsers round positions, and the last row must not be rounded away. */
export function topFromScroll(scale: ScrollScale, scrollPx: number): number {
  const max = maxScrollPx(scale)
  if (max === 0 || scrollPx <= 0) return 0
  if (scrollPx >= max - 1 && isScaled(scale)) return maxTopPx(scale)
  return clampTop(scale, (scrollPx / max) * maxTopPx(scale))
}

/** Where the scrollbar belongs for an offset into the rows, px. */
export function scrollFromTop(scale: ScrollScale, topPx: number): number {
  const maxTop = maxTopPx(scale)
  return maxTop === 0 ? 0 : (clampTop(scale, topPx) / maxTop) * maxScrollPx(scale)
}

/** Rows that are at least partly in view. */
export function visibleRows(scale: ScrollScale, topPx: number): { readonly first: number; readonly count: number } {
  const top = clampTop(scale, topPx)
  const first = Math.min(Math.floor(top / scale.rowHeightPx), Math.max(0, scale.rows - 1))
  const end = Math.min(scale.rows, Math.ceil((top + scale.viewportPx) / scale.rowHeightPx))
  return { first, count: Math.max(0, end - first) }
}

/** The nearest offset at which `row` is wholly in view. */
export function topToShow(scale: ScrollScale, topPx: number, row: number): number {
  const rowTop = row * scale.rowHeightPx
  if (rowTop < topPx) return clampTop(scale, rowTop)
  const lowest = rowTop + scale.rowHeightPx - scale.viewportPx
  return clampTop(scale, Math.max(topPx, lowest))
}
