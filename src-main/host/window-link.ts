import type { RawData, WebSocket } from 'ws'
import { z } from 'zod'
import type { PushMessage } from '../contract/push.ts'
import type { ServerMessage } from '../contract/wire.ts'
import type { Core } from '../core/create-core.ts'

/** A window that leaves this many bytes of pushes unread is cut off; on return it asks for everything again. */
const maxUnreadBytes = 8 * 1024 * 1024

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id: z.number(), method: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('cancel'), id: z.number() }),
])

/** One open window. */
export interface WindowLink {
  push(message: PushMessage): void
  /** Cancels its calls and lets it go. */
  close(): void
}

/** Answers the calls that come over a window's socket. What it asked for stops when it goes away. */
export function linkWindow(socket: WebSocket, dispatch: Core['dispatch']): WindowLink {
  const calls = new Map<number, AbortController>()
  let unreadBytes = 0

  async function answer(id: number, method: string, input: unknown): Promise<void> {
    const controller = new AbortController()
    calls.set(id, controller)
    const reply = await dispatch(method, input, controller.signal)
    if (calls.get(id) === controller) calls.delete(id)
    // Nobody waits for the reply of a cancelled call, nor in a window that has gone.
    if (!controller.signal.aborted) socket.send(JSON.stringify({ type: 'reply', id, reply } satisfies ServerMessage))
  }

  function hear(data: RawData): void {
    const message = readMessage(data)
    if (message === null) socket.close(1008, 'This is not a message of the kind this address takes.')
    else if (message.type === 'cancel') calls.get(message.id)?.abort()
    else void answer(message.id, message.method, message.input)
  }

  function cancelAll(): void {
    for (const controller of calls.values()) controller.abort()
    calls.clear()
  }

  socket.on('message', hear)
  socket.on('close', cancelAll)
  // Over a damaged or oversized frame the socket closes by itself; the window opens another.
  socket.on('error', () => undefined)

  return {
    push(message) {
      if (unreadBytes > maxUnreadBytes) return socket.terminate()
      const text = JSON.stringify({ type: 'push', push: message } satisfies ServerMessage)
      unreadBytes += text.length
      socket.send(text, () => (unreadBytes -= text.length))
    },
    close() {
      cancelAll()
      socket.terminate()
    },
  }
}

function readMessage(data: RawData): z.output<typeof messageSchema> | null {
  try {
    return messageSchema.parse(JSON.parse((data as Buffer).toString('utf8')))
  } catch {
    return null
  }
}
