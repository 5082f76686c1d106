import type { ArchiveWriter } from '../cache/archive.ts'

/** How long a run waits for another process that collects, ms. */
export const holdWaitMs = 60_000

/** The right to collect, taken once for all runs of this process and freed when the last of them ends. */
export class SharedHold {
  readonly #writer: Pick<ArchiveWriter, 'hold'>
  readonly #onTaken: () => Promise<void>
  #users = 0
  #taken: Promise<{ release(): Promise<void> }> | null = null
  #stop = new AbortController()

  /** `onTaken` runs each time the right was taken anew, before anybody uses it. */
  constructor(writer: Pick<ArchiveWriter, 'hold'>, onTaken: () => Promise<void>) {
    this.#writer = writer
    this.#onTaken = onTaken
  }

  /** Does the work while holding the right. Rejects with ARCHIVE_BUSY when another process keeps it, or with the signal's reason. */
  async during<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#users++
    try {
      this.#taken ??= this.#take()
      await unlessAborted(this.#taken, signal)
      return await work()
    } finally {
      this.#users--
      if (this.#users === 0) await this.#free()
    }
  }

  async #take(): Promise<{ release(): Promise<void> }> {
    this.#stop = new AbortController()
    const hold = await this.#writer.hold('collecting events', holdWaitMs, this.#stop.signal)
    try {
      await this.#onTaken()
      return hold
    } catch (error) {
      await hold.release()
      throw error
    }
  }

  async #free(): Promise<void> {
    const taken = this.#taken
    this.#taken = null
    this.#stop.abort()
    const hold = await taken?.catch(() => null)
    await hold?.release()
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  let stop = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
