import type { MethodName } from '../../src-main/contract/api.ts'
import { TrailviewError } from '../../src-main/contract/errors.ts'
import type { PushMessage } from '../../src-main/contract/push.ts'
import type { Reply } from '../../src-main/contract/wire.ts'
import type { Transport } from './transport.ts'

/** What the preload exposes as `window.trailview`. It never grows with the method table. */
export interface Bridge {
  call(id: number, method: MethodName, input: unknown): Promise<Reply>
  cancel(id: number): void
  /** Returns its undo. */
  subscribe(listener: (push: PushMessage) => void): () => void
}

declare global {
  interface Window {
    readonly trailview?: Bridge
  }
}

/** The way to the core inside the Electron app. */
export function createElectronTransport(bridge: Bridge): Transport {
  let lastId = 0
  return {
    async call(method, input, signal) {
      const id = ++lastId
      if (signal?.aborted) return cancelled()
      const cancel = (): void => bridge.cancel(id)
      signal?.addEventListener('abort', cancel, { once: true })
      try {
        return await bridge.call(id, method, input)
      } catch {
        // the bridge itself fails only when the app is closing or has lost its core
        return {
          ok: false,
          error: new TrailviewError('INTERNAL', 'The app did not answer. Restart Trailview.', { retryable: true }).toData(),
        }
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    },
    onPush: (listener) => bridge.subscribe(listener),
    // the core lives in the same app: there is no link that could break while the window stands
    onLink: () => () => undefined,
  }
}

function cancelled(): Reply {
  return { ok: false, error: new TrailviewError('CALL_CANCELLED', 'The call was cancelled.').toData() }
}
