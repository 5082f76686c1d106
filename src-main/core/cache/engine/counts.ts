import type { ArchiveState } from './archive-state.ts'
import type { ResultSet } from './result-set.ts'

/** How many matches carry each dictionary number, and each value of the flags column. */
export interface ColumnCounts {
  readonly actor: Uint32Array
  readonly object: Uint32Array
  readonly context: Uint32Array
  readonly flags: Uint32Array
}

/** Counters for the dictionaries as they are now. */
export function newCounts({ dictionaries }: ArchiveState): ColumnCounts {
  const { counts } = dictionaries
  return {
    actor: new Uint32Array(counts.actor),
    object: new Uint32Array(counts.object),
    context: new Uint32Array(counts.context),
    flags: new Uint32Array(256),
  }
}

/** Adds the matches among the words `from` to `to` (exclusive) of a result. */
export function addCounts({ columns }: ArchiveState, { words }: ResultSet, from: number, to: number, counts: ColumnCounts): void {
  const { actor, object, context, flags } = columns
  for (let at = from; at < to; at++) {
    let word = words[at] as number
    const base = at * 32
    while (word !== 0) {
      const row = base + (31 - Math.clz32(word & -word))
      word &= word - 1
      const a = actor[row] as number
      counts.actor[a] = (counts.actor[a] as number) + 1
      const o = object[row] as number
      counts.object[o] = (counts.object[o] as number) + 1
      const c = context[row] as number
      counts.context[c] = (counts.context[c] as number) + 1
      const f = flags[row] as number
      counts.flags[f] = (counts.flags[f] as number) + 1
    }
  }
}
