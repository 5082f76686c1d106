/** What the page's part writes into the trace; each name is followed by the number of the input it stands for. */
export const marks = { asked: 'bench-asked:', shown: 'bench-shown:' } as const

/** What a person does that rows answer: by text in the search box, or by moving through the list. */
export type Asking = 'text' | 'scroll'

declare global {
  interface Window {
    benchAsking?: Asking
  }
}

/**
 * Runs in the page before its own scripts. Marks each input that asks for other rows as it is handled, and the moment at which all
 * inputs up to a number are answered in the document: every row in view has arrived, and they are those of the text in the box or of
 * the place the scrollbar was at.
 */
export function watchInputs(names: typeof marks): void {
  const rowPx = 30
  const headPx = 28
  let asked = 0
  let answered = 0
  let shown = 0
  let places: { readonly number: number; readonly scrollPx: number }[] = []

  /** Where the scrollbar belongs for the rows that are drawn; null while some have not arrived. */
  const drawnAt = (grid: Element, rows: number): { readonly scrollPx: number; readonly exactPx: number } | null => {
    if (grid.querySelector('[aria-busy=true]') !== null) return null
    const indexes = Array.from(grid.querySelectorAll('[aria-rowindex]'), (row) => Number(row.getAttribute('aria-rowindex')))
    const first = Math.min(...indexes.filter((index) => index > 1)) - 2
    const share = (grid.scrollHeight - grid.clientHeight) / (rows * rowPx - (grid.clientHeight - headPx))
    return { scrollPx: first * rowPx * share, exactPx: rowPx * share + 1 }
  }

  const show = (): void => {
    const grid = document.querySelector('[role=grid]')
    if (grid === null || shown === asked || (window.benchAsking === 'text' && answered < asked)) return
    const drawn = drawnAt(grid, Number(grid.getAttribute('aria-rowcount')) - 1)
    if (drawn === null) return
    if (window.benchAsking === 'text') shown = asked
    else {
      const place = places.findLast(({ scrollPx }) => Math.abs(scrollPx - drawn.scrollPx) <= drawn.exactPx)
      if (place === undefined) return
      shown = place.number
      places = places.filter(({ number }) => number > shown)
    }
    performance.mark(names.shown + String(shown))
  }

  const askText = (): void => {
    if (window.benchAsking === 'text') performance.mark(names.asked + String(++asked))
  }
  window.addEventListener('input', askText, true)
  window.addEventListener('pointerup', askText, true)
  window.addEventListener(
    'scroll',
    ({ target }) => {
      if (window.benchAsking !== 'scroll' || !(target instanceof Element)) return
      performance.mark(names.asked + String(++asked))
      places.push({ number: asked, scrollPx: target.scrollTop })
      // The wheel's rows may be drawn before its scrollbar has moved.
      show()
    },
    true,
  )

  const call = window.fetch.bind(window)
  window.fetch = async (target, init) => {
    const response = await call(target, init)
    const { method, input } = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as {
      readonly method?: string
      readonly input?: { readonly query?: { readonly text?: string } }
    }
    if (method !== 'events.first' && method !== 'events.window') return response
    const read = response.json.bind(response)
    response.json = async () => {
      const value: unknown = await read()
      const text = document.querySelector<HTMLInputElement>('[data-search-box]')?.value
      if (text === input?.query?.text) answered = asked
      // After the page itself has taken the answer: where the same rows stay, nothing in the document tells.
      setTimeout(show)
      return value
    }
    return response
  }
  document.addEventListener('DOMContentLoaded', () => {
    new MutationObserver(show).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  })
}
