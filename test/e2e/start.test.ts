import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserPath, openBrowser, startHost, watchComplaints, type RunningHost } from './app.ts'

describe.skipIf(browserPath === null)(`the app in a browser${browserPath === null ? ' (no Chromium on this machine)' : ''}`, () => {
  let host: RunningHost
  let browser: Browser

  beforeAll(async () => {
    ;[host, browser] = await Promise.all([startHost(['--demo']), openBrowser()])
  })

  afterAll(async () => {
    await browser.close()
    expect(await host.stop()).toBe(0)
  })

  it('opens with the printed address, once, and shows what the demo collects without a complaint', async () => {
    const context = await browser.newContext({ baseURL: host.origin })
    const page = await context.newPage()
    const complaints = watchComplaints(page)
    await page.goto(host.url)
    await page.getByText('Practice data').waitFor()
    await page.getByRole('row').nth(5).waitFor()
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#\//)
    expect(complaints).toEqual([])

    const stranger = await (await browser.newContext()).newPage()
    expect((await stranger.goto(host.url))?.status()).toBe(403)
    expect((await stranger.goto(host.origin))?.status()).toBe(401)
    await context.close()
  })

  it('cannot be reached from a page of another origin', async () => {
    const page = await (await browser.newContext()).newPage()
    // An origin of its own, as any web page has; nothing leaves the machine.
    await page.route('https://evil.example/', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }))
    await page.goto('https://evil.example/')
    const outcomes = await page.evaluate(async (origin) => {
      const call = (init: RequestInit) =>
        fetch(`${origin}/link`, init).then(
          () => 'answered',
          () => 'refused',
        )
      const socket = new Promise<string>((resolve) => {
        const opened = new WebSocket(`${origin.replace('http', 'ws')}/link`)
        opened.onopen = () => resolve('answered')
        opened.onerror = () => resolve('refused')
      })
      const body = JSON.stringify({ id: 1, method: 'app.info', input: {} })
      return [
        await call({ method: 'POST', body, headers: { 'content-type': 'application/json' }, credentials: 'include' }),
        await call({}),
        await socket,
      ]
    }, host.origin)
    expect(outcomes).toEqual(['refused', 'refused', 'refused'])
  })
})
