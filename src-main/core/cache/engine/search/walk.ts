import type { EventOrder } from '../../../../contract/model/query.ts'
import type { QueryTree } from '../../../query/tree.ts'
import type { ArchiveState } from '../archive-state.ts'
import { emptyBits, forEachBit } from '../columns/bitmap.ts'
import { flag } from '../columns/columns.ts'
import { listedRows, ListedRows } from './listed-rows.ts'
import { timesOf } from './narrowing.ts'
import { isSlow, type Program, runListed } from './program.ts'
import { shareOf } from './selectivity.ts'

/** Positions of the list walked in search of a first page, at most: so many, or a share of all. Beyond it, looking at all rows at once takes less. */
const walkPositions = 131_072
const walkShare = 1 / 8
/** Positions between two breaths when testing a row may read its payload: the walk is then the cheaper way, however long. */
const slowStep = 64
/** Positions walked, and for how long, ms of processor time, before a query is even compiled: on a busy machine the clock would end a walk that costs little. */
const quickPositions = 16_384
const quickMs = 5
/** Positions after which it is seen whether the walk leads anywhere: at least a share of what should have been met by then was. */
const quickSample = 256
const quickShare = 1 / 2

/** Positions of the list as shown, the end excluded. */
export interface Stretch {
  readonly from: number
  readonly end: number
}

/** The stretch of the list outside of which nothing can match: what the query asks of time. */
export function stretchOf(tree: QueryTree, { order, columns }: ArchiveState, display: EventOrder): Stretch {
  const times = timesOf(tree)
  if (times.length === 0) return { from: 0, end: order.count }
  const from = order.positionOf(columns, Math.max(...times.map(({ fromMs }) => fromMs ?? -Infinity)), 0)
  const end = order.positionOf(columns, Math.min(...times.map(({ toMs }) => toMs ?? Infinity)), 0)
  return display === 'oldest' ? { from, end } : { from: order.timedCount - end, end: order.timedCount - from }
}

/** The first `wanted` rows of a stretch that pass a test, or all there are; null: not enough were met within a short walk. */
export function quickWalk(
  test: (row: number) => boolean,
  { columns, order }: ArchiveState,
  display: EventOrder,
  stretch: Stretch,
  wanted: number,
): readonly number[] | null {
  const end = Math.min(stretch.end, stretch.from + quickPositions)
  const rows: number[] = []
  const stopMs = threadMs() + quickMs
  for (let at = stretch.from; at < end; at++) {
    const row = order.rowAt(display, at)
    if (((columns.flags[row] ?? 0) & flag.removed) === 0 && test(row)) rows.push(row)
    if (rows.length === wanted) return rows
    if ((at & 63) === 0 && threadMs() > stopMs) return null
    const walked = at + 1 - stretch.from
    // Where few were met, too few will be.
    const expected = (wanted * walked) / quickPositions
    if (walked % quickSample === 0 && end < stretch.end && rows.length < expected * quickShare) return null
  }
  return end >= stretch.end ? rows : null
}

/** The same with a program and in turns, over a longer walk. Null as well when the archive has changed meanwhile. */
export async function walk(
  program: Program,
  state: ArchiveState,
  display: EventOrder,
  stretch: Stretch,
  wanted: number,
  breathe: () => Promise<void>,
): Promise<readonly number[] | null> {
  const { columns, order, rewrites, version } = state
  const slow = isSlow(program)
  const most = Math.max(walkPositions, columns.count * walkShare)
  const end = slow ? stretch.end : Math.min(stretch.end, stretch.from + most)
  // Of what is rare too few would be met.
  if (end < stretch.end && shareOf(program, columns) * most < wanted) return null
  const numbers = new ListedRows(columns)
  const step = slow ? slowStep : listedRows
  const listed = new Uint32Array(step)
  const words = emptyBits(step)
  const found: number[] = []
  for (let from = stretch.from; from < end; from += step) {
    const rows = listed.subarray(0, Math.min(step, end - from))
    for (let at = 0; at < rows.length; at++) rows[at] = order.rowAt(display, from + at)
    numbers.list(rows)
    runListed(program, numbers, rows, words)
    forEachBit(words, 0, (rows.length + 31) >>> 5, (at) => found.push(rows[at] as number))
    if (found.length >= wanted) return found.slice(0, wanted)
    await breathe()
    if (state.rewrites !== rewrites || state.version !== version) return null
  }
  return end >= stretch.end ? found : null
}

/** Processor time of this thread. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}
