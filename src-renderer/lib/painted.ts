/** The longest that is waited, ms: nothing is drawn in a window out of sight. */
const patienceMs = 100

/**
 * Resolves with the frame after the one that shows all that has changed until now: what is less urgent begins then. The page hands a frame over
 * before it is drawn, and the drawing needs the processors.
 */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, patienceMs)
    requestAnimationFrame(() => requestAnimationFrame(done))
  })
}
