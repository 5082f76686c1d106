import { inject, type InjectionKey } from 'vue'
import type { Input, MethodName, Output } from '../../src-main/contract/api.ts'
import { TrailviewError } from '../../src-main/contract/errors.ts'
import type { PushName, PushTable } from '../../src-main/contract/push.ts'
import type { LinkState, Transport } from './transport.ts'

/** The core as the screen sees it: one typed call, one typed subscription. */
export interface Client {
  /** The value of the reply. Throws `TrailviewError`; a call cancelled by `signal` throws one with code `CALL_CANCELLED`. */
  call<N extends MethodName>(name: N, input: Input<N>, options?: { readonly signal?: AbortSignal }): Promise<Output<N>>
  /** Returns its undo. */
  on<N extends PushName>(name: N, listener: (payload: PushTable[N]) => void): () => void
  /** Returns its undo. */
  onLink(listener: (state: LinkState) => void): () => void
}

/** Where the app provides its client to the stores. */
export const clientKey: InjectionKey<Client> = Symbol('client')

export function createClient(transport: Transport): Client {
  return {
    async call<N extends MethodName>(name: N, input: Input<N>, options: { readonly signal?: AbortSignal } = {}) {
      const reply = await transport.call(name, input, options.signal)
      if (!reply.ok) throw TrailviewError.from(reply.error)
      return reply.value as Output<N>
    },
    on<N extends PushName>(name: N, listener: (payload: PushTable[N]) => void) {
      return transport.onPush((push) => {
        if (push.name === name) listener(push.payload as PushTable[N])
      })
    },
    onLink: (listener) => transport.onLink(listener),
  }
}

/** The client of the running app, for stores. */
export function useClient(): Client {
  const client = inject(clientKey)
  if (client === undefined) throw new Error('No client was provided to the app.')
  return client
}
