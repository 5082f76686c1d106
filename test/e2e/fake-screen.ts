import vue from '@vitejs/plugin-vue'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { build } from 'vite'
import { openBrowser } from './app.ts'

/** The built screen over generated rows, without a core, in a browser of its own. */
export interface FakeScreen {
  readonly browser: Browser
  /** Address of a place of the screen, with that many generated rows; null: none, the screen looks for a host beside it. */
  address(rows: number | null, place: string): string
  close(): Promise<void>
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Builds the screen into a folder of its own, serves it on the loopback address and starts a browser that shows scrollbars. */
export async function openFakeScreen(): Promise<FakeScreen> {
  const folder = await mkdtemp(join(tmpdir(), 'trailview-screen-'))
  await build({
    configFile: false,
    root: join(import.meta.dirname, '../../src-renderer'),
    base: './',
    logLevel: 'error',
    plugins: [vue()],
    build: { outDir: folder, emptyOutDir: true },
  })
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x')
    const file = join(folder, pathname === '/' ? 'index.html' : pathname)
    readFile(file).then(
      (body) => response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const browser = await openBrowser({ hasScrollbars: true })
  return {
    browser,
    address: (rows, place) => `http://127.0.0.1:${port}/${rows === null ? '' : `?fake=${rows}`}#${place}`,
    async close() {
      await browser.close()
      server.close()
      await rm(folder, { recursive: true })
    },
  }
}
