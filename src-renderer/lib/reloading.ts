/** Keeps loads that a change of the archive asks for from cancelling one another for ever while changes pour in. */
export interface Reloading {
  /** Loads now, whatever is under way: the question itself changed. */
  restart(): Promise<void>
  /** Loads again once, after what is under way: only the answer may have changed. */
  refresh(): Promise<void>
}

/** `load` cancels an unfinished load of its own when called again; `reload` (by default `load`) is what a refresh does. */
export function createReloading(load: () => Promise<void>, reload: () => Promise<void> = load): Reloading {
  let running = 0
  let isStale = false

  async function run(work: () => Promise<void>): Promise<void> {
    running++
    try {
      await work()
    } finally {
      running--
    }
    if (running > 0 || !isStale) return
    isStale = false
    await run(reload)
  }

  return {
    restart() {
      isStale = false
      return run(load)
    },
    async refresh() {
      if (running > 0) isStale = true
      else await run(reload)
    },
  }
}
