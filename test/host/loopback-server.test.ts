import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { PushMessage } from '../../src-main/contract/push.ts'
import type { Reply } from '../../src-main/contract/wire.ts'
import { startLoopbackServer, type LoopbackServer } from '../../src-main/host/loopback-server.ts'
import { ask } from './http-client.ts'

const push: PushMessage = { name: 'events.changed', payload: { added: 3, changed: 1 } }

/** A core whose calls the test answers. */
function createFakeCore() {
  const listeners = new Set<(push: PushMessage) => void>()
  const calls: { readonly name: string; readonly input: unknown; readonly signal: AbortSignal; answer(reply: Reply): void }[] = []
  return {
    calls,
    push: (message: PushMessage) => listeners.forEach((listener) => listener(message)),
    get listenerCount() {
      return listeners.size
    },
    dispatch: (name: string, input: unknown, signal: AbortSignal = new AbortController().signal) =>
      new Promise<Reply>((answer) => {
        calls.push({ name, input, signal, answer })
        if (name === 'app.info') answer({ ok: true, value: { echoed: input } })
        signal.addEventListener('abort', () =>
          answer({ ok: false, error: { code: 'CALL_CANCELLED', message: 'Cancelled.', retryable: false } }),
        )
      }),
    onPush: (listener: (push: PushMessage) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

let folder: string
let core: ReturnType<typeof createFakeCore>
let server: LoopbackServer
let port: number
let origin: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'trailview-host-'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Screen</title>')
  writeFileSync(join(folder, 'main.js'), 'export {}')
  core = createFakeCore()
  server = await startLoopbackServer({ core, rendererFolder: folder, port: 0 })
  port = Number(new URL(server.url).port)
  origin = `http://127.0.0.1:${port}`
})

afterEach(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** Opens the printed address and returns the cookie, as a browser would keep it. */
async function signIn(): Promise<string> {
  const { headers } = await ask(port, new URL(server.url).pathname)
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

function openSocket(headers: Record<string, string>): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${port}/link`, { headers })
}

/** What became of an attempt to open a socket: `opened`, or why not. */
function outcomeOf(socket: WebSocket): Promise<string> {
  return new Promise((resolve) => socket.once('open', () => resolve('opened')).once('error', (error) => resolve(error.message)))
}

/** The socket of a window that is signed in, and what it has heard. */
async function openWindow(): Promise<{ readonly socket: WebSocket; readonly heard: unknown[]; readonly cookie: string }> {
  const cookie = await signIn()
  const socket = openSocket({ origin, cookie })
  expect(await outcomeOf(socket)).toBe('opened')
  const heard: unknown[] = []
  socket.on('message', (data: Buffer) => heard.push(JSON.parse(data.toString('utf8'))))
  return { socket, heard, cookie }
}

const callOf = (id: number, method: string, input: unknown = {}): string => JSON.stringify({ type: 'call', id, method, input })

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setImmediate(resolve))
}

describe('the one session', () => {
  it('exchanges the token for a cookie that scripts cannot read and other sites cannot send', async () => {
    const opened = await ask(port, new URL(server.url).pathname)
    expect(opened.status).toBe(200)
    expect(opened.headers['set-cookie']?.[0]).toMatch(/^trailview-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/)
    expect(opened.body).toContain('url=/"')
    expect(server.wasOpened()).toBe(true)
  })

  it('refuses a second exchange and a wrong token', async () => {
    expect((await ask(port, '/open/wrong')).status).toBe(403)
    await signIn()
    const again = await ask(port, new URL(server.url).pathname)
    expect(again.status).toBe(403)
    expect(again.headers['set-cookie']).toBeUndefined()
  })

  it.each(['/', '/main.js', '/events?q=x'])('shows nothing at %s without the cookie', async (path) => {
    expect((await ask(port, path)).status).toBe(401)
    expect((await ask(port, path, { headers: { cookie: `trailview-${port}=guess` } })).status).toBe(401)
  })

  it('takes no call outside of the socket', async () => {
    const headers = { cookie: await signIn(), origin, 'content-type': 'application/json' }
    expect((await ask(port, '/link', { method: 'POST', headers, body: callOf(1, 'app.info') })).status).toBe(405)
    expect(core.calls).toEqual([])
  })
})

describe('who may ask', () => {
  const foreign: readonly (readonly [string, Record<string, string>])[] = [
    ['another host name pointed at this machine', { host: 'evil.example' }],
    ['localhost by name', { host: 'localhost' }],
    ['another page’s origin', { origin: 'https://evil.example' }],
    ['another port’s origin', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
    ['a same-site fetch of another port', { 'sec-fetch-site': 'same-site' }],
  ]

  it.each(foreign)('refuses %s, cookie or not', async (_, headers) => {
    const cookie = await signIn()
    expect(await outcomeOf(openSocket({ origin, cookie, ...headers }))).toContain('403')
    expect((await ask(port, '/', { headers: { cookie, ...headers } })).status).toBe(403)
    expect(core.calls).toEqual([])
  })

  it('gives the token’s page to no other host name', async () => {
    expect((await ask(port, new URL(server.url).pathname, { headers: { host: 'evil.example' } })).status).toBe(403)
    expect(server.wasOpened()).toBe(false)
  })

  it('listens on 127.0.0.1 alone', async () => {
    const refused = await new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.2', port })
      socket.on('connect', () => resolve('connected')).on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
    })
    expect(refused).toBe('ECONNREFUSED')
  })

  it('sends the strict headers with every answer and never a CORS header', async () => {
    const cookie = await signIn()
    const answers = [
      await ask(port, '/', { headers: { cookie } }),
      await ask(port, '/none.js', { headers: { cookie } }),
      await ask(port, '/'),
    ]
    for (const { headers } of answers) {
      expect(headers['content-security-policy']).toContain(`default-src 'none'; script-src 'self';`)
      expect(headers['content-security-policy']).toContain(`frame-ancestors 'none'`)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['cross-origin-opener-policy']).toBe('same-origin')
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    }
  })
})

describe('files', () => {
  it('serves the screen, and the page itself for addresses inside it', async () => {
    const headers = { cookie: await signIn() }
    expect(await ask(port, '/main.js', { headers })).toMatchObject({
      status: 200,
      body: 'export {}',
      headers: { 'content-type': 'text/javascript; charset=utf-8' },
    })
    expect((await ask(port, '/workspace/4137', { headers })).body).toContain('Screen')
    expect((await ask(port, '/none.js', { headers })).status).toBe(404)
  })

  it('never leaves its folder', async () => {
    const headers = { cookie: await signIn() }
    const secret = join(folder, '..', 'trailview-outside.html')
    writeFileSync(secret, 'outside')
    const step = fc.constantFrom('..', '%2e%2e', '..%2f', '..%5c', '.', 'assets', '%00', '%', '')
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
          const answer = await ask(port, `/${[...steps, 'trailview-outside.html'].join('/')}`, { headers })
          expect(answer.body).not.toContain('outside')
          expect(answer.status).toBe(404)
        }),
        { numRuns: 60 },
      )
    } finally {
      rmSync(secret)
    }
  })
})

describe('the socket of a window', () => {
  it('passes a call on and returns the envelope', async () => {
    const { socket, heard } = await openWindow()
    socket.send(callOf(7, 'app.info', { a: ['ä'] }))
    await until(() => heard.length === 1)
    expect(heard).toEqual([{ type: 'reply', id: 7, reply: { ok: true, value: { echoed: { a: ['ä'] } } } }])
    socket.terminate()
  })

  it('answers each call when it is done, and a cancelled one not at all', async () => {
    const { socket, heard } = await openWindow()
    for (const id of [1, 2, 3]) socket.send(callOf(id, 'events.count'))
    await until(() => core.calls.length === 3)
    socket.send(JSON.stringify({ type: 'cancel', id: 2 }))
    socket.send(JSON.stringify({ type: 'cancel', id: 99 }))
    await until(() => core.calls[1]?.signal.aborted === true)
    core.calls[2]?.answer({ ok: true, value: 3 })
    await until(() => heard.length === 1)
    core.calls[0]?.answer({ ok: true, value: 1 })
    await until(() => heard.length === 2)
    expect(heard.map((message) => (message as { id: number }).id)).toEqual([3, 1])
    expect(core.calls.map(({ signal }) => signal.aborted)).toEqual([false, true, false])
    socket.terminate()
  })

  it('cancels the calls of its window alone when that goes away', async () => {
    const gone = await openWindow()
    const other = openSocket({ origin, cookie: gone.cookie })
    expect(await outcomeOf(other)).toBe('opened')
    gone.socket.send(callOf(1, 'events.count'))
    await until(() => core.calls.length === 1)
    other.send(callOf(1, 'events.count'))
    await until(() => core.calls.length === 2)
    gone.socket.terminate()
    await until(() => core.calls[0]?.signal.aborted === true)
    expect(core.calls[1]?.signal.aborted).toBe(false)
    other.terminate()
  })

  it.each([
    ['no JSON', '{', 1008],
    ['no message', '{"id":"1"}', 1008],
    ['3 MiB', callOf(1, 'app.info', 'x'.repeat(3 * 1024 * 1024)), 1009],
  ])('ends over %s', async (_, message, code) => {
    const { socket } = await openWindow()
    const closed = new Promise<number>((resolve) => socket.once('close', resolve))
    socket.send(message)
    expect(await closed).toBe(code)
    expect(core.calls).toEqual([])
  })

  it('hears pushes', async () => {
    const { socket, heard } = await openWindow()
    core.push(push)
    await until(() => heard.length === 1)
    expect(heard).toEqual([{ type: 'push', push }])
    socket.terminate()
  })

  it.each([
    ['without a cookie', () => ({ origin })],
    ['with a guessed cookie', () => ({ origin, cookie: `trailview-${port}=guess` })],
    ['without an origin', (cookie: string) => ({ cookie })],
  ])('is refused %s', async (_, headersFor) => {
    expect(await outcomeOf(openSocket(headersFor(await signIn())))).toContain('403')
  })
})

describe('the end', () => {
  it('cancels calls, closes sockets and stops listening', async () => {
    const { socket } = await openWindow()
    socket.send(callOf(1, 'events.count'))
    await until(() => core.calls.length === 1)
    const closed = new Promise((resolve) => socket.once('close', resolve))
    await server.close()
    await closed
    expect(core.calls[0]?.signal.aborted).toBe(true)
    expect(core.listenerCount).toBe(0)
    await expect(ask(port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('says which port is taken', async () => {
    await expect(startLoopbackServer({ core, rendererFolder: folder, port })).rejects.toThrow(`Port ${port} is taken`)
  })
})
