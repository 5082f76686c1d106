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
 * inputs up to a number are answered in the document: every row in view is there, and for a search they are those of the text in the box.
 */
export function watchInputs(names: typeof marks): void {
  let asked = 0
  let answered = 0
  let shown = 0
  const ask = (): void => void performance.mark(names.asked + String(++asked))
  const when = (asking: Asking): (() => void) => {
    return () => {
      if (window.benchAsking === asking) ask()
    }
  }
  window.addEventListener('input', when('text'), true)
  window.addEventListener('pointerup', when('text'), true)
  window.addEventListener('wheel', when('scroll'), { capture: true, passive: true })
  window.addEventListener('scroll', when('scroll'), true)

  const show = (): void => {
    if (shown === asked || (window.benchAsking === 'text' && answered < asked)) return
    const grid = document.querySelector('[role=grid]')
    if (grid === null || grid.querySelector('[aria-busy=true]') !== null) return
    shown = asked
    performance.mark(names.shown + String(shown))
  }

  const fetchWindow = window.fetch.bind(window)
  window.fetch = async (target, init) => {
    const response = await fetchWindow(target, init)
    const { method, input } = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as {
      readonly method?: string
      readonly input?: { readonly query?: { readonly text?: string } }
    }
    if (method !== 'events.window') return response
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
