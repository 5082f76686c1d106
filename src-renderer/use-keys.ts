import { onBeforeUnmount, onMounted } from 'vue'
import type { ReviewStatus } from '../src-main/contract/model/audit-event.ts'
import { focusGrid } from './lib/grid-focus.ts'
import { hasModifier, isTypingTarget } from './lib/keys.ts'
import { useDetailStore } from './stores/detail.ts'
import { useExportsStore } from './stores/exports.ts'
import { useQueryStore } from './stores/query.ts'
import { useResultsStore } from './stores/results.ts'
import { useReviewStore } from './stores/review.ts'
import { useSelectionStore } from './stores/selection.ts'

const nextStatus: Readonly<Record<ReviewStatus, ReviewStatus>> = {
  unreviewed: 'reviewed',
  reviewed: 'follow-up',
  'follow-up': 'unreviewed',
}

/** Single keys that work anywhere in the window, except while writing and in dialogs. */
export function useKeys(actions: { readonly openHelp: () => void }): void {
  const query = useQueryStore()
  const selection = useSelectionStore()
  const detail = useDetailStore()
  const results = useResultsStore()
  const review = useReviewStore()
  const exports = useExportsStore()

  /** Anything on screen that stands for a value says so in its attributes. */
  function filterFocused(isNegated: boolean): void {
    const focused = document.activeElement?.closest<HTMLElement>('[data-filter-field]')
    const { filterField, filterValue } = focused?.dataset ?? {}
    if (filterField && filterValue !== undefined) void query.toggle(filterField, filterValue, isNegated)
  }

  function markNext(): void {
    const id = selection.id
    if (id === null) return
    const row = selection.row === null ? undefined : results.rowAt(selection.row)
    const known = [row, detail.detail].find((one) => one?.event.id === id)
    if (known === undefined || known === null) return
    void review.mark(id, nextStatus[known.marks.reviewStatus ?? 'unreviewed'])
  }

  function writeNote(): void {
    if (selection.id === null) return
    selection.isDetailOpen = true
    review.isNoteWanted = true
  }

  /** Out of a field first, then out of the detail. */
  function leave(target: EventTarget | null): void {
    if (!isTypingTarget(target)) selection.isDetailOpen = false
    else if (target instanceof HTMLElement) target.blur()
    focusGrid()
  }

  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || hasModifier(event) || document.querySelector('dialog[open]') !== null) return
    if (event.key === 'Escape') return leave(event.target)
    if (isTypingTarget(event.target)) return
    const search = document.querySelector<HTMLElement>('[data-search-box]')
    const isBench = search !== null
    switch (event.key) {
      case '?':
        actions.openHelp()
        break
      case '/':
        search?.focus()
        break
      case 'j':
      case 'k':
        if (!isBench) break
        selection.step(event.key === 'j' ? 1 : -1)
        focusGrid()
        break
      case 'f':
      case 'F':
        filterFocused(event.key === 'F')
        break
      case 'm':
        if (isBench) markNext()
        break
      case 'n':
        if (isBench) writeNote()
        break
      case 'e':
        if (isBench && !query.hasProblem) exports.isDialogOpen = true
        break
      default:
        return
    }
    event.preventDefault()
  }

  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
}
