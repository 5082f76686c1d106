import { onBeforeUnmount, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { painted } from './lib/painted.ts'
import { placeQuery, type Place } from './lib/place.ts'
import { useQueryStore } from './stores/query.ts'
import { useSelectionStore } from './stores/selection.ts'

/** Wait before what is typed and selected is written into the address, ms; not every letter and arrow press is worth an entry. */
const settleMs = 250

/** Keeps the address and the query of a place in step, both ways, so that back, forward and a copied address work. */
export function useAddress(place: Place): void {
  const route = useRoute()
  const router = useRouter()
  const query = useQueryStore()
  const selection = useSelectionStore()
  const path = route.path
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStep = false

  const inAddress = (key: 'q' | 'e'): string => {
    const value = route.query[key]
    return typeof value === 'string' ? value : ''
  }
  const selectedId = (): string => (selection.isDetailOpen ? (selection.id ?? '') : '')

  function write(): void {
    clearTimeout(timer)
    if (route.path !== path) return
    const others = Object.fromEntries(Object.entries(route.query).filter(([key]) => key !== 'q' && key !== 'e'))
    const wanted = { ...others, ...(query.text === '' ? {} : { q: query.text }), ...(selectedId() === '' ? {} : { e: selectedId() }) }
    const mustPush = isStep
    isStep = false
    if (inAddress('q') === query.text && inAddress('e') === selectedId()) return
    void (mustPush ? router.push({ path, query: wanted }) : router.replace({ path, query: wanted }))
  }

  selection.clear()
  void query.enter(placeQuery(place), inAddress('q'))
  if (inAddress('e') !== '') void selection.selectId(inAddress('e'))

  watch(
    () => [query.text, selectedId()] as const,
    ([text], [oldText]) => {
      clearTimeout(timer)
      if (text !== oldText && query.isStep) {
        isStep = true
        // the browser takes milliseconds for a new address: what was asked for is drawn first
        void painted().then(write)
      } else timer = setTimeout(write, settleMs)
    },
  )
  watch(
    () => [route.path, inAddress('q'), inAddress('e')] as const,
    ([nowPath, q, e], [, oldQ, oldE]) => {
      if (nowPath !== path) return
      if (q !== oldQ && q !== query.text) void query.set(q)
      if (e !== oldE && e !== selectedId()) {
        if (e === '') selection.isDetailOpen = false
        else void selection.selectId(e)
      }
    },
  )
  onBeforeUnmount(() => clearTimeout(timer))
}
