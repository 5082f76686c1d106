import type { ArchiveState } from './archive-state.ts'
import type { EventColumns } from './columns.ts'
import { flag } from './columns.ts'
import { Counter } from './counter.ts'
import type { ResultSet } from './result-set.ts'

/** Counters of matches by the numbers in each column. Used by one query at a time and then again. */
export class ColumnCounters {
  readonly actor = new Counter()
  readonly object = new Counter()
  readonly context = new Counter()
  readonly flags = new Counter()
  /** For sums over the counts. */
  readonly sums = new Counter()

  /** Empties the counters and makes room for the dictionaries as they are now. */
  begin({ dictionaries: { counts } }: ArchiveState): void {
    for (const counter of [this.actor, this.object, this.context, this.flags, this.sums]) counter.clear()
    this.actor.reserve(counts.actor)
    this.object.reserve(counts.object)
    this.context.reserve(counts.context)
    this.flags.reserve(256)
    this.sums.reserve(Math.max(counts.actor, counts.object))
  }

  /** Adds the matches among the words `from` to `to` (exclusive) of a result. */
  addRows({ columns }: ArchiveState, { words }: ResultSet, from: number, to: number): void {
    countColumn(columns.actor, words, from, to, this.actor)
    countColumn(columns.object, words, from, to, this.object)
    countColumn(columns.context, words, from, to, this.context)
    countColumn(columns.flags, words, from, to, this.flags)
  }
}

/** One column after another: each has its counts in the processor's near cache to itself. */
function countColumn(column: Uint32Array | Uint8Array, words: Uint32Array, from: number, to: number, counter: Counter): void {
  const { counts, touched } = counter
  let { touchedCount } = counter
  for (let at = from; at < to; at++) {
    let word = words[at] as number
    const base = at * 32 + 31
    while (word !== 0) {
      const number = column[base - Math.clz32(word & -word)] as number
      word &= word - 1
      const before = counts[number] as number
      if (before === 0) {
        if (touchedCount < touched.length) touched[touchedCount] = number
        touchedCount++
      }
      counts[number] = before + 1
    }
  }
  counter.touchedCount = touchedCount
}

/** Counts of all events by the numbers of a column. */
export function countAll({ count, flags, ...columns }: EventColumns, column: 'actor' | 'object' | 'context', size: number): Uint32Array {
  const counts = new Uint32Array(size)
  const numbers = columns[column]
  for (let row = 0; row < count; row++) {
    if (((flags[row] as number) & flag.removed) === 0) counts[numbers[row] as number] = (counts[numbers[row] as number] as number) + 1
  }
  return counts
}
