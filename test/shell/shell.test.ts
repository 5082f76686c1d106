import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { PushMessage } from '../../src-main/contract/push.ts'
import { createHome, removeHome, startBuiltShell, type RunningShell } from './built-shell.ts'
import { refusable } from './stand-in.ts'

// The bundle that Electron would run, whole conversations through it, and what it asked of Electron.

const callChannel = 'trailview:call'
/** A busy machine is no failure. */
const patience = { timeout: 60_000 }
let home: string
let shell: RunningShell

beforeEach(async () => {
  home = createHome()
  shell = await startBuiltShell(home)
})

afterEach(async () => {
  shell.electron.quit()
  await shell.electron.exited
  vi.unstubAllEnvs()
  removeHome(home)
})

describe('a conversation', () => {
  it('goes from the page through preload and ipc to the core and back', async () => {
    const { trailview } = await shell.page()
    expect(await trailview.call(1, 'app.info', {})).toMatchObject({ ok: true, value: { shell: 'electron', home, isDemo: false } })
  })

  it('brings errors back as data', async () => {
    const { trailview } = await shell.page()
    expect(await trailview.call(1, 'no.such', {})).toMatchObject({ ok: false, error: { code: 'CALL_UNKNOWN' } })
    expect(await trailview.call(2, 'events.get', { id: 5 })).toMatchObject({ ok: false, error: { code: 'CALL_INVALID' } })
    expect(() => trailview.call(3, 'app.info', { f: Symbol('not data') })).toThrow('could not be cloned')
  })

  it('opens on the passphrase page without a keychain, and pushes the archive’s way to open', async () => {
    const { trailview } = await shell.page()
    await vi.waitFor(
      async () =>
        expect(await trailview.call(1, 'app.info', {})).toMatchObject({
          value: { archive: { state: 'needs-passphrase-setup' }, keychain: 'absent' },
        }),
      patience,
    )
    const pushes: PushMessage[] = []
    const stop = trailview.subscribe((push) => pushes.push(push))
    expect(await trailview.call(2, 'archive.unlock', { passphrase: 'long enough to be one' })).toMatchObject({
      ok: true,
      value: { state: 'open' },
    })
    expect(pushes).toContainEqual({ name: 'archive.stateChanged', payload: { state: 'open' } })
    const before = pushes.length
    stop()
    await trailview.call(3, 'settings.save', { theme: 'dark' })
    expect(await trailview.call(4, 'settings.get', {})).toMatchObject({ value: { theme: 'dark' } })
    expect(pushes).toHaveLength(before)
  })
})

describe('long calls', () => {
  let silent: Server
  let asked: number
  let dropped: number
  const input = () => ({
    draft: {
      service: 'lytics',
      name: 'Silent',
      baseUrl: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      credential: { token: 'a' },
    },
  })

  beforeEach(async () => {
    asked = dropped = 0
    silent = createServer((request) => {
      asked += 1
      request.socket.on('close', () => (dropped += 1))
    })
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { trailview } = await shell.page()
    await trailview.call(1, 'archive.unlock', { passphrase: 'long enough to be one' })
  })

  afterEach(() => {
    silent.closeAllConnections()
    silent.close()
  })

  it('end when the page cancels them', async () => {
    const { trailview } = await shell.page()
    const reply = trailview.call(7, 'connections.test', input())
    await vi.waitUntil(() => asked > 0, patience)
    trailview.cancel(6)
    trailview.cancel(7)
    expect(await reply).toMatchObject({ ok: false, error: { code: 'CALL_CANCELLED' } })
  })

  it('end when their window closes or its page is loaded anew', async () => {
    const { trailview } = await shell.page()
    const reply = trailview.call(7, 'connections.test', input())
    await vi.waitUntil(() => asked > 0, patience)
    shell.window().webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true })
    expect(dropped).toBe(0)
    shell.window().webContents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false })
    expect(await reply).toMatchObject({ error: { code: 'CALL_CANCELLED' } })
    const second = trailview.call(8, 'connections.test', input())
    await vi.waitUntil(() => asked > 1, patience)
    shell.window().close()
    expect(await second).toMatchObject({ error: { code: 'CALL_CANCELLED' } })
    await vi.waitUntil(() => dropped === 2, patience)
  })
})

