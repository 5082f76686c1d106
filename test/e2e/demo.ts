import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { openBrowser, startHost } from './app.ts'

/** Events that the practice data of a demo holds. */
export const demoEvents = 20_000

/** The app with its practice data, open in a real browser. */
export interface Demo {
  readonly page: Page
  /** A folder for files of the test; it is removed in the end. */
  readonly folder: string
  /** Opens a place by its address behind `#`. */
  go(address: string): Promise<void>
  /** What the page complained of since this was last asked: errors and warnings in the console, exceptions nobody caught. */
  takeComplaints(): readonly string[]
  close(): Promise<void>
}

/** Starts the app with its practice data and waits until that is collected. */
export async function openDemo(size = { width: 1280, height: 800 }): Promise<Demo> {
  const folder = mkdtempSync(join(tmpdir(), 'trailview-e2e-'))
  const endings: (() => Promise<unknown>)[] = [() => Promise.resolve(rmSync(folder, { recursive: true, force: true }))]
  const close = async (): Promise<void> => {
    for (const end of endings.reverse()) await end()
  }
  try {
    const host = await startHost(['--demo'])
    endings.push(() => host.stop())
    const browser = await openBrowser()
    endings.push(() => browser.close())
    const context = await browser.newContext({ viewport: size, locale: 'en-GB', timezoneId: 'UTC', colorScheme: 'light' })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    let complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.text()} ${message.location().url}`)
    })
    await page.goto(host.url)
    await countOf(page, demoEvents).waitFor({ timeout: 120_000 })
    return {
      page,
      folder,
      go: async (address) => void (await page.goto(`${host.origin}/#${address}`)),
      takeComplaints() {
        const taken = complaints
        complaints = []
        return taken
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The count over the timeline, when it is this. */
export function countOf(page: Page, events: number) {
  const words = events === 1 ? '1 event' : `${events.toLocaleString('en')} events`
  return page.getByRole('region', { name: 'Timeline' }).getByText(words, { exact: true })
}
