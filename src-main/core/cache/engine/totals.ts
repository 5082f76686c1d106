import type { EventColumns } from './columns.ts'
import { flag } from './columns.ts'
import type { ColumnCounts } from './counts.ts'
import type { Dictionaries } from './dictionaries.ts'

/** Earliest and latest time by dictionary number; Infinity and -Infinity where no event has a time. */
export class Activity {
  firstMs = new Float64Array(0)
  lastMs = new Float64Array(0)

  reserve(size: number): void {
    if (size <= this.firstMs.length) return
    const capacity = Math.ceil(size * 1.5)
    const first = new Float64Array(capacity).fill(Infinity)
    const last = new Float64Array(capacity).fill(-Infinity)
    first.set(this.firstMs)
    last.set(this.lastMs)
    this.firstMs = first
    this.lastMs = last
  }

  see(number: number, timeMs: number): void {
    if (timeMs < (this.firstMs[number] as number)) this.firstMs[number] = timeMs
    if (timeMs > (this.lastMs[number] as number)) this.lastMs[number] = timeMs
  }

  clear(): void {
    this.firstMs.fill(Infinity)
    this.lastMs.fill(-Infinity)
  }
}

/** Counts over all events and when each actor, object and workspace was active, kept as events come. */
export class Totals {
  readonly actors = new Activity()
  readonly objects = new Activity()
  readonly workspaces = new Activity()
  readonly #columns: EventColumns
  readonly #dictionaries: Dictionaries
  #counts = { actor: new Uint32Array(0), object: new Uint32Array(0), context: new Uint32Array(0), flags: new Uint32Array(256) }
  #rows = 0
  #isActivityStale = false

  constructor(columns: EventColumns, dictionaries: Dictionaries) {
    this.#columns = columns
    this.#dictionaries = dictionaries
  }

  /** Counts of all events. Valid until the archive changes. */
  get counts(): ColumnCounts {
    this.#catchUp()
    return this.#counts
  }

  /** Brings the activity up to date before it is read. */
  catchUp(): void {
    this.#catchUp()
  }

  /** A row that was counted is about to change. */
  leave(row: number): void {
    if (row < this.#rows) this.#count(row, -1)
  }

  /** It has changed. `isMoved`: it has another time, actor, object or workspace. */
  enter(row: number, isMoved: boolean): void {
    if (row >= this.#rows) return
    this.#reserve()
    this.#count(row, 1)
    if (isMoved) this.#isActivityStale = true
  }

  #catchUp(): void {
    this.#reserve()
    const { timeMs, actor, object, context, count } = this.#columns
    const workspaceOf = this.#dictionaries.contexts.workspace.values
    if (this.#isActivityStale) for (const activity of [this.actors, this.objects, this.workspaces]) activity.clear()
    const from = this.#isActivityStale ? 0 : this.#rows
    this.#isActivityStale = false
    for (let row = from; row < count; row++) {
      const at = timeMs[row] as number
      if (at !== at) continue
      this.actors.see(actor[row] as number, at)
      this.objects.see(object[row] as number, at)
      this.workspaces.see(workspaceOf[context[row] as number] as number, at)
    }
    for (let row = this.#rows; row < count; row++) this.#count(row, 1)
    this.#rows = count
  }

  #count(row: number, by: number): void {
    const { actor, object, context, flags } = this.#columns
    const marks = flags[row] as number
    if ((marks & flag.removed) !== 0) return
    const counts = this.#counts
    counts.actor[actor[row] as number] = (counts.actor[actor[row] as number] as number) + by
    counts.object[object[row] as number] = (counts.object[object[row] as number] as number) + by
    counts.context[context[row] as number] = (counts.context[context[row] as number] as number) + by
    counts.flags[marks] = (counts.flags[marks] as number) + by
  }

  #reserve(): void {
    const sizes = this.#dictionaries.counts
    this.actors.reserve(sizes.actor)
    this.objects.reserve(sizes.object)
    this.workspaces.reserve(sizes.object)
    const { actor, object, context, flags } = this.#counts
    this.#counts = { actor: grown(actor, sizes.actor), object: grown(object, sizes.object), context: grown(context, sizes.context), flags }
  }
}

/** Exactly as long as the dictionary. */
function grown(counts: Uint32Array<ArrayBuffer>, size: number): Uint32Array<ArrayBuffer> {
  if (counts.length === size) return counts
  const longer = new Uint32Array(size)
  longer.set(counts)
  return longer
}
