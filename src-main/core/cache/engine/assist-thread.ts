import type { CountTask, MatchTask } from './assistant.ts'
import { sliceRows } from './columns.ts'
import { MatchCounts } from './match-counts.ts'
import { runSlice } from './program.ts'
import { listRows } from './row-lists.ts'
import { Scheduler, urgency } from './scheduler.ts'
import { Slices } from './slices.ts'
import { Handover, type ThreadMethods } from './thread-calls.ts'

/** The thread behind `Assistant`. */
export function assistMethods(): ThreadMethods {
  const scheduler = new Scheduler()
  const rows = new Uint32Array(sliceRows)
  return {
    match: async ({ program, columns, words, slices }: MatchTask, signal: AbortSignal) => {
      const own = new Slices(slices.rowCount, slices.next)
      for (let slice = own.take(); slice !== null; slice = own.take()) {
        runSlice(program, columns, slice.from, slice.to, words.subarray(slice.from >>> 5))
        await scheduler.breathe(urgency.numbers, signal)
      }
      return null
    },
    count: async ({ counted, sizes, words, without, slices }: CountTask, signal: AbortSignal) => {
      const own = new Slices(slices.rowCount, slices.next)
      const counts = new MatchCounts(sizes)
      for (let slice = own.take(); slice !== null; slice = own.take()) {
        counts.add(rows, listRows(words, without, slice.from >>> 5, slice.to >>> 5, rows), counted)
        await scheduler.breathe(urgency.numbers, signal)
      }
      const { actor, context, flags, place, slot } = counts
      return new Handover(
        { actor, context, flags, place, slot },
        [actor, context, flags, place, slot].map(({ buffer }) => buffer as ArrayBuffer),
      )
    },
  }
}
