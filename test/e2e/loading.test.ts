import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openForWriting } from '../../src-main/core/cache/open.ts'
import { screenFolder } from '../../src-main/core/screen-files.ts'
import { startLoopbackServer, type LoopbackServer } from '../../src-main/host/loopback-server.ts'
import { benchKeyHex, openBenchCore } from '../bench/bench-archive.ts'
import { fillArchive } from '../bench/fill.ts'
import type { TestCore } from '../support/open-core.ts'
import { browserPath, openBrowser } from './app.ts'

declare global {
  interface Window {
    /** Every count and every line about work in the background that stood on the screen, in order. */
    readonly said: string[]
  }
}

const total = 300_000
const everything = `${total.toLocaleString('en')} events`
const newestRowsNum = 3_000_000

/** An archive whose newest rows are stored ready to be shown, and whose other rows must be read one by one: slow by its size. */
async function fillSlowToLoad(home: string): Promise<void> {
  fillArchive({ home, keyHex: benchKeyHex, total, pageSize: 5_000, groupPages: 2 })
  const core = await openBenchCore(home)
  await core.call('archive.summary', {})
  await vi.waitFor(() => expect(storedSegments(home)).toContain(newestRowsNum), { timeout: 60_000, interval: 250 })
  await core.close()
  const db = openForWriting(home, benchKeyHex)
  db.prepare('DELETE FROM column_segment WHERE num <> ?').run(newestRowsNum)
  db.close()
}

function storedSegments(home: string): readonly unknown[] {
  const db = openForWriting(home, benchKeyHex)
  try {
    return db.prepare('SELECT num FROM column_segment').pluck().all()
  } finally {
    db.close()
  }
}

describe.skipIf(browserPath === null)(`a large archive that opens${browserPath === null ? ' (no Chromium on this machine)' : ''}`, () => {
  const home = mkdtempSync(join(tmpdir(), 'trailview-loading-'))
  let core: Promise<TestCore> | null = null
  let server: LoopbackServer
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    await fillSlowToLoad(home)
    browser = await openBrowser()
    page = await browser.newPage()
    const listeners: Parameters<TestCore['onPush']>[0][] = []
    // Begun when the page asks for the first time, so that it is there from the beginning.
    const begin = (): Promise<TestCore> => {
      core ??= openBenchCore(home).then((opened) => {
        for (const listener of listeners) opened.onPush(listener)
        return opened
      })
      return core
    }
    server = await startLoopbackServer({
      core: {
        dispatch: async (...args) => (await begin()).dispatch(...args),
        onPush(listener) {
          listeners.push(listener)
          return () => undefined
        },
      },
      rendererFolder: screenFolder(new URL('../../src-main/host/run.ts', import.meta.url).href),
      port: 0,
    })
    await page.addInitScript(() => {
      const said: string[] = []
      Object.assign(window, { said })
      const note = (): void => {
        for (const element of document.querySelectorAll('[data-count], [data-task]')) {
          const text = element.textContent?.trim() ?? ''
          if (!said.includes(text)) said.push(text)
        }
      }
      document.addEventListener('DOMContentLoaded', () =>
        new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true }),
      )
    })
  })

  afterAll(async () => {
    await browser.close()
    await server.close()
    await (await core)?.close()
    rmSync(home, { recursive: true, force: true })
  })

  it('shows its newest events, says how far loading is, answers what was typed meanwhile, and never counts wrongly', async () => {
    await page.goto(server.url)
    await page
      .getByRole('row')
      .nth(5)
      .getByText(/\d\d:\d\d:\d\d/)
      .waitFor()
    await page.getByRole('combobox', { name: 'Search' }).fill('lovelace')
    const { total: matches } = (await (await core)?.call('events.count', { query: { text: 'lovelace' } })) ?? { total: Number.NaN }
    const answer = `${matches.toLocaleString('en')} events`
    await page.getByRole('region', { name: 'Timeline' }).getByText(answer, { exact: true }).waitFor()
    await page.locator('[data-task]').waitFor({ state: 'detached' })
    await page.getByRole('region', { name: 'Service' }).getByRole('button').first().waitFor()

    const said = await page.evaluate(() => window.said)
    const loading = /^Loading ([\d,]+) of 300,000 events\. The newest are here, search and numbers follow\.$/
    const progress = said.flatMap((text) => loading.exec(text)?.[1] ?? []).map((done) => Number(done.replaceAll(',', '')))
    expect(progress.length).toBeGreaterThan(2)
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
    const honest = ['', 'Loading…', everything, 'Searching…', 'Searched as soon as the archive is loaded…', 'Counting…', answer]
    expect(said.filter((text) => !loading.test(text) && !honest.includes(text))).toEqual([])
    expect(said.indexOf(everything)).toBeLessThan(said.indexOf(answer))
  })
})
