import { computed, ref, watch, type Ref } from 'vue'
import { hasModifier } from '../../lib/keys.ts'
import { nearestBar, type Bar } from './bars.ts'

/** Marks a range of bars by mouse or keys; `onChoose` gets the first and last bar of it. */
export function useBrush(options: { readonly bars: Ref<readonly Bar[]>; readonly onChoose: (first: number, last: number) => void }) {
  const { bars, onChoose } = options
  const anchor = ref<number | null>(null)
  const head = ref<number | null>(null)
  let isDragging = false
  /** Where the drag began and has come to, px from the left. */
  let drag = { fromX: 0, toX: 0 }

  const range = computed<readonly [number, number] | null>(() => {
    if (head.value === null) return null
    const start = anchor.value ?? head.value
    return [Math.min(start, head.value), Math.max(start, head.value)]
  })

  function clear(): void {
    anchor.value = null
    head.value = null
    isDragging = false
  }

  function choose(): void {
    if (range.value !== null) onChoose(...range.value)
    clear()
  }

  const xOf = (event: PointerEvent): number => event.clientX - (event.currentTarget as HTMLElement).getBoundingClientRect().left

  function barAt(x: number): number | null {
    const index = nearestBar(bars.value, x)
    return index === -1 ? null : index
  }

  function onPointerDown(event: PointerEvent): void {
    if (event.button !== 0) return
    ;(event.currentTarget as HTMLElement).setPointerCapture(event.pointerId)
    isDragging = true
    drag = { fromX: xOf(event), toX: xOf(event) }
    anchor.value = head.value = barAt(drag.fromX)
  }

  function onPointerMove(event: PointerEvent): void {
    // without a button held, the bar under the pointer says what it holds
    drag.toX = xOf(event)
    head.value = barAt(drag.toX)
    if (!isDragging) anchor.value = head.value
  }

  function onPointerUp(): void {
    if (isDragging) choose()
  }

  function onPointerLeave(): void {
    if (!isDragging) clear()
  }

  function onKey(event: KeyboardEvent): void {
    const last = bars.value.length - 1
    if (hasModifier(event) || last < 0) return
    const at = head.value
    switch (event.key) {
      case 'ArrowLeft':
        head.value = at === null ? last : Math.max(0, at - 1)
        break
      case 'ArrowRight':
        head.value = at === null ? 0 : Math.min(last, at + 1)
        break
      case 'Home':
        head.value = 0
        break
      case 'End':
        head.value = last
        break
      case 'Enter':
        choose()
        break
      case 'Escape':
        clear()
        break
      default:
        return
    }
    if (event.key !== 'Enter' && event.key !== 'Escape' && (!event.shiftKey || anchor.value === null))
      anchor.value = event.shiftKey ? at : head.value
    event.preventDefault()
  }

  // other bars: what is being dragged goes on over them, any other mark would mean another time
  watch(bars, () => {
    if (!isDragging) return clear()
    anchor.value = barAt(drag.fromX)
    head.value = barAt(drag.toX)
  })

  return { range, clear, choose, onPointerDown, onPointerMove, onPointerUp, onPointerLeave, onKey }
}
