/** The longest that is waited, ms: nothing is drawn in a window out of sight. */
const patienceMs = 100

/** Resolves once all that has changed until now was handed over to be drawn: what is less urgent begins then. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, patienceMs)
    // a frame's own callbacks run before it is drawn, and timers that they set after it
    requestAnimationFrame(() => setTimeout(done))
  })
}
