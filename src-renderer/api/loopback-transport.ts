import { TrailviewError } from '../../src-main/contract/errors.ts'
import type { PushMessage } from '../../src-main/contract/push.ts'
import type { ClientMessage, Reply, ServerMessage } from '../../src-main/contract/wire.ts'
import { Listeners } from './listeners.ts'
import type { LinkState, Transport } from './transport.ts'

const firstRetryMs = 250
const longestRetryMs = 5_000

/**
 * The way to the core of a loopback host: one WebSocket beside the page, which the session cookie opens. Calls that are made before
 * it is open wait for it; those under way when it is lost fail. A lost socket is opened again, ever more slowly, and at once for a call.
 */
export function createLoopbackTransport(pageUrl: string): Transport {
  const pushes = new Listeners<PushMessage>()
  const links = new Listeners<LinkState>()
  const waiting = new Map<number, (reply: Reply) => void>()
  const unsent: string[] = []
  let lastId = 0
  let retryMs = firstRetryMs
  let retry: ReturnType<typeof setTimeout> | undefined
  let socket = connect()

  function connect(): WebSocket {
    clearTimeout(retry)
    const opening = new WebSocket(new URL('./link', pageUrl.replace(/^http/u, 'ws')))
    let wasOpen = false
    opening.addEventListener('open', () => {
      wasOpen = true
      retryMs = firstRetryMs
      for (const text of unsent.splice(0)) opening.send(text)
      links.tell('connected')
    })
    opening.addEventListener('message', ({ data }) => hear(JSON.parse(String(data)) as ServerMessage))
    opening.addEventListener('close', () => {
      void failAll(wasOpen)
      links.tell('reconnecting')
      retry = setTimeout(() => (socket = connect()), retryMs)
      retryMs = Math.min(longestRetryMs, retryMs * 2)
    })
    return opening
  }

  function hear(message: ServerMessage): void {
    if (message.type === 'push') return pushes.tell(message.push)
    const settle = waiting.get(message.id)
    waiting.delete(message.id)
    settle?.(message.reply)
  }

  async function failAll(wasOpen: boolean): Promise<void> {
    const lost = [...waiting.values()]
    waiting.clear()
    unsent.length = 0
    const reply = wasOpen || !(await isSignedOut(pageUrl)) ? noAnswer() : signedOut()
    for (const settle of lost) settle(reply)
  }

  function send(message: ClientMessage): void {
    const text = JSON.stringify(message)
    if (socket.readyState === WebSocket.OPEN) return socket.send(text)
    unsent.push(text)
    if (socket.readyState === WebSocket.CLOSED) socket = connect()
  }

  return {
    call: (method, input, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve(cancelled())
        const id = ++lastId
        const cancel = (): void => {
          waiting.delete(id)
          send({ type: 'cancel', id })
          resolve(cancelled())
        }
        signal?.addEventListener('abort', cancel, { once: true })
        waiting.set(id, (reply) => {
          signal?.removeEventListener('abort', cancel)
          resolve(reply)
        })
        send({ type: 'call', id, method, input })
      }),
    onPush: (listener) => pushes.add(listener),
    onLink: (listener) => links.add(listener),
  }
}

/** A browser does not tell why a socket was refused; the page itself would be refused for the same reason. */
function isSignedOut(pageUrl: string): Promise<boolean> {
  return fetch(new URL('./', pageUrl), { method: 'HEAD' }).then(
    ({ status }) => status === 401 || status === 403,
    () => false,
  )
}

const cancelled = (): Reply => failure('CALL_CANCELLED', 'The call was cancelled.', false)
const noAnswer = (): Reply =>
  failure('INTERNAL', 'Trailview does not answer. Check that it is still running; this window connects again by itself.', true)
const signedOut = (): Reply =>
  failure('CALL_INVALID', 'This window is no longer signed in to Trailview. Open the address that Trailview printed at its start.', false)

function failure(code: 'CALL_CANCELLED' | 'CALL_INVALID' | 'INTERNAL', message: string, retryable: boolean): Reply {
  return { ok: false, error: new TrailviewError(code, message, { retryable }).toData() }
}
