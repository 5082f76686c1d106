import { Worker } from 'node:worker_threads'
import type { WorkerOptions } from '../../reader-port.ts'
import type { EventColumns, LoadedColumns } from '../columns/columns.ts'
import { type CountArrays, type CountedColumns, type CountSizes, countWords, MatchCounts } from '../counting/match-counts.ts'
import type { Moment } from '../rows/moment.ts'
import type { Program } from '../search/program.ts'
import { SharedWords } from '../turns/shared-words.ts'
import { type SharedSlices, Slices } from '../turns/slices.ts'
import type { LoadedSegment } from '../stored/segments.ts'
import type { ScanTask } from '../texts/text-scan.ts'
import type { SplitNumbers } from '../columns/split-column.ts'
import type { KnownOrder, ReadOrder } from '../stored/stored-order.ts'
import type { Times } from '../columns/time-column.ts'
import type { SortedRows } from '../columns/time-order.ts'
import { ThreadCaller } from '../turns/thread-calls.ts'

/** Rows, or entries with a text, from which on it pays to ask for help: some milliseconds of work. */
const manyRows = 500_000
/** Matches are spread over memory, so that counting one takes as long as a pass takes for some. */
const rowsAMatch = 4

export interface AssistantOptions {
  readonly home: string
  /** Null: it is not to open the archive, and loads nothing. */
  readonly keyHex: string | null
  /** Where the script of the archive's threads lies. */
  readonly workerUrl: string
  /** Rows of the smallest pass it takes part in. */
  readonly leastRows?: number
}

/** A pass of a program over all rows; its bits go into `words`, which threads share. */
export interface MatchTask {
  readonly program: Program
  readonly columns: EventColumns
  readonly words: Uint32Array
  readonly slices: SharedSlices
}

/** A count of the rows of a result, but for those of another, into words which threads share. */
export interface CountTask {
  readonly counted: CountedColumns
  readonly sizes: CountSizes
  readonly words: Uint32Array
  readonly without: Uint32Array | null
  readonly into: Uint32Array
  readonly slices: SharedSlices
}

/** What was read of an archive for another thread. */
export interface LoadedArchive {
  readonly columns: LoadedColumns
  readonly segments: readonly LoadedSegment[]
  readonly order: ReadOrder | null
}

/** What the places of the first rows' objects are to be told from. `numbers`: by place. */
export interface PlacesTask {
  readonly object: SplitNumbers
  readonly count: number
  readonly numbers: Uint32Array
  readonly objectCount: number
}

/** Rows to be put in time order in `rows`, which threads share. `known`: those that lie there so. */
export interface OrderTask {
  readonly times: Times
  readonly count: number
  readonly rows: Uint32Array
  readonly known: KnownOrder
}

/**
 * A second thread that takes slices of long passes. It knows nothing of the archive but the numbers and texts it is shown, and opens its file
 * for a load alone. What it is asked resolves when its last slice is done: to `failed` where slices it had taken may not be. Null: not worth it,
 * or not possible.
 */
export class Assistant {
  readonly #options: AssistantOptions
  readonly #words = new SharedWords()
  #thread: ThreadCaller | null = null
  #hasFailed = false

  constructor(options: AssistantOptions) {
    this.#options = options
  }

  /** Whether it pays to ask for help with so many rows, or entries with a text. */
  isUsefulFor(count: number): boolean {
    return !this.#hasFailed && count >= (this.#options.leastRows ?? manyRows)
  }

  /** Starts the thread ahead where it will be of use for so many rows, so that nobody waits for its start. */
  prepare(rows: number): void {
    if (this.isUsefulFor(rows)) this.#thread ??= this.#start()
  }

  /** Takes part in a pass. */
  match(task: MatchTask, signal: AbortSignal): Promise<null | 'failed'> | null {
    return this.isUsefulFor(task.slices.count) && isPlain(task.program) ? this.#call('match', task, signal) : null
  }

  /** Takes part in a count of so many matches. What it counted is only there while `take` is called with it. */
  count(
    task: Omit<CountTask, 'into'>,
    matches: number,
    signal: AbortSignal,
    take: (counts: CountArrays) => void,
  ): Promise<null | 'failed'> | null {
    return this.isUsefulFor(matches * rowsAMatch) ? this.#count(task, signal, take) : null
  }

  /** Takes part in searching texts; what is found goes into memory that threads share. */
  search(task: ScanTask, signal: AbortSignal): Promise<null | 'failed'> {
    return this.#call('search', task, signal)
  }

  /** Reads stored segments and the stored order, all of them alone. */
  load(task: Moment): Promise<LoadedArchive | 'failed'> | null {
    return this.#options.keyHex !== null && this.isUsefulFor(task.lastSeq) ? this.#call('load', task) : null
  }

  /** Tells the places of objects, of all rows alone; in memory that threads share. */
  places(task: PlacesTask): Promise<Uint16Array | 'failed'> | null {
    return this.isUsefulFor(task.count) ? this.#call('places', task) : null
  }

  /** Sorts rows by time, all of them alone. */
  order(task: OrderTask): Promise<SortedRows | 'failed'> | null {
    return this.isUsefulFor(task.count) ? this.#call('order', task) : null
  }

  /** Bits are copied to where both threads see them: a message would copy them twice. There it counts as well. */
  async #count(task: Omit<CountTask, 'into'>, signal: AbortSignal, take: (counts: CountArrays) => void): Promise<null | 'failed'> {
    const lend = (words: Uint32Array): Uint32Array => {
      const lent = this.#words.borrow(words.length)
      lent.set(words)
      return lent
    }
    const words = lend(task.words)
    const without = task.without === null ? null : lend(task.without)
    const into = this.#words.borrow(countWords(task.sizes))
    try {
      const answer = await this.#call<null>('count', { ...task, words, without, into }, signal)
      if (answer !== 'failed') take(new MatchCounts(task.sizes, into))
      return answer
    } finally {
      const slices = new Slices(task.slices)
      for (const lent of [words, without, into]) if (lent !== null) this.#words.giveBack(lent, slices)
    }
  }

  async #call<Value>(method: string, task: Task, signal?: AbortSignal): Promise<Value | 'failed'> {
    this.#thread ??= this.#start()
    try {
      return await this.#thread.call<Value>(method, [task], signal)
    } catch {
      // Whoever cancelled does not wait for it.
      if (signal?.aborted !== true) this.#hasFailed = true
      return 'failed'
    }
  }

  #start(): ThreadCaller {
    const { home, keyHex, workerUrl } = this.#options
    const workerData: WorkerOptions = { role: 'reader', home, keyHex: keyHex ?? '', part: 'assist' }
    const worker = new Worker(new URL(workerUrl), { workerData, name: 'archive-assist', resourceLimits: { maxYoungGenerationSizeMb: 8 } })
    worker.unref()
    return new ThreadCaller(worker)
  }
}

type Task = MatchTask | CountTask | ScanTask | Moment | PlacesTask | OrderTask

/** Whether a program is made of numbers alone, which can be sent to another thread. */
function isPlain(program: Program): boolean {
  switch (program.op) {
    case 'and':
    case 'or':
      return program.parts.every(isPlain)
    case 'not':
      return isPlain(program.part)
    case 'confirm':
      return false
    default:
      return true
  }
}
