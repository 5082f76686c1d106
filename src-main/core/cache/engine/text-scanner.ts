import type { Assistant } from './assistant.ts'
import type { Scheduler, Urgency } from './scheduler.ts'
import { Slices } from './slices.ts'
import type { SharedWords } from './shared-words.ts'
import { entriesOf, scanSlice, type ScanTask, type Searching, taskOf, type TextScan } from './text-scan.ts'

/** Searches texts in turns, with a second thread where they are many. */
export class TextScanner {
  readonly #scheduler: Scheduler
  readonly #assistant: Assistant | null
  readonly #words: SharedWords

  constructor(scheduler: Scheduler, assistant: Assistant | null, words: SharedWords) {
    this.#scheduler = scheduler
    this.#assistant = assistant
    this.#words = words
  }

  /** Takes steps to their end and returns what they come to. Rejects with the signal's reason when cancelled. */
  async finish<Value>(steps: Searching<Value>, level: Urgency, signal: AbortSignal): Promise<Value> {
    for (;;) {
      const step = steps.next()
      if (step.done === true) return step.value
      await this.#search(step.value, level, signal)
      await this.#scheduler.breathe(level, signal)
    }
  }

  async #search(scans: readonly TextScan[], level: Urgency, signal: AbortSignal): Promise<void> {
    const shared: TextScan[] = []
    const alone: TextScan[] = []
    for (const scan of scans) {
      if (this.#assistant?.isUsefulFor(entriesOf(scan)) === true) shared.push(scan)
      else alone.push(scan)
    }
    if (this.#assistant !== null) await this.#searchWith(this.#assistant, shared, level, signal)
    const task = taskOf(alone)
    if (task !== null) await this.#takeSlices(task, new Slices(task.slices), level, signal)
  }

  async #searchWith(assistant: Assistant, scans: readonly TextScan[], level: Urgency, signal: AbortSignal): Promise<void> {
    const lent = scans.map((scan) => ({ ...scan, bits: this.#words.borrow(scan.bits.length) }))
    const task = taskOf(lent)
    if (task === null) return
    const slices = new Slices(task.slices)
    const assisted = assistant.search(task, signal)
    try {
      await this.#takeSlices(task, slices, level, signal)
      if ((await assisted) === 'failed') return await this.#search(scans, level, signal)
      lent.forEach(({ bits: found }, at) => addWords(scans[at]?.bits, found))
    } finally {
      slices.drop()
      for (const { bits } of lent) this.#words.giveBack(bits, slices)
    }
  }

  async #takeSlices(task: ScanTask, slices: Slices, level: Urgency, signal: AbortSignal): Promise<void> {
    for (let slice = slices.take(); slice !== null; slice = slices.take()) {
      scanSlice(task, 'own', slice)
      await this.#scheduler.breathe(level, signal)
    }
  }
}

function addWords(words: Uint32Array | undefined, added: Uint32Array): void {
  if (words === undefined) return
  for (let at = 0; at < added.length; at++) words[at] = (words[at] as number) | (added[at] as number)
}