describe('messages that are not from the window', () => {
  it.each([
    ['another page', (window: { url: string }) => ({ senderFrame: { ...window, url: 'https://evil.example/' } })],
    ['a page with a look-alike address', () => ({ senderFrame: { url: 'app://trailview.evil.example/', parent: null } })],
    ['a frame inside the page', (frame: { url: string }) => ({ senderFrame: { ...frame, parent: {} } })],
    ['a frame that is gone', () => ({ senderFrame: null })],
    ['another window', () => ({ sender: { id: 987_654 } })],
  ])('are refused from %s', async (_, change) => {
    await shell.page()
    const { webContents } = shell.window()
    const from = { sender: webContents, senderFrame: webContents.mainFrame, ...change(webContents.mainFrame) } as never
    await expect(shell.electron.invoke(callChannel, from, { id: 1, method: 'app.info', input: {} })).rejects.toThrow('does not come from')
  })

  it.each([null, 'app.info', { method: 'app.info' }, { id: '1', method: 'app.info' }])(
    'are refused in another form: %j',
    async (message) => {
      await shell.page()
      const { webContents } = shell.window()
      await expect(
        shell.electron.invoke(callChannel, { sender: webContents, senderFrame: webContents.mainFrame }, message),
      ).rejects.toThrow('does not come from')
    },
  )
})

describe('what the page can do', () => {
  it('is nothing but the three functions of the bridge', async () => {
    const { world } = await shell.page()
    expect(Object.keys(world)).toEqual(['trailview'])
    expect(Object.keys(world['trailview'] as object)).toEqual(['call', 'cancel', 'subscribe'])
  })

  it('runs sandboxed, isolated, without Node', () => {
    expect(shell.electron.asked.isSandboxEnabled).toBe(true)
    expect(shell.window().options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
    })
  })

  it('comes over a scheme of its own, under a strict policy, from the built folder only', async () => {
    expect(shell.electron.asked.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
    expect((await shell.page()).html).toContain('<!doctype html>'.toLowerCase())
    const response = await shell.electron.session.fetch('app://trailview/')
    expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/)
    for (const address of [
      'app://elsewhere/',
      'app://trailview/..%2f..%2fpackage.json',
      'app://trailview/..%5c..%5cpackage.json',
      'app://trailview/none.js',
    ]) {
      expect((await shell.electron.session.fetch(address)).status, address).toBe(404)
    }
  })

  it('gets no permission, no device and no download', () => {
    const { session } = shell.electron
    const answers: boolean[] = []
    session.permissionRequest?.({} as never, 'media', (answer) => answers.push(answer), {} as never)
    expect(answers).toEqual([false])
    expect(session.permissionCheck?.(null, 'media', '', {} as never)).toBe(false)
    expect(session.devicePermission?.({} as never)).toBe(false)
    const download = refusable({})
    session.emit('will-download', download)
    expect(download.wasRefused).toBe(true)
  })

  it('neither leaves the app nor opens or embeds anything', () => {
    const { webContents } = shell.window()
    const tried = ['will-frame-navigate', 'will-redirect', 'will-attach-webview'].map((name) => {
      const event = refusable({ url: 'http://evil.example/' })
      webContents.emit(name, event)
      return event.wasRefused
    })
    expect(tried).toEqual([true, true, true])
    const own = refusable({ url: 'app://trailview/#/connections' })
    webContents.emit('will-frame-navigate', own)
    expect(own.wasRefused).toBe(false)
    expect(webContents.windowOpenHandler?.({ url: 'https://evil.example/' } as never)).toEqual({ action: 'deny' })
  })
})

