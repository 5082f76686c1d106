import type { CountTask, MatchTask, OrderTask } from './assistant.ts'
import { sliceRows } from './columns.ts'
import { MatchCounts } from './match-counts.ts'
import { type Program, runSlice } from './program.ts'
import { release } from '../../lib/release.ts'
import { listRows } from './row-lists.ts'
import { Scheduler, urgency } from './scheduler.ts'
import { Slices } from './slices.ts'
import { inSteps } from './steps.ts'
import { type ScanTask, scanSlice } from './text-scan.ts'
import type { ThreadMethods } from './thread-calls.ts'
import { sortingByTime } from './time-order.ts'

/** The thread behind `Assistant`. */
export function assistMethods(): ThreadMethods {
  const scheduler = new Scheduler()
  const rows = new Uint32Array(sliceRows)
  return {
    match: async ({ program, columns, words, slices }: MatchTask, signal: AbortSignal) => {
      await new Slices(slices)
        .each(({ from, to }) => {
          runSlice(program, columns, from, to, words.subarray(from >>> 5))
          return scheduler.breathe(urgency.numbers, signal)
        })
        .finally(() => releaseTables(program))
      return null
    },
    search: async (task: ScanTask, signal: AbortSignal) => {
      await new Slices(task.slices).each((slice) => {
        scanSlice(task, 'assistant', slice)
        return scheduler.breathe(urgency.numbers, signal)
      })
      return null
    },
    order: ({ times, count, rows }: OrderTask, signal: AbortSignal) =>
      inSteps(sortingByTime(times, count, rows), () => scheduler.breathe(urgency.numbers, signal)),
    count: async ({ counted, sizes, words, without, into, slices }: CountTask, signal: AbortSignal) => {
      const counts = new MatchCounts(sizes, into)
      await new Slices(slices).each(({ from, to }) => {
        counts.add(rows, listRows(words, without, from >>> 5, to >>> 5, rows), counted)
        return scheduler.breathe(urgency.numbers, signal)
      })
      return null
    },
  }
}

/** Gives back the memory of a program that was sent here, and so is a copy. */
function releaseTables(program: Program): void {
  switch (program.op) {
    case 'all':
    case 'none':
    case 'confirm':
      return
    case 'and':
    case 'or':
      return program.parts.forEach(releaseTables)
    case 'not':
      return releaseTables(program.part)
    case 'table':
      return release(program.table)
    case 'bits':
      return release(program.words)
    case 'rows':
      return release(program.rows)
    case 'slots':
      release(program.listOfTemplate)
      for (const choice of program.lists.flat()) Object.values(choice).forEach(release)
  }
}
