import { expect, it } from 'vitest'
import { shallowRef } from 'vue'
import type { Bar } from '../../src-renderer/features/histogram/bars.ts'
import { useBrush } from '../../src-renderer/features/histogram/use-brush.ts'

/** Bars of one width, from the left. */
const barsOf = (count: number, widthPx: number): readonly Bar[] =>
  Array.from({ length: count }, (_, i) => ({
    bucket: { start: '2026-01-01T00:00:00Z', count: 1, byService: {} },
    startMs: i,
    endMs: i + 1,
    x: i * widthPx,
    right: (i + 1) * widthPx,
  }))

const plot = { setPointerCapture: () => undefined, getBoundingClientRect: () => ({ left: 100 }) }
const at = (x: number) => ({ button: 0, pointerId: 1, clientX: 100 + x, currentTarget: plot }) as unknown as PointerEvent

it('goes on over bars that come while it is dragged, and drops a mark of any other kind', async () => {
  const bars = shallowRef(barsOf(10, 10))
  const chosen: (readonly [number, number])[] = []
  const brush = useBrush({ bars, onChoose: (first, last) => chosen.push([first, last]) })
  brush.onPointerDown(at(25))
  brush.onPointerMove(at(55))
  expect(brush.range.value).toEqual([2, 5])
  bars.value = barsOf(5, 20)
  await expect.poll(() => brush.range.value).toEqual([1, 2])
  brush.onPointerUp()
  expect(chosen).toEqual([[1, 2]])
  brush.onPointerMove(at(55))
  expect(brush.range.value).toEqual([2, 2])
  bars.value = barsOf(10, 10)
  await expect.poll(() => brush.range.value).toBeNull()
})
