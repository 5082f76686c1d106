import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isScaled,
  maxSpacerPx,
  maxTopPx,
  scrollFromTop,
  spacerPx,
  topFromScroll,
  topToShow,
  visibleRows,
} from '../../src-renderer/lib/scaled-scroll.ts'

const scales = fc.record({
  rows: fc.integer({ min: 0, max: 50_000_000 }),
  rowHeightPx: fc.integer({ min: 20, max: 60 }),
  viewportPx: fc.integer({ min: 100, max: 2_000 }),
})

describe('the scaled scroller', () => {
  it('never asks for a spacer that the browser would cut', () => {
    fc.assert(fc.property(scales, (scale) => spacerPx(scale) <= maxSpacerPx))
  })

  it('maps the ends of the scrollbar to the first and the last row', () => {
    fc.assert(
      fc.property(scales, (scale) => {
        expect(visibleRows(scale, topFromScroll(scale, 0)).first).toBe(0)
        const atEnd = visibleRows(scale, topFromScroll(scale, Math.max(0, spacerPx(scale) - scale.viewportPx)))
        expect(atEnd.first + atEnd.count).toBe(scale.rows)
      }),
    )
  })

  it('reaches the last row even where the browser rounds the lowest scroll position', () => {
    fc.assert(
      fc.property(scales, fc.double({ min: 0, max: 0.99, noNaN: true }), (scale, lostPx) => {
        fc.pre(isScaled(scale))
        const { first, count } = visibleRows(scale, topFromScroll(scale, spacerPx(scale) - scale.viewportPx - lostPx))
        expect(first + count).toBe(scale.rows)
      }),
    )
  })

  it('moves the scrollbar and the rows in the same order', () => {
    fc.assert(
      fc.property(scales, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (scale, a, b) => {
        const [low, high] = [Math.min(a, b) * maxTopPx(scale), Math.max(a, b) * maxTopPx(scale)]
        expect(scrollFromTop(scale, low)).toBeLessThanOrEqual(scrollFromTop(scale, high))
        const span = Math.max(0, spacerPx(scale) - scale.viewportPx)
        expect(topFromScroll(scale, Math.min(a, b) * span)).toBeLessThanOrEqual(topFromScroll(scale, Math.max(a, b) * span))
      }),
    )
  })

  it('shows any row wholly after a jump to it, and moves no further than needed', () => {
    fc.assert(
      fc.property(scales, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (scale, n, at) => {
        fc.pre(scale.rows > 0)
        const row = n % scale.rows
        const before = at * maxTopPx(scale)
        const top = topToShow(scale, before, row)
        // Between these whole numbers the row is in view. Adding the viewport to an offset that is no whole number would round.
        const [lowest, highest] = [(row + 1) * scale.rowHeightPx - scale.viewportPx, row * scale.rowHeightPx]
        expect(top).toBeGreaterThanOrEqual(lowest)
        expect(top).toBeLessThanOrEqual(highest)
        const wasVisible = before >= lowest && before <= highest
        if (wasVisible) expect(top).toBe(before)
      }),
    )
  })

  it('steps by single rows through ten million of them without skipping one', () => {
    const scale = { rows: 10_000_000, rowHeightPx: 30, viewportPx: 700 }
    for (const start of [0, 4_999_990, 9_999_900]) {
      let top = start * 30
      for (let row = start; row < start + 50; row++) {
        expect(visibleRows(scale, top).first).toBe(row)
        top = topToShow(scale, top + 30, row + 1)
      }
    }
  })
})
