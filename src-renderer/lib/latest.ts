/** Runs one thing at a time, the newest: starting another cancels the one before. */
export interface Latest {
  /** The result, or undefined when a newer run (or `cancel`) took its place. Failures of a replaced run are dropped with it. */
  run<T extends object>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>
  cancel(): void
}

export function createLatest(): Latest {
  let current: AbortController | null = null
  return {
    async run(work) {
      current?.abort()
      const mine = new AbortController()
      current = mine
      try {
        const value = await work(mine.signal)
        return mine.signal.aborted ? undefined : value
      } catch (error) {
        if (mine.signal.aborted) return undefined
        throw error
      } finally {
        if (current === mine) current = null
      }
    },
    cancel() {
      current?.abort()
      current = null
    },
  }
}
