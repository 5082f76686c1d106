/** The calls under way, by the id their caller gave them. Two windows may use the same id at the same time. */
export interface RunningCalls {
  start(id: number): { readonly signal: AbortSignal; cancel(): void; end(): void }
  cancel(id: number): void
  cancelAll(): void
}

export function createRunningCalls(): RunningCalls {
  const calls = new Map<number, Set<AbortController>>()
  return {
    start(id) {
      const controller = new AbortController()
      const same = calls.get(id) ?? new Set()
      calls.set(id, same.add(controller))
      return {
        signal: controller.signal,
        cancel: () => controller.abort(),
        end: () => {
          same.delete(controller)
          if (same.size === 0) calls.delete(id)
        },
      }
    },
    cancel: (id) => calls.get(id)?.forEach((controller) => controller.abort()),
    cancelAll: () => calls.forEach((same) => same.forEach((controller) => controller.abort())),
  }
}
