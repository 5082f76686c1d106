import { openDatabase } from '../../driver.ts'
import type { WorkerOptions } from '../../reader-port.ts'
import type { CountTask, LoadedArchive, MatchTask, OrderTask, PlacesTask } from './assistant.ts'
import { EventColumns, sliceRows } from '../columns/columns.ts'
import { placesOf } from '../counting/frequent-objects.ts'
import { MatchCounts } from '../counting/match-counts.ts'
import type { Moment } from '../rows/moment.ts'
import { type Program, runSlice } from '../search/program.ts'
import { release } from '../../../lib/release.ts'
import { listRows } from '../search/row-lists.ts'
import { Scheduler, urgency } from '../turns/scheduler.ts'
import { Slices } from '../turns/slices.ts'
import { loadSegments } from '../stored/segments.ts'
import { readOrder } from '../stored/stored-order.ts'
import { inSteps } from '../turns/steps.ts'
import { type ScanTask, scanSlice } from '../texts/text-scan.ts'
import type { ThreadMethods } from '../turns/thread-calls.ts'
import { addingByTime } from '../columns/time-order.ts'

/** The thread behind `Assistant`. */
export function assistMethods({ home, keyHex }: WorkerOptions): ThreadMethods {
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
    load: async ({ epoch, lastSeq, lastChange }: Moment, signal: AbortSignal): Promise<LoadedArchive> => {
      const db = openDatabase({ home, keyHex, role: 'reader' })
      try {
        const columns = new EventColumns()
        const breathe = (): Promise<void> => scheduler.breathe(urgency.numbers, signal)
        const segments = await inSteps(loadSegments(db, columns, lastSeq, lastChange), breathe)
        return { columns, segments, order: readOrder(db, epoch, lastSeq) }
      } finally {
        db.close()
      }
    },
    places: ({ object, count, numbers, objectCount }: PlacesTask, signal: AbortSignal) =>
      inSteps(placesOf(object, count, numbers, objectCount), () => scheduler.breathe(urgency.numbers, signal)),
    order: ({ times, count, rows, known }: OrderTask, signal: AbortSignal) =>
      inSteps(addingByTime(times, count, rows, known, known.moved), () => scheduler.breathe(urgency.numbers, signal)),
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
