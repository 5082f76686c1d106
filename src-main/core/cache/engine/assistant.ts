import { Worker } from 'node:worker_threads'
import type { WorkerOptions } from '../reader-port.ts'
import type { EventColumns } from './columns.ts'
import type { CountedColumns, CountSizes, MatchCounts } from './match-counts.ts'
import type { Program } from './program.ts'
import type { Slices } from './slices.ts'
import { ThreadCaller } from './thread-calls.ts'

/** Rows from which on it pays to ask for help: some milliseconds of work. */
const manyRows = 500_000

export interface AssistantOptions {
  readonly home: string
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
  readonly slices: Slices['shared']
}

/** A count of the rows of a result, but for those of another. */
export interface CountTask {
  readonly counted: CountedColumns
  readonly sizes: CountSizes
  readonly words: Uint32Array
  readonly without: Uint32Array | null
  readonly slices: Slices['shared']
}

/** Arrays of counts as a thread hands them over. */
export type CountArrays = Pick<MatchCounts, 'actor' | 'context' | 'flags' | 'place' | 'slot'>

/** A second thread that takes slices of long passes. It knows nothing of the archive but the numbers it is shown. */
export class Assistant {
  readonly #options: AssistantOptions
  #thread: ThreadCaller | null = null

  constructor(options: AssistantOptions) {
    this.#options = options
  }

  /** Takes part in a pass; resolves when its last slice is done. Null: not worth it, or not possible. */
  match(task: MatchTask, signal: AbortSignal): Promise<null> | null {
    return this.#isFew(task.slices.rowCount) || !isPlain(task.program) ? null : this.#call('match', task, signal)
  }

  /** Takes part in a count; resolves to what it counted. */
  count(task: CountTask, rows: number, signal: AbortSignal): Promise<CountArrays> | null {
    return this.#isFew(rows) ? null : this.#call('count', task, signal)
  }

  #isFew(rows: number): boolean {
    return rows < (this.#options.leastRows ?? manyRows)
  }

  #call<Value>(method: string, task: MatchTask | CountTask, signal: AbortSignal): Promise<Value> {
    this.#thread ??= this.#start()
    const done = this.#thread.call<Value>(method, [task], signal)
    // Told to whoever waits for it; nobody may, when its own part fails.
    done.catch(() => undefined)
    return done
  }

  #start(): ThreadCaller {
    const { home, workerUrl } = this.#options
    // It opens nothing, so it is given no key.
    const workerData: WorkerOptions = { role: 'reader', home, keyHex: '', part: 'assist' }
    const worker = new Worker(new URL(workerUrl), { workerData, name: 'archive-assist', resourceLimits: { maxYoungGenerationSizeMb: 8 } })
    worker.unref()
    return new ThreadCaller(worker)
  }
}

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
