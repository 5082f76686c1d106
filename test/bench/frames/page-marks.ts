/**
 * What the page's part writes into the trace; each name is followed by the number of the input it stands for. `changed` stands where what
 * is seen of the list last changed before `shown` or `refused`: the same rows may stay, and no picture follows then.
 */
export const marks = { asked: 'bench-asked:', shown: 'bench-shown:', refused: 'bench-refused:', changed: 'bench-changed:' } as const

/** What a person does that rows answer: by text in the search box, or by moving through the list. */
export type Asking = 'text' | 'scroll'

declare global {
  interface Window {
    benchAsking?: Asking
  }
}

/**
 * Runs in the page before its own scripts. Marks each input that asks for other rows as it is handled, and the moment at which all
 * inputs up to a number are answered in the document: every row in view has arrived, and they are those of the text in the box (or it
 * is said that there are none) or of the place the scrollbar was at. A text that cannot be run is marked apart when that is said.
 */
export function watchInputs(names: typeof marks): void {
  const rowPx = 30
  const headPx = 28
  let asked = 0
  let answered = 0
  /** The newest input whose text is known to be one that can be run: its rows are shown from then on. */
  let read = 0
  /** The newest input that left a text which cannot be run, such as an open quote: a sentence answers it, and no rows are asked for. */
  let refused = 0
  let shown = 0
  let askedAt = 0
  let changedAt = 0
  let places: { readonly number: number; readonly scrollPx: number }[] = []

  let grid: Element | null = null
  let box: HTMLInputElement | null = null
  const gridNow = (): Element | null => (grid?.isConnected === true ? grid : (grid = document.querySelector('[role=grid]')))
  const boxNow = (): HTMLInputElement | null => (box?.isConnected === true ? box : (box = document.querySelector('[data-search-box]')))

  /** How the list scrolls, by its number of rows: asked for once, as the answer takes a layout that may not be due. */
  let measured = { rows: -1, share: 0 }
  const shareOf = (grid: Element): number => {
    const rows = Number(grid.getAttribute('aria-rowcount')) - 1
    if (measured.rows !== rows) {
      measured = { rows, share: (grid.scrollHeight - grid.clientHeight) / (rows * rowPx - (grid.clientHeight - headPx)) }
    }
    return measured.share
  }

  /** The newest place asked for at which the rows that are drawn belong. */
  const placeOf = (grid: Element) => {
    const indexes = Array.from(grid.querySelectorAll('[aria-rowindex]'), (row) => Number(row.getAttribute('aria-rowindex')))
    const first = Math.min(...indexes.filter((index) => index > 1)) - 2
    const share = shareOf(grid)
    return places.findLast(({ scrollPx }) => Math.abs(scrollPx - first * rowPx * share) <= rowPx * share + 1)
  }

  const ask = (): void => {
    askedAt = performance.now()
    performance.mark(names.asked + String(++asked))
  }

  const markAnswer = (name: string): void => {
    performance.mark(name + String(shown))
    performance.mark(names.changed + String(shown), { startTime: Math.max(askedAt, changedAt) })
  }

  const show = (): void => {
    const grid = gridNow()
    if (grid === null || shown === asked) return
    if (window.benchAsking === 'text' && refused === asked && boxNow()?.ariaInvalid === 'true') {
      shown = asked
      markAnswer(names.refused)
    }
    if (shown === asked || (window.benchAsking === 'text' && Math.min(answered, read) < asked)) return
    if (grid.querySelector('[aria-busy=true]') !== null) return
    if (window.benchAsking === 'text') shown = asked
    else {
      const place = placeOf(grid)
      if (place === undefined) return
      shown = place.number
      places = places.filter(({ number }) => number > shown)
    }
    markAnswer(names.shown)
  }

  const askText = (): void => {
    if (window.benchAsking === 'text') ask()
  }
  window.addEventListener('input', askText, true)
  window.addEventListener('pointerup', askText, true)
  window.addEventListener(
    'scroll',
    ({ target }) => {
      if (window.benchAsking !== 'scroll' || !(target instanceof Element)) return
      ask()
      places.push({ number: asked, scrollPx: target.scrollTop })
      // The wheel's rows may be drawn before its scrollbar has moved.
      show()
    },
    true,
  )

  /** The text that a call asks with, by the call's id; only of calls that answer what was typed. */
  const texts = new Map<number, { readonly method: string; readonly text: string | undefined }>()
  const methods = ['events.first', 'events.window', 'query.parse']
  const watched = new WeakSet<WebSocket>()

  const hear = ({ data }: MessageEvent<string>): void => {
    const id = Number(/^\{"type":"reply","id":(\d+)/.exec(data.slice(0, 60))?.[1])
    const call = texts.get(id)
    texts.delete(id)
    if (call === undefined || call.text !== boxNow()?.value) return
    if (call.method !== 'query.parse') answered = asked
    else if (data.includes('"problems":[]')) read = asked
    else refused = asked
    // The page listens first, and has put what it heard into the document by now; a timer might only come after the picture of it.
    show()
  }

  const send = WebSocket.prototype.send
  WebSocket.prototype.send = function (this: WebSocket, data: string) {
    const message = JSON.parse(data) as {
      readonly id: number
      readonly method?: string
      readonly input?: { readonly text?: string; readonly query?: { readonly text?: string } }
    }
    const { id, method = '', input } = message
    if (methods.includes(method)) texts.set(id, { method, text: method === 'query.parse' ? input?.text : input?.query?.text })
    if (!watched.has(this)) {
      watched.add(this)
      this.addEventListener('message', hear)
    }
    send.call(this, data)
  }
  const changed = (records: readonly MutationRecord[]): void => {
    const grid = gridNow()
    /** Whether the list or what it lies in looks different; what only assistive technology is told does not. */
    const concernsRows = ({ target, attributeName }: MutationRecord): boolean =>
      grid !== null && attributeName?.startsWith('aria-') !== true && (grid.contains(target) || target.contains(grid))
    if (records.some(concernsRows)) changedAt = performance.now()
    show()
  }
  document.addEventListener('DOMContentLoaded', () => {
    new MutationObserver(changed).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true })
  })
}
