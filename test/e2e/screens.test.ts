import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ClientMessage, Reply, ServerMessage } from '../../src-main/contract/wire.ts'
import { browserPath, watchComplaints } from './app.ts'
import { openFakeScreen, type FakeScreen } from './fake-screen.ts'

const rows = 5_000
const places = [
  '/events',
  '/events?q=verb:delete%20verb:read%20after:2026-10-29',
  '/events?q=has:revision&e=e7',
  '/workspaces',
  '/files',
  '/users',
  '/workspaces/c-onehub/4130',
  '/views',
  '/connections',
  '/connections/c-oksky',
  '/connections/c-oksky/runs/r-c-oksky-1/added',
  '/connections?add=1',
  '/exports',
  '/settings',
] as const

/** What the core of an archive without anything answers; all else is an empty list. */
const emptyCore: Readonly<Record<string, unknown>> = {
  'app.info': {
    version: '1',
    shell: 'browser',
    isDemo: false,
    home: '/home',
    systemZone: 'UTC',
    keychain: 'available',
    archive: { state: 'open' },
    tasks: [],
  },
  'settings.get': { theme: 'light', zone: 'UTC', columns: ['time', 'summary'], proxyUrl: '', exportFolder: '' },
  'query.parse': { tokens: [], problems: [], inWords: '', chips: [] },
  'events.first': { rows: [], total: 0, version: 1, tookMs: 1 },
  'events.window': { rows: [], first: 0, total: 0, version: 1, tookMs: 1 },
  'events.facets': { values: {}, exact: true },
  'events.histogram': { unit: 'day', buckets: [], untimed: 0, exact: true },
}

/** Answers a page in place of the host. */
function answerCalls(page: Page, replyTo: (method: string, input: unknown) => Reply | Promise<Reply>): Promise<void> {
  return page.routeWebSocket(/\/link$/, (socket) => {
    socket.onMessage(async (data) => {
      const message = JSON.parse(String(data)) as ClientMessage
      if (message.type !== 'call') return
      const reply = await replyTo(message.method, message.input)
      socket.send(JSON.stringify({ type: 'reply', id: message.id, reply } satisfies ServerMessage))
    })
  })
}