describe('an external address', () => {
  const open = (url: string) => shell.window().webContents.windowOpenHandler?.({ url } as never)

  it('is shown as it is, and opened only when the user agrees', async () => {
    open('https://xn--bcher-kva.example/a?b#c')
    await vi.waitUntil(() => shell.electron.asked.messageBoxes.length === 1, patience)
    expect(shell.electron.asked.messageBoxes[0]).toMatchObject({
      detail: 'https://xn--bcher-kva.example/a?b#c',
      buttons: ['Cancel', 'Open'],
      defaultId: 0,
      cancelId: 0,
    })
    expect(shell.electron.asked.openedAddresses).toEqual([])
    shell.electron.dialogAnswer = 1
    open('https://bücher.example/')
    await vi.waitUntil(() => shell.electron.asked.openedAddresses.length === 1, patience)
    expect(shell.electron.asked.openedAddresses).toEqual(['https://xn--bcher-kva.example/'])
  })

  it.each([
    'http://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://bank.example@evil.example/',
    'smb://host/share',
    'no address',
  ])('is not even offered when it is %s', (address) => {
    shell.electron.dialogAnswer = 1
    open(address)
    shell.window().webContents.emit('will-frame-navigate', refusable({ url: address }))
    expect(shell.electron.asked.messageBoxes).toEqual([])
    expect(shell.electron.asked.openedAddresses).toEqual([])
  })

  it('is asked about once at a time', () => {
    for (let count = 0; count < 20; count += 1) open('https://example.com/')
    expect(shell.electron.asked.messageBoxes).toHaveLength(1)
  })
})

describe('the life of the app', () => {
  it('shows its window when there is something to see, with a menu', async () => {
    await shell.page()
    expect(shell.window().wasShown).toBe(true)
    expect(shell.window().options.show).toBe(false)
    expect(shell.electron.asked.menus).toBe(1)
  })

  it('comes to the front when it is started a second time', () => {
    shell.window().minimized = true
    shell.electron.appEvents.emit('second-instance', {}, [], '')
    expect(shell.electron.windows).toHaveLength(1)
    expect(shell.window()).toMatchObject({ minimized: false, focusCount: 1 })
  })

  it('is one per archive: a second one leaves without touching anything', async () => {
    const other = createHome()
    const second = await startBuiltShell(other, (electron) => {
      electron.hasInstanceLock = false
    })
    expect(second.electron.asked.wasQuitAsked).toBe(true)
    expect(second.electron.windows).toEqual([])
    expect(existsSync(join(other, 'archive.key.json'))).toBe(false)
    expect(shell.electron.asked.paths.get('userData')).toBe(join(home, 'window'))
    removeHome(other)
  })

  it('remembers where its window stood', async () => {
    shell.window().maximized = true
    shell.window().close()
    expect(await shell.electron.exited).toBe(0)
    expect(JSON.parse(readFileSync(join(home, 'window-state.json'), 'utf8'))).toEqual({
      x: 10,
      y: 20,
      width: 1280,
      height: 800,
      isMaximized: true,
    })
    const next = await startBuiltShell(home)
    expect(next.window().options).toMatchObject({ x: 10, y: 20 })
    expect(next.window().maximized).toBe(true)
    next.electron.quit()
    await next.electron.exited
  })

  it.each([
    ['makes no sense', '{"x":"left"}'],
    ['names a screen that is gone', '{"x":9000,"y":0,"width":800,"height":600,"isMaximized":false}'],
  ])('opens in its usual place when what it remembers %s', async (_, state) => {
    const other = createHome()
    writeFileSync(join(other, 'window-state.json'), state)
    const next = await startBuiltShell(other)
    expect(next.window().options).toMatchObject({ width: 1280, height: 800 })
    expect(next.window().options.x).toBeUndefined()
    next.electron.quit()
    await next.electron.exited
    removeHome(other)
  })

  it('loads the page again when its process dies, and not when it just ends', () => {
    const { webContents } = shell.window()
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' })
    expect(webContents.reloads).toBe(0)
    webContents.emit('render-process-gone', {}, { reason: 'oom' })
    expect(webContents.reloads).toBe(1)
  })

  it('closes the archive before it ends, and can open it again', async () => {
    const { trailview } = await shell.page()
    await trailview.call(1, 'archive.unlock', { passphrase: 'long enough to be one' })
    shell.window().close()
    expect(await shell.electron.exited).toBe(0)
    const next = await startBuiltShell(home)
    const page = await next.page()
    expect(await page.trailview.call(1, 'archive.unlock', { passphrase: 'another one' })).toMatchObject({
      value: { state: 'needs-passphrase' },
    })
    expect(await page.trailview.call(2, 'archive.unlock', { passphrase: 'long enough to be one' })).toMatchObject({
      value: { state: 'open' },
    })
    next.electron.quit()
    expect(await next.electron.exited).toBe(0)
  })
})
