import { SplitColumn, type SplitNumbers } from './split-column.ts'
import { TimeBlocks } from './time-blocks.ts'
import { timeAt, TimeColumn, type Times } from './time-column.ts'

/** Bits of the `flags` column. The two lowest hold the review status: 0 unreviewed, 1 reviewed, 2 for follow-up. */
export const flag = { status: 0b11, revision: 1 << 2, late: 1 << 3, gone: 1 << 4, unmapped: 1 << 5, note: 1 << 6, removed: 1 << 7 } as const

/** One event as numbers: dictionary numbers, 0 for none. `timeMs` is NaN for an event without a time. */
export interface ColumnRow {
  readonly timeMs: number
  readonly actor: number
  readonly object: number
  readonly context: number
  readonly template: number
  readonly flags: number
}

/** Columns as a message between threads brings them: in memory that both share. */
export interface LoadedColumns extends Pick<EventColumns, 'template' | 'flags' | 'count' | 'removedCount'> {
  readonly times: Times
  readonly actor: SplitNumbers
  readonly object: SplitNumbers
  readonly context: SplitNumbers
}

/** Rows a slice of work covers: a multiple of 32, small enough for a processor's near cache. */
export const sliceRows = 65_536

/**
 * The events as columns, row = seq - 1, in memory that other threads can be given. Capacity is reserved ahead: memory that was never
 * written costs nothing, and growing by copying stays rare.
 */
export class EventColumns {
  readonly times = new TimeColumn()
  readonly actor = new SplitColumn()
  readonly object = new SplitColumn()
  readonly context = new SplitColumn()
  /** A byte each for as long as that is enough. */
  template: Uint8Array | Uint32Array = new Uint8Array(new SharedArrayBuffer(0))
  flags = new Uint8Array(new SharedArrayBuffer(0))
  readonly timeBlocks = new TimeBlocks()
  /** Rows filled. */
  count = 0
  /** How many of them are removed events. */
  removedCount = 0

  /** Makes room for that many rows in all. */
  reserve(rows: number): void {
    if (rows <= this.flags.length) return
    const capacity = Math.ceil((rows * 1.25 + sliceRows) / sliceRows) * sliceRows
    this.times.reserve(capacity, this.count)
    for (const column of [this.actor, this.object, this.context]) column.reserve(capacity, this.count)
    this.#copyTemplates(capacity, this.template instanceof Uint8Array)
    this.flags = grow(new Uint8Array(new SharedArrayBuffer(capacity)), this.flags, this.count)
  }

  /** Fills rows up to `row` (exclusive) with removed events: numbers that were never given to an event, or whose event is gone. */
  padTo(row: number): void {
    while (this.count < row) this.set(this.count, removedRow)
  }

  set(row: number, value: ColumnRow): void {
    if (row >= this.count) {
      this.reserve(row + 1)
      this.padTo(row)
      this.count = row + 1
    } else if (((this.flags[row] ?? 0) & flag.removed) !== 0) this.removedCount--
    if ((value.flags & flag.removed) !== 0) this.removedCount++
    this.times.set(row, value.timeMs)
    this.timeBlocks.change(row, value.timeMs)
    this.actor.set(row, value.actor)
    this.object.set(row, value.object)
    this.context.set(row, value.context)
    this.fitTemplates(value.template)
    this.template[row] = value.template
    this.flags[row] = value.flags
  }

  /** Takes over rows that another thread loaded, where there are none here. */
  adopt({ times, actor, object, context, template, flags, count, removedCount }: LoadedColumns): void {
    this.times.adopt(times)
    this.actor.adopt(actor)
    this.object.adopt(object)
    this.context.adopt(context)
    this.template = template
    this.flags = flags
    this.count = count
    this.removedCount = removedCount
  }

  /** Forgets the rows from a number on. */
  truncate(count: number): void {
    for (let row = count; row < this.count; row++) if (((this.flags[row] as number) & flag.removed) !== 0) this.removedCount--
    this.count = count
  }

  /** When the event of a row was, in milliseconds since 1970; NaN for one without a time, and for a row there is none of. */
  timeMs(row: number): number {
    return timeAt(this.times, row)
  }

  /** Sees to it that the wording with that number can be told. */
  fitTemplates(greatest: number): void {
    if (greatest > 0xff && this.template instanceof Uint8Array) this.#copyTemplates(this.template.length, false)
  }

  #copyTemplates(capacity: number, areBytes: boolean): void {
    const memory = new SharedArrayBuffer(areBytes ? capacity : capacity * 4)
    this.template = grow(areBytes ? new Uint8Array(memory) : new Uint32Array(memory), this.template, this.count)
  }
}

export const removedRow: ColumnRow = { timeMs: Number.NaN, actor: 0, object: 0, context: 0, template: 0, flags: flag.removed }

function grow<T extends Uint32Array | Uint8Array>(grown: T, old: Uint32Array | Uint8Array, count: number): T {
  grown.set(old.subarray(0, count))
  return grown
}
