import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { browserPath } from './app.ts'
import { openFakeScreen, type FakeScreen } from './fake-screen.ts'

const rows = 10_000_000
const rowHeightPx = 30

/** Chromium caps an element at about 33.5 million px; ten million rows of 30 px are 300 million. */
describe.skipIf(browserPath === null)(`ten million rows${browserPath === null ? ' (no Chromium on this machine)' : ''}`, () => {
  let screen: FakeScreen
  let page: Page

  beforeAll(async () => {
    screen = await openFakeScreen()
  })
  afterAll(() => screen.close())

  beforeEach(async () => {
    page = await screen.browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(screen.address(rows, '/events'))
    await rowAt(0).waitFor()
    return () => page.close()
  })

  /** A row of the grid by position; the header is row 1 of the grid. */
  function rowAt(position: number) {
    return page.locator(`[role=row][aria-rowindex="${position + 2}"]:not([aria-busy=true])`)
  }

  /** Waits for the last row, then checks that it is the last event and wholly in view. */
  async function expectLastRow(): Promise<void> {
    await rowAt(rows - 1).waitFor()
    expect(
      await rowAt(rows - 1)
        .locator('time')
        .getAttribute('datetime'),
    ).toBe('2011-12-09T20:47:27.000Z')
    const [row, grid] = await Promise.all([rowAt(rows - 1).boundingBox(), page.getByRole('grid').boundingBox()])
    expect(row && grid && row.y + row.height <= grid.y + grid.height + 0.5).toBe(true)
  }

  /** Position of the topmost row that is drawn. */
  async function firstRow(): Promise<number> {
    const indexes = await page
      .locator('[role=row][aria-rowindex]')
      .evaluateAll((found) => found.map((row) => Number(row.getAttribute('aria-rowindex'))))
    return Math.min(...indexes.filter((index) => index > 1)) - 2
  }

  it('says how many there are', async () => {
    expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe(String(rows + 1))
    expect(await page.locator('[data-count]').textContent()).toBe('10,000,000 events')
  })

  it('reaches the last row by End, and the first by Home', async () => {
    await page.getByRole('grid').focus()
    await page.keyboard.press('End')
    await expectLastRow()
    expect(await rowAt(rows - 1).getAttribute('aria-selected')).toBe('true')
    await page.keyboard.press('Home')
    await rowAt(0).waitFor()
  })

  it('reaches the last row by dragging the scrollbar', async () => {
    const box = await page.getByRole('grid').boundingBox()
    if (box === null) throw new Error('The grid has no box.')
    const x = box.x + box.width - 6
    // below the scrollbar's arrow
    await page.mouse.move(x, box.y + 22)
    await page.mouse.down()
    await page.mouse.move(x, box.y + box.height / 2, { steps: 4 })
    await page.mouse.move(x, box.y + box.height + 40, { steps: 4 })
    await page.mouse.up()
    await expectLastRow()
  })

  it('reaches the last row by wheel, every step as long as it is turned', async () => {
    await page.getByRole('grid').focus()
    await page.keyboard.press('End')
    await expectLastRow()
    const bottom = await firstRow()
    const box = await page.getByRole('grid').boundingBox()
    await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 200)
    for (let turned = 1; turned <= 5; turned++) {
      await page.mouse.wheel(0, -20 * rowHeightPx)
      await expect.poll(firstRow).toBe(bottom - 20 * turned)
    }
    for (let turned = 4; turned >= 0; turned--) {
      await page.mouse.wheel(0, 20 * rowHeightPx)
      await expect.poll(firstRow).toBe(bottom - 20 * turned)
    }
    await expectLastRow()
  })

  it('steps row by row far down the list', async () => {
    await page.getByRole('grid').focus()
    await page.keyboard.press('End')
    await expectLastRow()
    for (let step = 1; step <= 60; step++) await page.keyboard.press('k')
    await rowAt(rows - 61).waitFor()
    expect(await rowAt(rows - 61).getAttribute('aria-selected')).toBe('true')
  })
})
