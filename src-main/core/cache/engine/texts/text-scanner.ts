import type { Assistant } from '../threads/assistant.ts'
import { addBits } from '../columns/bitmap.ts'
import type { Scheduler, Urgency } from '../turns/scheduler.ts'
import { Slices } from '../turns/slices.ts'
import type { SharedWords } from '../turns/shared-words.ts'
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
    const lent = scans.map((scan) => ({ scan, words: this.#words.borrow(scan.bits.length) }))
    const task = taskOf(lent.map(({ scan, words }) => ({ ...scan, bits: words })))
    if (task === null) return
    const slices = new Slices(task.slices)
    const assisted = assistant.search(task, signal)
    try {
      await this.#takeSlices(task, slices, level, signal)
      if ((await assisted) === 'failed') return await this.#search(scans, level, signal)
      for (const { scan, words } of lent) addBits(scan.bits, words)
    } finally {
      slices.drop()
      for (const { words } of lent) this.#words.giveBack(words, slices)
    }
  }

  async #takeSlices(task: ScanTask, slices: Slices, level: Urgency, signal: AbortSignal): Promise<void> {
    for (let slice = slices.take(); slice !== null; slice = slices.take()) {
      scanSlice(task, 'own', slice)
      await this.#scheduler.breathe(level, signal)
    }
  }
}