describe.skipIf(browserPath === null)(`the screen${browserPath === null ? ' (no Chromium on this machine)' : ''}`, () => {
  let screen: FakeScreen

  beforeAll(async () => {
    screen = await openFakeScreen()
  })
  afterAll(() => screen.close())

  /** Opens a place and waits until it shows something; fails on anything the page complains of. */
  async function open(
    place: string,
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
    const context = await screen.browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme })
    const page = await context.newPage()
    const complaints = watchComplaints(page)
    await page.goto(screen.address(rows, place))
    await page.locator('h1').first().waitFor({ state: 'attached' })
    await page.waitForLoadState('networkidle')
    return { page, complaints }
  }

  const count = (page: Page) => page.locator('[data-count]').innerText()

  it.each([
    ...places.map((place) => ({ place, scheme: 'light' as const })),
    ...places.slice(2, 4).map((place) => ({ place, scheme: 'dark' as const })),
  ])('$place, $scheme, is accessible', async ({ place, scheme }) => {
    const { page, complaints } = await open(place, scheme)
    const { violations } = await new AxeBuilder({ page }).exclude('option').analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('says of a connection how many events wait for names, and of an event what was not looked up yet', async () => {
    const { page } = await open('/connections')
    const card = page.getByRole('article', { name: 'OK SKY of Example Ltd' })
    await card.getByText('1,234 events wait for names that the service tells only when asked').waitFor()
    expect(await page.getByText('for names that the service tells').count()).toBe(1)
    await page.goto(screen.address(rows, '/events?q=service:oksky'))
    await page.locator('[role=row][aria-rowindex="3"]').click()
    await page.getByRole('complementary', { name: 'Event', exact: true }).getByText('not looked up yet', { exact: true }).waitFor()
    await page.context().close()
  })

  it('leads from a count in the log of runs to its events, and from there to the timeline', async () => {
    const { page, complaints } = await open('/connections/c-oksky')
    const runs = page.getByRole('region', { name: /^Runs of/ })
    await runs.getByRole('link', { name: '2', exact: true }).first().click()
    await page.getByRole('heading', { name: /^Changed when the run of / }).waitFor()
    await page.getByRole('status').getByText('2 events').waitFor()
    expect(await page.getByRole('grid').getByRole('row').count()).toBe(2)
    await page.getByRole('grid').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('complementary').first().waitFor()
    expect(page.url()).toMatch(/#\/events\?e=e1$/)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('works by keyboard alone: search, select, open, mark, note, filter, export', async () => {
    const { page } = await open('/events')
    await page.keyboard.press('/')
    await page.keyboard.type('verb:delete')
    await page.waitForURL(/q=verb:delete$/)
    await expect.poll(() => count(page)).not.toBe('5,000 events')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('m')
    await page.locator('[role=row][aria-selected=true]').getByText('Reviewed').waitFor()
    await page.keyboard.press('n')
    await page.getByPlaceholder('Write a note').waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
    await page.keyboard.type('seen')
    await page.getByRole('button', { name: 'Add note' }).press('Enter')
    await page.locator('.notes').getByText('seen').waitFor()
    await page.getByPlaceholder('Write a note').focus()
    await page.keyboard.press('Escape')
    await page.keyboard.press('f')
    await expect.poll(() => page.getByLabel('Search', { exact: true }).inputValue()).toMatch(/^verb:delete object:\d+$/)
    await page.keyboard.press('e')
    await page.getByRole('dialog', { name: 'Export events' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys and search' }).waitFor()
    await page.context().close()
  })

  it('leads the keys to the rows: by j and Enter, by the skip link, and out of the detail by Escape', async () => {
    const { page } = await open('/events')
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('role'))
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    expect(await focused()).toBe('grid')
    await page.getByLabel('Search', { exact: true }).focus()
    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const detail = page.getByRole('complementary', { name: 'Event', exact: true })
    await detail.getByRole('button', { name: 'Reviewed', exact: true }).focus()
    await page.keyboard.press('Escape')
    await detail.waitFor({ state: 'detached' })
    expect(await focused()).toBe('grid')
    await page.context().close()
  })

  it('keeps query and selection in the address, so that back and forward work', async () => {
    const { page } = await open('/events')
    const all = await count(page)
    await page.getByTitle(/^Only delete/).click()
    await expect.poll(() => page.url()).toContain('q=verb:delete')
    const some = await count(page)
    expect(some).not.toBe(all)
    await page.goBack()
    await expect.poll(() => count(page)).toBe(all)
    await page.goForward()
    await expect.poll(() => count(page)).toBe(some)
    await page.locator('[role=row][aria-rowindex="3"]').click()
    await expect.poll(() => page.url()).toMatch(/e=e\w+/)
    const address = page.url()
    await page.goto('about:blank')
    await page.goto(address)
    await page.locator('[data-payload]').waitFor()
    await expect.poll(() => count(page)).toBe(some)
    expect(await page.locator('[role=row][aria-selected=true]').getAttribute('aria-rowindex')).toBe('3')
    await page.context().close()
  })

  it('narrows by mouse and by keys in the histogram', async () => {
    const { page } = await open('/events')
    const plot = page.getByRole('application')
    const box = await plot.boundingBox()
    if (box === null) throw new Error('The histogram has no box.')
    await page.mouse.move(box.x + 200, box.y + 30)
    await page.mouse.down()
    await page.mouse.move(box.x + 400, box.y + 30, { steps: 3 })
    await page.mouse.up()
    const search = page.getByLabel('Search', { exact: true })
    await expect.poll(() => search.inputValue()).toMatch(/^after:\S+ before:\S+$/)
    await search.fill('')
    await expect.poll(() => count(page)).toBe('5,000 events')
    await plot.focus()
    for (const key of ['ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Enter']) await page.keyboard.press(key)
    await expect.poll(() => search.inputValue()).toMatch(/^after:\S+ before:\S+$/)
    await page.context().close()
  })

  it('shows markup from a service as the text it is', async () => {
    const { page } = await open('/events?q=draft')
    await page.getByText('<b>draft</b>.docx').first().waitFor()
    expect(await page.locator('[role=grid] b').count()).toBe(0)
    await page.context().close()
  })

  it('leads from a list and from an event to a timeline of its own', async () => {
    const { page } = await open('/users')
    await page.getByLabel('Search users').fill('amara')
    await page.getByRole('link', { name: 'Amara Okafor' }).first().click()
    await page.getByRole('heading', { name: 'Amara Okafor' }).waitFor()
    expect(page.url()).toMatch(/#\/users\/c-\w+\/482/)
    await page.locator('[role=row][aria-rowindex="2"]').click()
    await page.getByRole('link', { name: 'Open timeline' }).last().click()
    await page.getByRole('heading', { level: 1, name: /^Workspace / }).waitFor()
    await page.context().close()
  })

  it('asks for the passphrase of a locked archive, and says when it is wrong', async () => {
    const page = await screen.browser.newPage()
    const info = { version: '1', shell: 'browser', isDemo: false, home: '/home', systemZone: 'UTC', keychain: 'absent', tasks: [] }
    const archive = { state: 'needs-passphrase', sentence: 'No keychain answered, so this archive opens with its passphrase.' }
    await answerCalls(page, (method) => {
      const error = {
        code: 'ARCHIVE_WRONG_KEY' as const,
        message: 'The passphrase does not open this archive. Try again.',
        retryable: false,
      }
      return method === 'app.info' ? { ok: true, value: { ...info, archive } } : { ok: false, error }
    })
    await page.goto(screen.address(null, '/events'))
    await page.getByText(archive.sentence).waitFor()
    await page.getByLabel('Passphrase').fill('not the right one')
    await page.keyboard.press('Enter')
    await page.getByText('The passphrase does not open this archive. Try again.').waitFor()
    expect(await page.getByLabel('Passphrase').inputValue()).toBe('')
    await page.close()
  })

  it('says which numbers are what there is at least, and shows the exact ones by itself', async () => {
    const page = await screen.browser.newPage()
    const buckets = (count: number) => [{ start: '2024-05-01T00:00:00.000Z', count, byService: { lytics: count } }]
    const verbs = (count: number) => ({ verb: [{ value: 'read', label: 'read', count }] })
    const loaded = Promise.withResolvers<null>()
    await answerCalls(page, async (method, input) => {
      const isEarly = (input as { readonly early?: boolean }).early === true
      if (['events.facets', 'events.histogram'].includes(method) && !isEarly) await loaded.promise
      const count = isEarly ? 1_230 : 1_234
      if (method === 'events.facets') return { ok: true, value: { values: verbs(count), exact: !isEarly } }
      if (method === 'events.histogram') return { ok: true, value: { unit: 'day', buckets: buckets(count), untimed: 0, exact: !isEarly } }
      return { ok: true, value: emptyCore[method] ?? [] }
    })
    await page.goto(screen.address(null, '/events'))
    await page.getByTitle('Only read, at least 1,230 events').getByText('≥ 1,230').waitFor()
    await page.getByRole('region', { name: 'Service' }).getByText('Loading…').waitFor()
    const early = page.getByText('At least so many: the exact numbers follow as soon as the archive is loaded.')
    await early.waitFor()
    loaded.resolve(null)
    await page.getByTitle('Only read, 1,234 events').getByText('1,234', { exact: true }).waitFor()
    await page.getByRole('region', { name: 'Service' }).getByText('none').waitFor()
    await early.waitFor({ state: 'detached' })
    await page.close()
  })

  it('leads a newcomer to the first connection', async () => {
    const page = await screen.browser.newPage()
    await answerCalls(page, (method) => ({ ok: true, value: emptyCore[method] ?? [] }))
    await page.goto(screen.address(null, '/events'))
    await page.getByRole('heading', { name: 'No connection yet' }).waitFor()
    await page.getByRole('link', { name: 'Add a connection' }).click()
    await page.getByRole('heading', { name: 'Connections' }).waitFor()
    await page.close()
  })
})
