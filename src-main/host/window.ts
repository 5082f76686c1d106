import { spawn } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findChromium, type Browser } from './find-chromium.ts'

/** A browser to open the window with, or why there is none (a half sentence after "because"). */
export function chooseBrowser(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform, userId: number | null): Browser | string {
  if (platform === 'linux') {
    if (environment['DISPLAY'] === undefined && environment['WAYLAND_DISPLAY'] === undefined) return 'this session has no display'
    if (userId === 0) return 'Chromium does not open a window for root'
  }
  return findChromium(environment, platform) ?? 'no Chromium, Chrome or Edge was found'
}

export interface BrowserWindow {
  /** Resolves when the window was closed, or never came up. */
  readonly closed: Promise<void>
  /** Closes it and waits until its browser has let go of the folder. */
  close(): Promise<void>
}

/** Opens the address in a window without tabs, with a browser profile of its own in `folder`. */
export async function openWindow(browser: Browser, url: string, folder: string): Promise<BrowserWindow> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  // Every user of the machine can read a program's arguments: the address with its token goes through a file that only this one can read.
  const door = join(folder, 'open.html')
  await writeFile(door, `<!doctype html><meta http-equiv="refresh" content="0;url=${url}"><title>Trailview</title>`, { mode: 0o600 })
  const child = spawn(
    browser.path,
    [
      `--app=${pathToFileURL(door).href}`,
      `--user-data-dir=${folder}`,
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    { stdio: 'ignore' },
  )
  const closed = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve())).then(() =>
    rm(door, { force: true }),
  )
  return {
    closed,
    close() {
      child.kill('SIGTERM')
      return closed
    },
  }
}
