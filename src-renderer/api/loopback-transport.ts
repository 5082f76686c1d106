import { TrailviewError } from '../../src-main/contract/errors.ts'
import type { PushMessage } from '../../src-main/contract/push.ts'
import type { Reply, ServerMessage } from '../../src-main/contract/wire.ts'
import { Listeners } from './listeners.ts'
import type { LinkState, Transport } from './transport.ts'

const firstRetryMs = 250
const longestRetryMs = 5_000

/**
 * The way to the core of a loopback host: calls by POST, pushes over a WebSocket, both beside the page.
 * An aborted call closes its request, which cancels it in the core. The session cookie was set when the one-time address was opened. A lost socket is opened again, ever more slowly.
 */
export function createLoopbackTransport(pageUrl: string): Transport {
  // ids are the client's: a random start keeps two windows of one session from cancelling each other's calls
  let lastId = (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) * 2 ** 20
  const pushes = new Listeners<PushMessage>()
  const links = new Listeners<LinkState>()
  let retryMs = firstRetryMs

  function connect(): void {
    const socket = new WebSocket(new URL('./push', pageUrl.replace(/^http/u, 'ws')))
    socket.addEventListener('open', () => {
      retryMs = firstRetryMs
      links.tell('connected')
    })
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as ServerMessage
      if (message.type === 'push') pushes.tell(message.push)
    })
    socket.addEventListener('close', () => {
      links.tell('reconnecting')
      setTimeout(connect, retryMs)
      retryMs = Math.min(longestRetryMs, retryMs * 2)
    })
  }
  connect()

  return {
    call: (method, input, signal) => callOnce(pageUrl, { id: ++lastId, method, input }, signal),
    onPush: (listener) => pushes.add(listener),
    onLink: (listener) => links.add(listener),
  }
}

async function callOnce(
  pageUrl: string,
  body: { readonly id: number; readonly method: string; readonly input: unknown },
  signal?: AbortSignal,
): Promise<Reply> {
  if (signal?.aborted) return failure('CALL_CANCELLED', 'The call was cancelled.', false)
  try {
    const response = await post(pageUrl, body, signal)
    if (response.status === 401 || response.status === 403) {
      return failure(
        'CALL_INVALID',
        'This window is no longer signed in to Trailview. Open the address that Trailview printed at its start.',
        false,
      )
    }
    return (await response.json()) as Reply
  } catch {
    if (signal?.aborted) return failure('CALL_CANCELLED', 'The call was cancelled.', false)
    return failure('INTERNAL', 'Trailview does not answer. Check that it is still running; this window connects again by itself.', true)
  }
}

function post(pageUrl: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  return fetch(new URL('./call', pageUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })
}

function failure(code: 'CALL_CANCELLED' | 'CALL_INVALID' | 'INTERNAL', message: string, retryable: boolean): Reply {
  return { ok: false, error: new TrailviewError(code, message, { retryable }).toData() }
}
