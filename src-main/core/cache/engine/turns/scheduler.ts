/** Whose turn comes first: rows somebody waits to see, before numbers, before work nobody watches. */
export const urgency = { rows: 2, numbers: 1, background: 0 } as const
export type Urgency = (typeof urgency)[keyof typeof urgency]

/** How long work runs before it lets others have a turn, ms. */
const turnMs = 6

interface Waiter {
  readonly urgency: Urgency
  readonly resume: () => void
}

/**
 * Shares one thread between queries. Long work calls `breathe` between its slices; while it waits for its next turn, messages
 * (new queries, cancellations) are received. The most urgent goes on first, and of equals the newest.
 */
export class Scheduler {
  #waiting: Waiter[] = []
  #isPumping = false
  #turnStartMs = 0

  /** Resolves at once while the turn lasts, otherwise at the next turn. Rejects with the signal's reason when cancelled. */
  async breathe(urgency: Urgency, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (performance.now() - this.#turnStartMs < turnMs) return
    await new Promise<void>((resume) => {
      this.#waiting.push({ urgency, resume })
      this.#pump()
    })
    signal.throwIfAborted()
  }

  #pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    setImmediate(() => {
      this.#isPumping = false
      let best = 0
      for (let at = 1; at < this.#waiting.length; at++) {
        if ((this.#waiting[at]?.urgency ?? 0) >= (this.#waiting[best]?.urgency ?? 0)) best = at
      }
      const [next] = this.#waiting.splice(best, 1)
      this.#turnStartMs = performance.now()
      next?.resume()
      if (this.#waiting.length > 0) this.#pump()
    })
  }
}
