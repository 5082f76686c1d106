import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { createClient } from '../../src-renderer/api/client.ts'
import { createElectronTransport, type Bridge } from '../../src-renderer/api/electron-transport.ts'
import { createLoopbackTransport } from '../../src-renderer/api/loopback-transport.ts'

describe('the loopback transport', () => {
  let server: Server
  let sockets: WebSocketServer
  let url: string
  const asked: unknown[] = []
  let answer: (request: IncomingMessage) => { readonly status: number; readonly body: string } | null

  beforeEach(async () => {
    asked.length = 0
    answer = () => ({ status: 200, body: JSON.stringify({ ok: true, value: [] }) })
    server = createServer((request, response) => {
      let text = ''
      request.on('data', (chunk: Buffer) => (text += chunk.toString()))
      request.on('end', () => {
        asked.push(JSON.parse(text))
        const reply = answer(request)
        if (reply !== null) response.writeHead(reply.status).end(reply.body)
      })
    })
    sockets = new WebSocketServer({ server, path: '/push' })
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

  it('posts a call and unwraps its reply', async () => {
    const client = createClient(createLoopbackTransport(url))
    expect(await client.call('exports.list', {})).toEqual([])
    expect(asked).toEqual([{ id: expect.any(Number) as number, method: 'exports.list', input: {} }])
  })

  it('throws the error of a reply as it was sent', async () => {
    answer = () => ({
      status: 200,
      body: JSON.stringify({ ok: false, error: { code: 'EVENT_NOT_FOUND', message: 'No event has this id.', retryable: false } }),
    })
    const client = createClient(createLoopbackTransport(url))
    await expect(client.call('events.get', { id: 'x' })).rejects.toMatchObject({
      code: 'EVENT_NOT_FOUND',
      message: 'No event has this id.',
    })
  })

  it('closes the request of a cancelled call, so that the core can stop', async () => {
    const closed = new Promise<void>((resolve) => {
      answer = (request) => {
        request.socket.once('close', () => resolve())
        return null
      }
    })
    const client = createClient(createLoopbackTransport(url))
    const cancel = new AbortController()
    const call = client.call('exports.list', {}, { signal: cancel.signal })
    await vi.waitFor(() => expect(asked.length).toBe(1))
    cancel.abort()
    await expect(call).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    await closed
  })

  it('says what to do when the session is over, or nobody answers', async () => {
    const client = createClient(createLoopbackTransport(url))
    answer = () => ({ status: 401, body: 'no' })
    await expect(client.call('exports.list', {})).rejects.toThrow(/Open the address that Trailview printed/)
    answer = () => ({ status: 200, body: '<html>' })
    await expect(client.call('exports.list', {})).rejects.toMatchObject({ code: 'INTERNAL', retryable: true })
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
    await vi.waitFor(() => expect(links).toEqual(['connected']))
    push(1)
    await vi.waitFor(() => expect(changes).toEqual([1]))
    for (const socket of sockets.clients) socket.terminate()
    await vi.waitFor(() => expect(links).toEqual(['connected', 'reconnecting', 'connected']), { timeout: 5_000 })
    push(2)
    await vi.waitFor(() => expect(changes).toEqual([1, 2]))
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
