import { ref, type Ref } from 'vue'
import { hasModifier } from '../lib/keys.ts'

/** Walks the rows of a list with arrows, Page Up and Down, Home and End. `open` acts on the focused row, by Enter; false: it has not arrived. */
export function useRowKeys(options: {
  readonly rows: Readonly<Ref<{ readonly showRow: (row: number) => void; readonly pageRows: () => number } | null>>
  readonly total: () => number
  readonly open: (row: number) => boolean
}): { readonly focused: Ref<number>; readonly onKey: (event: KeyboardEvent) => void } {
  const { rows, total, open } = options
  const focused = ref(0)

  function onKey(event: KeyboardEvent): void {
    if (hasModifier(event)) return
    const page = rows.value?.pageRows() ?? 1
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: focused.value + 1,
      ArrowUp: focused.value - 1,
      PageDown: focused.value + page,
      PageUp: focused.value - page,
      Home: 0,
      End: total() - 1,
    }
    const to = steps[event.key]
    if (to !== undefined) {
      focused.value = Math.min(Math.max(0, to), Math.max(0, total() - 1))
      rows.value?.showRow(focused.value)
    } else if (event.key !== 'Enter' || !open(focused.value)) return
    event.preventDefault()
  }

  return { focused, onKey }
}
