import type { Clock } from '../../ports.ts'

/** Lets at most `concurrency` requests run at once, begins no more than `requestsPerSecond`, and holds all of them back until a told instant. */
export class Pace {
  readonly #clock: Clock
  readonly #gapMs: number
  readonly #waiting: (() => void)[] = []
  #free: number
  #nextAtMs = 0

  constructor(clock: Clock, concurrency: number, requestsPerSecond: number | null) {
    this.#clock = clock
    this.#free = concurrency
    this.#gapMs = requestsPerSecond === null ? 0 : 1000 / requestsPerSecond
  }

  /** No request begins before this instant, ms since 1970. */
  holdUntil(atMs: number): void {
    this.#nextAtMs = Math.max(this.#nextAtMs, atMs)
  }

  /** Runs one request when its turn has come. Rejects with the signal's reason when it aborts while waiting. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal | null): Promise<T> {
    await this.#enter(signal)
    try {
      for (let waitMs = this.#waitMs(); waitMs > 0; waitMs = this.#waitMs()) await this.#clock.sleep(waitMs, signal ?? undefined)
      this.#nextAtMs = Math.max(this.#nextAtMs, this.#clock.now() + this.#gapMs)
      return await work()
    } finally {
      this.#leave()
    }
  }

  #waitMs(): number {
    return this.#nextAtMs - this.#clock.now()
  }

  async #enter(signal: AbortSignal | null): Promise<void> {
    signal?.throwIfAborted()
    if (this.#free > 0) {
      this.#free--
      return
    }
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1)
        reject(signal?.reason as Error)
      }
      this.#waiting.push(start)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** The place goes straight to the next in line. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#free++
    else next()
  }
}
