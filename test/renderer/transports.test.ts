import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import type { ClientMessage, Reply } from '../../src-main/contract/wire.ts'
import { createClient } from '../../src-renderer/api/client.ts'
import { createElectronTransport, type Bridge } from '../../src-renderer/api/electron-transport.ts'
import { createLoopbackTransport } from '../../src-renderer/api/loopback-transport.ts'

/** On a busy machine everything takes long. */
const patiently = { timeout: 30_000 }

describe('the loopback transport', () => {
  let server: Server
  let sockets: WebSocketServer
  let url: string
  let isWelcome: boolean
  const heard: ClientMessage[] = []
  let answer: (call: ClientMessage & { readonly type: 'call' }) => Reply | null

  beforeEach(async () => {
    heard.length = 0
    isWelcome = true
    answer = () => ({ ok: true, value: [] })
    server = createServer((_, response) => response.writeHead(isWelcome ? 200 : 401).end())
    sockets = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      if (!isWelcome || request.url !== '/link') socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
      else sockets.handleUpgrade(request, socket, head, (client) => client.on('message', (data: Buffer) => hear(client, data)))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?x=1#/events`
  })
  afterEach(() => {
    for (const socket of sockets.clients) socket.terminate()
    sockets.close()
    server.closeAllConnections()
    server.close()
  })

  function hear(client: WebSocket, data: Buffer): void {
    const message = JSON.parse(data.toString('utf8')) as ClientMessage
    heard.push(message)
    const reply = message.type === 'call' ? answer(message) : null
    if (reply !== null) client.send(JSON.stringify({ type: 'reply', id: message.id, reply }))
  }

  it('sends a call as soon as it is open, and unwraps its reply', async () => {
    const client = createClient(createLoopbackTransport(url))
    expect(await client.call('exports.list', {})).toEqual([])
    expect(heard).toEqual([{ type: 'call', id: expect.any(Number) as number, method: 'exports.list', input: {} }])
  })

  it('throws the error of a reply as it was sent', async () => {
    answer = () => ({ ok: false, error: { code: 'EVENT_NOT_FOUND', message: 'No event has this id.', retryable: false } })
    const client = createClient(createLoopbackTransport(url))
    await expect(client.call('events.get', { id: 'x' })).rejects.toMatchObject({
      code: 'EVENT_NOT_FOUND',
      message: 'No event has this id.',
    })
  })

  it('tells the core of a cancelled call, and does not wait for it', async () => {
    answer = () => null
    const client = createClient(createLoopbackTransport(url))
    const cancel = new AbortController()
    const call = client.call('exports.list', {}, { signal: cancel.signal })
    await vi.waitFor(() => expect(heard.length).toBe(1), patiently)
    cancel.abort()
    await expect(call).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    await vi.waitFor(() => expect(heard[1]).toEqual({ type: 'cancel', id: heard[0]?.id }), patiently)
  })

  it('says what to do when the session is over, or the link is lost on the way', async () => {
    isWelcome = false
    await expect(createClient(createLoopbackTransport(url)).call('exports.list', {})).rejects.toThrow(
      /Open the address that Trailview printed/,
    )
    isWelcome = true
    answer = () => {
      for (const socket of sockets.clients) socket.terminate()
      return null
    }
    const client = createClient(createLoopbackTransport(url))
    await expect(client.call('exports.list', {})).rejects.toMatchObject({ code: 'INTERNAL', retryable: true })
    answer = () => ({ ok: true, value: [] })
    expect(await client.call('exports.list', {})).toEqual([])
  })

  it('hands out pushes, and connects again after the link was lost', async () => {
    const transport = createLoopbackTransport(url)
    const client = createClient(transport)
    const links: string[] = []
    const changes: number[] = []
    client.onLink((state) => links.push(state))
    const stop = client.on('events.changed', ({ added }) => changes.push(added))
    const push = (added: number): void => {
      for (const socket of sockets.clients)
        socket.send(JSON.stringify({ type: 'push', push: { name: 'events.changed', payload: { added, changed: 0 } } }))
    }
    await vi.waitFor(() => expect(links).toEqual(['connected']), patiently)
    push(1)
    await vi.waitFor(() => expect(changes).toEqual([1]), patiently)
    for (const socket of sockets.clients) socket.terminate()
    await vi.waitFor(() => expect(links).toEqual(['connected', 'reconnecting', 'connected']), patiently)
    push(2)
    await vi.waitFor(() => expect(changes).toEqual([1, 2]), patiently)
    stop()
    push(3)
    await client.call('exports.list', {})
    expect(changes).toEqual([1, 2])
  })
})

describe('the Electron transport', () => {
  it('cancels by the id of the call', async () => {
    const cancelled: number[] = []
    let end: () => void = () => undefined
    const bridge: Bridge = {
      call: (id) => new Promise((resolve) => (end = () => resolve({ ok: true, value: id }))),
      cancel: (id) => {
        cancelled.push(id)
        end()
      },
      subscribe: () => () => undefined,
    }
    const transport = createElectronTransport(bridge)
    expect(await transport.call('exports.list', {}, AbortSignal.abort())).toMatchObject({ ok: false, error: { code: 'CALL_CANCELLED' } })
    const cancel = new AbortController()
    const call = transport.call('exports.list', {}, cancel.signal)
    cancel.abort()
    expect(await call).toMatchObject({ ok: true, value: cancelled[0] })
    expect(cancelled.length).toBe(1)
  })

  it('turns a broken bridge into an error that can be shown', async () => {
    const transport = createElectronTransport({
      call: () => Promise.reject(new Error('gone')),
      cancel: () => undefined,
      subscribe: () => () => undefined,
    })
    expect(await transport.call('exports.list', {})).toMatchObject({ ok: false, error: { code: 'INTERNAL', retryable: true } })
  })
})
