import type { Input, MethodName, Output } from '../../../src-main/contract/api.ts'
import { TrailviewError } from '../../../src-main/contract/errors.ts'
import type { PushMessage } from '../../../src-main/contract/push.ts'
import type { Reply } from '../../../src-main/contract/wire.ts'
import { Listeners } from '../listeners.ts'
import type { LinkState, Transport } from '../transport.ts'
import { createFakeCore, type FakeOptions } from './fake-core.ts'

/** Answers of the fake by method, as far as the screen asks; a test may replace any of them. */
export type FakeHandlers = { [N in MethodName]?: (input: Input<N>) => Output<N> | Promise<Output<N>> }

/** A transport without a core: deterministic generated rows, and hands for a test to push, break the link and watch calls. */
export interface FakeTransport extends Transport {
  readonly handlers: FakeHandlers
  readonly calls: readonly { readonly method: MethodName; readonly input: unknown; readonly signal: AbortSignal | undefined }[]
  push(message: PushMessage): void
  link(state: LinkState): void
}

export function createFakeTransport(options: FakeOptions): FakeTransport {
  const pushes = new Listeners<PushMessage>()
  const links = new Listeners<LinkState>()
  const calls: { method: MethodName; input: unknown; signal: AbortSignal | undefined }[] = []
  const handlers = createFakeCore(options, (message) => pushes.tell(message))

  async function call(method: MethodName, input: unknown, signal?: AbortSignal): Promise<Reply> {
    calls.push({ method, input, signal })
    try {
      const handler = handlers[method] as ((input: unknown) => unknown) | undefined
      if (handler === undefined) throw new TrailviewError('CALL_UNKNOWN', `The generated rows know no ${method}.`)
      const value = await handler(input)
      if (signal?.aborted) throw new TrailviewError('CALL_CANCELLED', 'The call was cancelled.')
      return { ok: true, value }
    } catch (error) {
      if (error instanceof TrailviewError) return { ok: false, error: error.toData() }
      throw error
    }
  }

  return {
    handlers,
    calls,
    call,
    onPush: (listener) => pushes.add(listener),
    onLink: (listener) => links.add(listener),
    push: (message) => pushes.tell(message),
    link: (state) => links.tell(state),
  }
}
