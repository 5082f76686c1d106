import type { MethodName } from '../../src-main/contract/api.ts'
import type { PushMessage } from '../../src-main/contract/push.ts'
import type { Reply } from '../../src-main/contract/wire.ts'

/** Whether the core can be reached. `reconnecting`: pushes may be missed until it is `connected` again. */
export type LinkState = 'connected' | 'reconnecting'

/** A way to the core. Replies are envelopes; a call that cannot be delivered is an envelope with an error, never a rejection. */
export interface Transport {
  /** Aborting `signal` cancels the call in the core; its reply is then `CALL_CANCELLED`. */
  call(method: MethodName, input: unknown, signal?: AbortSignal): Promise<Reply>
  /** Returns its undo. */
  onPush(listener: (push: PushMessage) => void): () => void
  /** Told of every change of the link; returns its undo. */
  onLink(listener: (state: LinkState) => void): () => void
}
