interface Running<Value> {
  readonly result: Promise<Value>
  readonly stop: AbortController
  users: number
}

/** Work that several callers may ask for at once: it is done once, and stops when the last of them is cancelled. */
export class SharedWork<Key, Value> {
  readonly #running = new Map<Key, Running<Value>>()

  /** Joins the work of this key that is under way, or begins it. Rejects with the signal's reason when cancelled. */
  async join(key: Key, signal: AbortSignal, begin: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    let running = this.#running.get(key)
    if (running === undefined || running.stop.signal.aborted) {
      const stop = new AbortController()
      const result = begin(stop.signal).finally(() => {
        if (this.#running.get(key)?.stop === stop) this.#running.delete(key)
      })
      running = { result, stop, users: 0 }
      this.#running.set(key, running)
    }
    return use(running, signal)
  }
}

async function use<Value>(running: Running<Value>, signal: AbortSignal): Promise<Value> {
  running.users++
  const leave = (): void => {
    running.users--
    if (running.users === 0) running.stop.abort(signal.reason)
  }
  signal.addEventListener('abort', leave, { once: true })
  try {
    const result = await running.result
    signal.throwIfAborted()
    return result
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
