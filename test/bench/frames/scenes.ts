import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { createMouse } from './mouse.ts'
import type { Asking } from './page-marks.ts'

/** Something a person does with the list, for some seconds. */
export interface Scene {
  readonly name: string
  readonly asking: Asking
  /** Inputs of these kinds, as Chromium calls them, ask for rows. */
  readonly inputTypes: readonly string[]
  play(page: Page): Promise<void>
}

/** Ticks of a display, and of a mouse. */
const tickMs = 1_000 / 60
const keyMs = 125
/** Between two searches or drags. */
const restMs = 700

const typed = [
  'ada lovelace',
  'downloaded',
  'e',
  'verb:delete',
  'hopper legal',
  'outcome:failure',
  'report budget',
  'kind:file ada',
  'viewed -ada',
  'service:lytics',
  'signed in to',
  '"ada lovelace viewed"',
]

const typing: Scene = {
  name: 'typing',
  asking: 'text',
  inputTypes: ['KEY_PRESSED'],
  async play(page) {
    const box = page.locator('[data-search-box]')
    await box.focus()
    for (const text of typed) {
      for (const key of text) {
        await page.keyboard.type(key)
        await sleep(keyMs)
      }
      await sleep(restMs)
      // not by keys: each key pressed counts as one that asks for rows
      await box.selectText()
      await page.keyboard.press('Backspace')
      await sleep(restMs)
    }
  },
}

const wheel: Scene = {
  name: 'scrolling by wheel',
  asking: 'scroll',
  inputTypes: ['MOUSE_WHEEL'],
  async play(page) {
    const { x, y, width, height } = await boxOf(page, '[role=grid]')
    await page.mouse.move(x + width / 2, y + height / 2)
    await atTicks(300, (tick) => page.mouse.wheel(0, tick % 100 < 70 ? 100 : -100))
    await sleep(restMs)
    await atTicks(120, () => page.mouse.wheel(0, 600))
  },
}

const scrollbar: Scene = {
  name: 'dragging the scrollbar',
  asking: 'scroll',
  inputTypes: ['MOUSE_DRAGGED'],
  async play(page) {
    const { x, y, width, height } = await boxOf(page, '[role=grid]')
    const mouse = await createMouse(page)
    const barX = x + width - 6
    await mouse.move(barX, y + 22)
    await mouse.down()
    // There and back, with turns and rests, as somebody looks for a place. A mouse tells of whole pixels only, and beyond the end nothing moves.
    let pulledPx = 0
    await atTicks(480, async (tick) => {
      const pullPx = Math.round((height - 60) * (0.5 - 0.5 * Math.cos((tick / 480) * 4 * Math.PI)))
      if (pullPx === pulledPx) return
      pulledPx = pullPx
      await mouse.move(barX, y + 22 + pullPx)
    })
    await mouse.up()
  },
}

const brushing: Scene = {
  name: 'brushing',
  asking: 'text',
  inputTypes: ['MOUSE_RELEASED'],
  async play(page) {
    const mouse = await createMouse(page)
    for (let round = 0; round < 10; round++) {
      const { x, y, width, height } = await boxOf(page, '[role=application]')
      const from = x + width * (0.05 + 0.06 * round)
      await mouse.move(from, y + height / 2)
      await mouse.down()
      await atTicks(60, (tick) => mouse.move(from + (width * 0.3 * tick) / 60, y + height / 2))
      await mouse.up()
      await sleep(restMs)
      const clear = await boxOf(page, '[data-search-box] + button')
      await mouse.move(clear.x + clear.width / 2, clear.y + clear.height / 2)
      await mouse.down()
      await mouse.up()
      await sleep(restMs)
    }
  },
}

export const scenes: readonly Scene[] = [typing, wheel, scrollbar, brushing]

/** By a selector, as looking for roles and names goes through the whole page, within what is measured. */
async function boxOf(page: Page, selector: string) {
  const box = await page.locator(selector).boundingBox()
  if (box === null) throw new Error(`${selector} has no box.`)
  return box
}

/** Sends inputs at the pace of a display without waiting for what they do, as a hand does. */
async function atTicks(count: number, send: (tick: number) => Promise<void>): Promise<void> {
  const sent: Promise<void>[] = []
  const beganMs = performance.now()
  for (let tick = 1; tick <= count; tick++) {
    sent.push(send(tick))
    await sleep(Math.max(0, beganMs + tick * tickMs - performance.now()))
  }
  await Promise.all(sent)
}
