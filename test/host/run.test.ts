import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Reply, ServerMessage } from '../../src-main/contract/wire.ts'
import { hostScript } from '../support/built.ts'
import { ask } from './http-client.ts'

let home: string
const started: ChildProcess[] = []

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'trailview-run-'))
})

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

interface Running {
  readonly child: ChildProcess
  readonly lines: readonly string[]
  /** A call as the page makes it, signed in with the printed address. Rejects once the host has gone. */
  call(method: string, input: unknown): Promise<Reply>
}

/** Starts the built host on a machine without a keychain and waits until it is ready. */
async function start(args: readonly string[], node = process.execPath): Promise<Running> {
  const child = spawn(node, [hostScript, '--no-open', ...args], {
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' },
  })
  started.push(child)
  let text = ''
  child.stdout.on('data', (data: Buffer) => (text += data.toString('utf8')))
  const url = () => /^Trailview is ready at (http:\/\/127\.0\.0\.1:\d+\/open\/\S+)$/m.exec(text)?.[1]
  await vi.waitUntil(url, { timeout: 120_000 })
  const { port, pathname, origin } = new URL(url() ?? '')
  let socket: Promise<WebSocket> | undefined
  let lastId = 0
  return {
    child,
    get lines() {
      return text.trimEnd().split('\n')
    },
    async call(method, input) {
      const link = await (socket ??= signIn(Number(port), pathname, origin))
      const id = ++lastId
      return new Promise((resolve, reject) => {
        const fail = (): void => reject(new Error('The host has gone.'))
        if (link.readyState !== WebSocket.OPEN) return fail()
        link.once('close', fail)
        const hear = (data: Buffer): void => {
          const message = JSON.parse(data.toString('utf8')) as ServerMessage
          if (message.type !== 'reply' || message.id !== id) return
          link.off('message', hear).off('close', fail)
          resolve(message.reply)
        }
        link.on('message', hear)
        link.send(JSON.stringify({ type: 'call', id, method, input }))
      })
    },
  }
}

async function signIn(port: number, pathname: string, origin: string): Promise<WebSocket> {
  const cookie = (await ask(port, pathname)).headers['set-cookie']?.[0]?.split(';')[0] ?? ''
  const socket = new WebSocket(`ws://127.0.0.1:${port}/link`, { headers: { cookie, origin } })
  await once(socket, 'open')
  return socket
}

async function stop({ child }: Running, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit') as Promise<[number | null]>
  child.kill(signal)
  return (await exit)[0]
}

describe('the host', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'says what it did and where it is, in two lines, and ends in good order on %s',
    async (signal) => {
      const running = await start(['--home', home])
      expect(await running.call('app.info', {})).toMatchObject({ ok: true, value: { shell: 'browser', home } })
      expect(running.lines).toEqual([
        'Open the address below in a browser, because --no-open was given.',
        expect.stringMatching(/^Trailview is ready at http/),
      ])
      expect(await stop(running, signal)).toBe(0)
    },
  )

  it('opens on the passphrase page without a keychain, and keeps what was set up', async () => {
    const first = await start(['--home', home])
    await vi.waitFor(
      async () => expect(await first.call('app.info', {})).toMatchObject({ value: { archive: { state: 'needs-passphrase-setup' } } }),
      { timeout: 120_000 },
    )
    expect(await first.call('archive.unlock', { passphrase: 'long enough to be one' })).toMatchObject({ value: { state: 'open' } })
    await first.call('settings.save', { theme: 'dark' })
    expect(await stop(first, 'SIGTERM')).toBe(0)
    const second = await start(['--home', home])
    expect(await second.call('archive.unlock', { passphrase: 'long enough to be one' })).toMatchObject({ value: { state: 'open' } })
    expect(await second.call('settings.get', {})).toMatchObject({ value: { theme: 'dark' } })
    expect(await stop(second, 'SIGTERM')).toBe(0)
  })

  it('fills a demo from the four practice services and leaves nothing behind', async () => {
    const running = await start(['--demo'])
    const info = await running.call('app.info', {})
    expect(info).toMatchObject({ value: { isDemo: true } })
    const { home: demoHome } = (info as { value: { home: string } }).value
    await vi.waitFor(async () => expect(await running.call('connections.list', {})).toMatchObject({ value: { length: 4 } }), {
      timeout: 120_000,
    })
    await vi.waitFor(
      async () => {
        const { value } = (await running.call('events.count', { query: { text: '' } })) as { value: { total: number } }
        expect(value.total).toBeGreaterThan(0)
      },
      { timeout: 120_000 },
    )
    expect(existsSync(demoHome)).toBe(true)
    expect(await stop(running, 'SIGTERM')).toBe(0)
    expect(existsSync(demoHome)).toBe(false)
  })

  it.each([
    [['--port', '70000'], '--port takes a number from 0 to 65535'],
    [['--what'], `Unknown option '--what'`],
  ])('refuses %j with a sentence', (args, sentence) => {
    const { status, stderr } = spawnSync(process.execPath, [hostScript, ...args], { encoding: 'utf8' })
    expect(status).toBe(1)
    expect(stderr).toContain(sentence)
  })
})

/** A Node too old for the archive's engine, where this machine has one. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  const version = existsSync(path) ? spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout : ''
  return /^v(1\d|20|21)\./.test(version)
})

describe.skipIf(oldNode === undefined)(`under a Node that is too old${oldNode === undefined ? ' (none on this machine)' : ''}`, () => {
  it('goes on under the one among the packages, and ends with it', async () => {
    const running = await start(['--home', home], oldNode)
    expect(await running.call('archive.unlock', { passphrase: 'long enough to be one' })).toMatchObject({ value: { state: 'open' } })
    expect(await stop(running, 'SIGTERM')).toBe(0)
  })

  it('leaves nothing running when it is killed', async () => {
    const running = await start(['--home', home], oldNode)
    expect(await running.call('app.info', {})).toMatchObject({ ok: true })
    await stop(running, 'SIGKILL')
    await vi.waitFor(() => expect(running.call('app.info', {})).rejects.toThrow('The host has gone.'), { timeout: 120_000 })
  })
})
