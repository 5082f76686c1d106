import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { browserPath } from './app.ts'
import { countOf, demoEvents, openDemo, type Demo } from './demo.ts'

/** The main journey without a mouse, one step after another in one window. */
describe.skipIf(browserPath === null)('by keyboard alone', () => {
  let demo: Demo

  beforeAll(async () => {
    demo = await openDemo()
  })

  afterEach(() => expect(demo.takeComplaints()).toEqual([]))

  afterAll(() => demo?.close())

  const search = () => demo.page.getByRole('combobox', { name: 'Search' })
  const detail = () => demo.page.getByRole('complementary', { name: 'Event' })
  const selected = () => demo.page.getByRole('row', { selected: true })
  const seesEvents = (count: number) => countOf(demo.page, count).waitFor()

  /** What has the focus; a part inside a date field counts as the field. */
  const holder = () => demo.page.locator(':focus, input:focus-within')

  async function press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await demo.page.keyboard.press(key)
  }

  /** Role and name of what has the focus, as assistive technology is told. */
  async function focused(): Promise<string> {
    const snapshot = await holder().ariaSnapshot()
    return /- (\w+(?: "[^"]*")?)/.exec(snapshot)?.[1] ?? ''
  }

  /** Empties the search box; Escape closes the suggestions first, if there are any, and then leaves the box. */
  async function clearSearch(): Promise<void> {
    await press('/', 'ControlOrMeta+a', 'Delete')
    await seesEvents(demoEvents)
    while ((await search().and(holder()).count()) === 1) await press('Escape')
  }

  /** A picture of what has the focus and of its close surroundings. */
  async function pictureFocus(): Promise<{ readonly name: string; hasChanged(): Promise<boolean> }> {
    const box = await holder().boundingBox()
    if (box === null) throw new Error('What has the focus is not on screen.')
    const clip = { x: Math.max(0, box.x - 4), y: Math.max(0, box.y - 4), width: box.width + 8, height: box.height + 8 }
    const picture = await demo.page.screenshot({ clip })
    return { name: await focused(), hasChanged: async () => !picture.equals(await demo.page.screenshot({ clip })) }
  }

  it('reaches every part in the order of the screen, and shows where the focus is', async () => {
    const order: string[] = []
    await press('Tab')
    for (let stop = await pictureFocus(); order.at(-1) !== 'button "Leave out Onehub"' && order.length < 40; stop = await pictureFocus()) {
      order.push(stop.name)
      await press('Tab')
      expect(await stop.hasChanged(), `the focus on ${stop.name} can be seen`).toBe(true)
    }
    const parts = [
      'link "Skip to the timeline"',
      'link "All events"',
      'link "Settings"',
      'button "Keys and help"',
      'combobox "Search"',
      'button "Export"',
      'combobox "Time range"',
      'combobox "Time zone"',
      'button "Leave out Onehub"',
    ]
    expect(order.filter((stop) => parts.includes(stop))).toEqual(parts)
  })

  it('skips to the timeline', async () => {
    await demo.go('/events')
    await demo.page.reload()
    await seesEvents(demoEvents)
    await press('Tab', 'Enter')
    await expect.poll(focused).toBe('grid "Events, newest first"')
  })

  it('searches with / and chooses a suggestion', async () => {
    await press('/')
    expect(await focused()).toBe('combobox "Search"')
    await demo.page.keyboard.type('verb:delete')
    await demo.page.getByRole('option', { name: /^delete/ }).waitFor()
    await press('ArrowDown', 'Enter', 'Escape', 'Escape')
    await expect.poll(() => search().inputValue()).toMatch(/^verb:delete\s*$/)
    await demo.page.getByRole('list', { name: 'Conditions of the search' }).getByText('delete').waitFor()
  })

  it('walks the rows with j and k, and the detail follows', async () => {
    await press('j', 'j', 'j', 'k')
    await expect.poll(() => selected().getAttribute('aria-rowindex')).toBe('3')
    await press('Enter')
    const shown = async () => (await detail().getByRole('definition').allInnerTexts()).join(' ')
    const first = await (await detail().locator('dd').first().waitFor(), shown)()
    await press('j')
    await expect.poll(() => selected().getAttribute('aria-rowindex')).toBe('4')
    await expect.poll(shown).not.toBe(first)
    await press('k')
    await expect.poll(shown).toBe(first)
  })

  it('marks with m and notes with n', async () => {
    await press('m')
    await selected().getByText('Reviewed', { exact: true }).waitFor()
    await press('m')
    await selected().getByText('Follow up', { exact: true }).waitFor()
    await press('n')
    await expect.poll(focused).toBe('textbox "Write a note"')
    await demo.page.keyboard.type('Seen by keyboard.')
    await press('Tab')
    expect(await focused()).toBe('button "Add note"')
    await press('Enter')
    await detail().getByRole('list', { name: 'Notes' }).getByText('Seen by keyboard.').waitFor()
    await press('n')
    await expect.poll(focused).toBe('textbox "Write a note"')
    await press('Escape')
    await expect.poll(focused).toBe('grid "Events, newest first"')
    await press('Escape')
    await detail().waitFor({ state: 'detached' })
  })

  it('filters in and out by the value in the focused cell, with f and F', async () => {
    await clearSearch()
    await press('j')
    const service = (await selected().getByRole('gridcell').nth(1).innerText()).trim()
    await press('ArrowLeft')
    await press('f')
    await expect.poll(() => search().inputValue()).toMatch(/^service:\w+$/)
    const field = await search().inputValue()
    await expect.poll(() => demo.page.getByRole('row').nth(7).getByRole('gridcell').nth(1).innerText()).toBe(service)
    await press('f')
    await seesEvents(demoEvents)
    await press('F')
    await expect.poll(() => search().inputValue()).toBe(`-${field}`)
    await clearSearch()
  })

  it('narrows to a range in the histogram with arrows, Shift and Enter', async () => {
    const histogram = demo.page.getByRole('region', { name: 'Events over time' })
    await histogram.and(demo.page.locator('[aria-busy=false]')).waitFor()
    await demo.page.getByRole('application', { name: /^Events over time/ }).focus()
    await press('End', 'ArrowLeft', 'ArrowLeft', 'Shift+ArrowRight')
    const said = histogram.getByRole('status')
    const held = Number(/: ([\d,]+) events$/.exec(await said.innerText())?.[1]?.replaceAll(',', ''))
    await press('Enter')
    await seesEvents(held)
    expect(await search().inputValue()).toMatch(/^after:\S+ before:\S+$/)
  })

  it('exports with e, and closes with Escape', async () => {
    await press('e')
    const form = demo.page.getByRole('dialog', { name: 'Export events' })
    await form.getByText(/^All [\d,]+ events that match$/).waitFor()
    const path = join(demo.folder, 'by-keyboard.csv')
    for (let stop = 0; stop < 6 && (await focused()) !== 'textbox "File"'; stop++) await press('Tab')
    await demo.page.keyboard.type(path)
    for (let stop = 0; stop < 6 && (await focused()) !== 'button "Export"'; stop++) await press('Tab')
    await press('Enter')
    await form.getByText('Done').waitFor()
    expect(await focused()).toBe('button "Close"')
    expect(existsSync(path)).toBe(true)
    await press('Escape')
    await form.waitFor({ state: 'detached' })
  })

  it('explains itself with ?, and gives the focus back', async () => {
    await demo.page.getByRole('grid').focus()
    await press('?')
    await demo.page.getByRole('dialog', { name: 'Keys and search' }).waitFor()
    await press('Escape')
    await expect.poll(focused).toBe('grid "Events, newest first"')
  })

  it('goes through a list to a timeline of its own', async () => {
    await demo.go('/users')
    await demo.page.getByRole('row').nth(3).getByRole('link').waitFor()
    await demo.page.getByRole('grid', { name: 'Users' }).focus()
    await press('ArrowDown', 'ArrowDown', 'Enter')
    await expect.poll(() => new URL(demo.page.url()).hash).toMatch(/^#\/users\/[^/]+\/[^/]+/)
    await demo.page
      .getByRole('row')
      .nth(5)
      .getByText(/\d\d:\d\d:\d\d/)
      .waitFor()
  })
})
