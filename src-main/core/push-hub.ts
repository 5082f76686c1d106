import type { PushMessage, PushName, PushTable } from '../contract/push.ts'

export interface PushHub {
  send<N extends PushName>(name: N, payload: PushTable[N]): void
  /** Calls the listener with every push; returns its undo. */
  on(listener: (push: PushMessage) => void): () => void
}

/** Hands pushes to whoever listens; a listener that throws does not keep the others from hearing. */
export function createPushHub(onListenerError: (error: unknown) => void): PushHub {
  const listeners = new Set<(push: PushMessage) => void>()
  return {
    send(name, payload) {
      const push = { name, payload } as PushMessage
      for (const listener of listeners) {
        try {
          listener(push)
        } catch (error) {
          onListenerError(error)
        }
      }
    },
    on(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
