import type { Page } from 'playwright-core'

/** A mouse with one button. Times and paths are its holder's. */
export interface Mouse {
  move(x: number, y: number): Promise<void>
  down(): Promise<void>
  up(): Promise<void>
}

/**
 * Playwright's own mouse runs code in the page at each move with the button held, to find out whether something is being dragged: a
 * millisecond of the page's time that no hand would take. This one only tells the browser.
 */
export async function createMouse(page: Page): Promise<Mouse> {
  const session = await page.context().newCDPSession(page)
  let at = { x: 0, y: 0 }
  let buttons = 0
  const tell = async (type: 'mouseMoved' | 'mousePressed' | 'mouseReleased'): Promise<void> => {
    const button = type !== 'mouseMoved' || buttons === 1 ? 'left' : 'none'
    await session.send('Input.dispatchMouseEvent', { type, ...at, button, buttons, ...(type === 'mouseMoved' ? {} : { clickCount: 1 }) })
  }
  return {
    move(x, y) {
      at = { x, y }
      return tell('mouseMoved')
    },
    down() {
      buttons = 1
      return tell('mousePressed')
    },
    up() {
      buttons = 0
      return tell('mouseReleased')
    },
  }
}
