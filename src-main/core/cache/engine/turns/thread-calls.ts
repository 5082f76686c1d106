import type { MessagePort, TransferListItem, Worker } from 'node:worker_threads'
import { type ErrorData, TrailviewError } from '../../../../contract/errors.ts'

type ToThread =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly type: 'cancel'; readonly id: number }

type FromThread =
  | { readonly type: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorData }
  | { readonly type: 'news'; readonly news: unknown }

/** The methods of a thread. Each takes the signal of its call last. */
export type ThreadMethods = Readonly<Record<string, (...args: never[]) => unknown>>

/** Wraps a reply whose buffers are handed over instead of copied. */
export class Handover {
  readonly value: unknown
  readonly buffers: readonly TransferListItem[]

  constructor(value: unknown, buffers: readonly TransferListItem[]) {
    this.value = value
    this.buffers = buffers
  }
}

/** What a cancelled call rejects with. */
export const cancelled = (): TrailviewError => new TrailviewError('CALL_CANCELLED', 'The search was stopped.')

/** Answers calls at a port. `failureOf` turns what was thrown into an error with a sentence. */
export function answerCalls(port: MessagePort, methods: ThreadMethods, failureOf: (error: unknown) => TrailviewError): void {
  const running = new Map<number, AbortController>()
  const answer = async (call: Extract<ToThread, { type: 'call' }>): Promise<void> => {
    const controller = new AbortController()
    running.set(call.id, controller)
    try {
      // What was cancelled while this thread was busy is not begun: its cancellation has arrived by then, behind it.
      await new Promise((resolve) => setImmediate(resolve))
      controller.signal.throwIfAborted()
      const method = methods[call.method] as ((...args: readonly unknown[]) => unknown) | undefined
      const value = await method?.(...call.args, controller.signal)
      if (value instanceof Handover)
        port.postMessage({ type: 'reply', id: call.id, value: value.value } satisfies FromThread, value.buffers)
      else port.postMessage({ type: 'reply', id: call.id, value } satisfies FromThread)
    } catch (error) {
      port.postMessage({ type: 'error', id: call.id, error: failureOf(error).toData() } satisfies FromThread)
    } finally {
      running.delete(call.id)
    }
  }
  port.on('message', (message: ToThread) => {
    if (message.type === 'call') void answer(message)
    else running.get(message.id)?.abort(cancelled())
  })
}

/** Tells the other end something it did not ask for. */
export const tellerOf =
  (port: MessagePort) =>
  (news: unknown): void =>
    port.postMessage({ type: 'news', news } satisfies FromThread)

/** The other end: calls into a worker. */
export class ThreadCaller {
  readonly #worker: Worker
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  readonly #exited: Promise<void>
  #lastId = 0
  #failure: TrailviewError | null = null

  constructor(worker: Worker, onNews: (news: unknown) => void = () => {}) {
    this.#worker = worker
    worker.on('message', (message: FromThread) => {
      if (message.type === 'news') {
        onNews(message.news)
        return
      }
      const waiting = this.#pending.get(message.id)
      this.#pending.delete(message.id)
      if (message.type === 'reply') waiting?.resolve(message.value)
      else waiting?.reject(TrailviewError.from(message.error))
    })
    worker.on('error', (cause) => {
      this.#fail(
        new TrailviewError('INTERNAL', 'The search ended unexpectedly; nothing stored is affected. Start Trailview again.', { cause }),
      )
    })
    this.#exited = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail(new TrailviewError('INTERNAL', 'The archive is closed.'))
        resolve()
      })
    })
  }

  /** Calls a method; a signal that aborts cancels it there and rejects with CALL_CANCELLED here at once. */
  call<Value>(method: string, args: readonly unknown[], signal?: AbortSignal): Promise<Value> {
    const id = ++this.#lastId
    return new Promise<Value>((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure)
      if (signal?.aborted === true) return reject(cancelled())
      const cancel = (): void => {
        this.#pending.delete(id)
        this.#worker.postMessage({ type: 'cancel', id } satisfies ToThread)
        reject(cancelled())
      }
      signal?.addEventListener('abort', cancel, { once: true })
      const settled = (): void => signal?.removeEventListener('abort', cancel)
      this.#pending.set(id, {
        resolve: (value) => {
          settled()
          resolve(value as Value)
        },
        reject: (error) => {
          settled()
          reject(error)
        },
      })
      this.#worker.postMessage({ type: 'call', id, method, args } satisfies ToThread)
    })
  }

  /** Ends the thread. */
  async end(): Promise<void> {
    await this.#worker.terminate()
    await this.#exited
  }

  #fail(error: TrailviewError): void {
    this.#failure ??= error
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
  }
}
