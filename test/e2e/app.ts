import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { chromium, type Browser, type Page } from 'playwright-core'
import { hostScript } from '../support/built.ts'

const paths = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']

/** Path of a browser on this machine; null when there is none, and then tests that need it are skipped. */
export const browserPath: string | null =
  paths.map((name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim()).find((path) => path !== '') ?? null

export interface RunningHost {
  /** The printed address with its one-time token. */
  readonly url: string
  readonly origin: string
  /** Ends the host; resolves with its exit code. */
  stop(): Promise<number | null>
}

/** Starts the built host, without opening a window, and waits until it is ready. */
export async function startHost(args: readonly string[]): Promise<RunningHost> {
  const child = spawn(process.execPath, [hostScript, '--no-open', ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface(child.stdout)) {
    const url = /^Trailview is ready at (\S+)$/.exec(line)?.[1]
    if (url === undefined) continue
    return {
      url,
      origin: new URL(url).origin,
      async stop() {
        const exit = once(child, 'exit') as Promise<[number | null]>
        child.kill('SIGTERM')
        return (await exit)[0]
      },
    }
  }
  throw new Error('The host ended before it was ready.')
}

/** Starts a browser of its own; without scrollbars unless they are what a test is about. */
export function openBrowser({ hasScrollbars = false } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath ?? '',
    ignoreDefaultArgs: hasScrollbars ? ['--hide-scrollbars'] : [],
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** What a page complained of: errors nobody caught, and everything its policy refused. */
export function watchComplaints(page: Page): readonly string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  return complaints
}
