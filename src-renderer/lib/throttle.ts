/** Calls `work` at most once per `intervalMs`: at once the first time, then after the interval if asked meanwhile. */
export function throttle(work: () => void, intervalMs: number): () => void {
  let timer: ReturnType<typeof setTimeout> | null = null
  let isAsked = false
  const run = (): void => {
    isAsked = false
    work()
    timer = setTimeout(() => {
      timer = null
      if (isAsked) run()
    }, intervalMs)
  }
  return () => {
    if (timer === null) run()
    else isAsked = true
  }
}
