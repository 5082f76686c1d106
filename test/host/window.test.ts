import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findChromium } from '../../src-main/host/find-chromium.ts'
import { startLoopbackServer } from '../../src-main/host/loopback-server.ts'
import { chooseBrowser, openWindow } from '../../src-main/host/window.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trailview-window-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }))

function program(name: string, script = '#!/bin/sh\n'): string {
  const path = join(folder, name)
  writeFileSync(path, script)
  chmodSync(path, 0o755)
  return path
}

describe('the browser for the window', () => {
  it('is the first of Chromium, Chrome and Edge on the search path', () => {
    const environment = { PATH: `/nonexistent:${folder}` }
    expect(findChromium(environment, 'linux')).toBeNull()
    const edge = program('microsoft-edge')
    expect(findChromium(environment, 'linux')).toEqual({ name: 'Edge', path: edge })
    const chrome = program('google-chrome')
    expect(findChromium(environment, 'linux')).toEqual({ name: 'Chrome', path: chrome })
    const chromium = program('chromium')
    expect(findChromium(environment, 'linux')).toEqual({ name: 'Chromium', path: chromium })
    chmodSync(chromium, 0o644)
    expect(findChromium(environment, 'linux')).toEqual({ name: 'Chrome', path: chrome })
  })

  it.each([
    ['darwin', 'HOME', 'Applications/Google Chrome.app/Contents/MacOS', 'Google Chrome'],
    ['win32', 'LOCALAPPDATA', '.', 'Google\\Chrome\\Application\\chrome.exe'],
  ] as const)('is looked for in the usual places of %s', (platform, variable, place, name) => {
    mkdirSync(join(folder, place), { recursive: true })
    const path = program(join(place, name))
    expect(findChromium({ [variable]: folder }, platform)).toEqual({ name: 'Chrome', path })
  })

  it('is not asked for a window where it cannot open one', () => {
    program('chromium')
    const environment = { PATH: folder, DISPLAY: ':0' }
    expect(chooseBrowser(environment, 'linux', 1000)).toMatchObject({ name: 'Chromium' })
    expect(chooseBrowser({ PATH: folder }, 'linux', 1000)).toBe('this session has no display')
    expect(chooseBrowser(environment, 'linux', 0)).toBe('Chromium does not open a window for root')
    expect(chooseBrowser({ PATH: '/nonexistent', WAYLAND_DISPLAY: 'w' }, 'linux', 1000)).toBe('no Chromium, Chrome or Edge was found')
  })
})

describe('a window', () => {
  const chromium = findChromium(process.env, process.platform)

  it.skipIf(chromium === null)('of a real Chromium signs in without its token in any argument, and leaves no door open', async () => {
    writeFileSync(join(folder, 'index.html'), '<!doctype html><script src="/main.js"></script>')
    writeFileSync(
      join(folder, 'main.js'),
      `const link = new WebSocket('ws://' + location.host + '/link')
         link.onopen = () => link.send('{"type":"call","id":1,"method":"app.info","input":{}}')`,
    )
    const calls: string[] = []
    const core = {
      onPush: () => () => undefined,
      dispatch: (name: string) => (calls.push(name), Promise.resolve({ ok: true as const, value: null })),
    }
    const server = await startLoopbackServer({ core, rendererFolder: folder, port: 0 })
    const path = program('headless', `#!/bin/sh\nexec "${chromium?.path}" --headless --no-sandbox --disable-gpu --disable-quic "$@"\n`)
    const profile = join(folder, 'profile')
    const window = await openWindow({ name: 'Chromium', path }, server.url, profile)
    try {
      await vi.waitUntil(() => calls.length > 0, { timeout: 120_000 })
      expect(server.wasOpened()).toBe(true)
      expect(allArguments()).toContain(profile)
      expect(allArguments()).not.toContain(new URL(server.url).pathname)
      expect(statSync(join(profile, 'open.html')).mode & 0o777).toBe(0o600)
    } finally {
      await window.close()
      await window.closed
      await server.close()
    }
    expect(existsSync(join(profile, 'open.html'))).toBe(false)
  })

  it('that never comes up is noticed', async () => {
    const window = await openWindow({ name: 'Chromium', path: join(folder, 'none') }, 'http://127.0.0.1:1/open/a', join(folder, 'profile'))
    await window.closed
    expect(readdirSync(join(folder, 'profile'))).toEqual([])
  })
})

function allArguments(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
    .join('\n')
}
