import { getCurrentScope, onScopeDispose, ref, watch, type Ref } from 'vue'

/** Whether a condition has held for `afterMs`, without becoming another one: what is over sooner is not worth a word. */
export function lasting(condition: () => unknown, afterMs: number): Readonly<Ref<boolean>> {
  const hasLasted = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = (): void => clearTimeout(timer)
  watch(
    condition,
    (holds) => {
      stop()
      if (holds) timer = setTimeout(() => (hasLasted.value = true), afterMs)
      else hasLasted.value = false
    },
    { immediate: true },
  )
  if (getCurrentScope() !== undefined) onScopeDispose(stop)
  return hasLasted
}
