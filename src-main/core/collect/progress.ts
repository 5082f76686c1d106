import type { CollectionProgress, RunCounts } from '../../contract/model/collection.ts'

const rateWindowMs = 15_000
/** Below this share an estimate of the time left would only jump about. */
const leastShareToEstimate = 0.02

/** How far a run is, for the reader. */
export class RunProgress {
  readonly #connection: string
  readonly #runId: string
  readonly #startedMs: number
  readonly #now: () => number
  readonly #samples: { readonly atMs: number; readonly records: number }[] = []
  #activity = 'Starting'
  #waiting: string | null = null
  #windows = 1
  #windowsDone = 0
  #shareOfWindow: number | null = null

  constructor(connection: string, runId: string, now: () => number) {
    this.#connection = connection
    this.#runId = runId
    this.#now = now
    this.#startedMs = now()
  }

  /** Another window of so many begins. */
  beginWindow(done: number, all: number, activity: string): void {
    this.#windowsDone = done
    this.#windows = Math.max(1, all)
    this.#shareOfWindow = null
    this.#activity = activity
  }

  /** What the walk says of itself. */
  report(activity: string, share?: number): void {
    this.#activity = activity
    this.#shareOfWindow = share === undefined || !Number.isFinite(share) ? null : Math.min(1, Math.max(0, share))
  }

  /** A wait the service asked for; null when it is over. */
  wait(sentence: string | null): void {
    this.#waiting = sentence
  }

  get waiting(): string | null {
    return this.#waiting
  }

  addRecords(records: number): void {
    this.#samples.push({ atMs: this.#now(), records })
    while ((this.#samples[0]?.atMs ?? Infinity) < this.#now() - rateWindowMs) this.#samples.shift()
  }

  snapshot(counts: RunCounts): CollectionProgress {
    const share = this.#share()
    const elapsedMs = this.#now() - this.#startedMs
    return {
      ...counts,
      connection: this.#connection,
      runId: this.#runId,
      activity: this.#waiting ?? this.#activity,
      eventsPerSecond: this.#rate(elapsedMs),
      share,
      remainingMs: share === null || share < leastShareToEstimate ? null : Math.round((elapsedMs * (1 - share)) / share),
    }
  }

  #share(): number | null {
    if (this.#windows === 1) return this.#shareOfWindow
    return (this.#windowsDone + (this.#shareOfWindow ?? 0)) / this.#windows
  }

  #rate(elapsedMs: number): number {
    const spanMs = Math.min(rateWindowMs, Math.max(elapsedMs, 1000))
    const fromMs = this.#now() - spanMs
    const records = this.#samples.reduce((sum, sample) => (sample.atMs >= fromMs ? sum + sample.records : sum), 0)
    return Math.round((records * 1000) / spanMs)
  }
}
