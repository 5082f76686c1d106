import type { TimelineKind, TimelinePage } from '../../../contract/model/query.ts'
import type { Database } from '../driver.ts'
import type { ArchiveState } from './archive-state.ts'
import { type Scheduler, urgency } from './turns/scheduler.ts'
import type { Searcher } from './search/searcher.ts'
import { inSteps } from './turns/steps.ts'
import { TimelineIndex } from './timelines.ts'

/** Answers lists of workspaces, files and users, in turns. */
export class TimelineLists {
  readonly #state: ArchiveState
  readonly #db: Database
  readonly #scheduler: Scheduler
  readonly #searcher: Searcher
  /** Of the kind asked last. What was added while it was made is for the next one: while much is collected it would never be ready. */
  #index: TimelineIndex | null = null
  readonly #making = new Map<TimelineKind, Promise<TimelineIndex>>()

  constructor(state: ArchiveState, db: Database, scheduler: Scheduler, searcher: Searcher) {
    this.#state = state
    this.#db = db
    this.#scheduler = scheduler
    this.#searcher = searcher
  }

  /** As `TimelineIndex.list`. Rejects with the signal's reason when cancelled. */
  async list(
    kind: TimelineKind,
    text: string,
    ofKind: string | null,
    first: number,
    count: number,
    signal: AbortSignal,
  ): Promise<TimelinePage> {
    const index = await this.#indexOf(kind)
    signal.throwIfAborted()
    const source = {
      db: this.#db,
      search: (steps: Parameters<Searcher['finish']>[0]) => this.#searcher.finish(steps, urgency.rows, signal),
      breathe: () => this.#scheduler.breathe(urgency.rows, signal),
    }
    return index.list(source, text, ofKind, first, count)
  }

  /** Made once for all who wait for it, whoever of them is cancelled: what is typed next needs it as well. */
  async #indexOf(kind: TimelineKind): Promise<TimelineIndex> {
    if (this.#index?.kind === kind && this.#index.version === this.#state.version) return this.#index
    const making = this.#making.get(kind) ?? this.#make(kind).finally(() => this.#making.delete(kind))
    this.#making.set(kind, making)
    return (this.#index = await making)
  }

  async #make(kind: TimelineKind): Promise<TimelineIndex> {
    const { signal } = new AbortController()
    const { actor, subject } = this.#state.dictionaries
    for (;;) {
      const { rewrites } = this.#state
      for (const { groups } of [actor, subject]) groups.catchUp()
      const index = await inSteps(TimelineIndex.make(kind, this.#state), () => this.#scheduler.breathe(urgency.rows, signal))
      if (this.#state.rewrites === rewrites) return index
    }
  }
}
