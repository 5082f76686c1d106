import { emptyBits } from './bitmap.ts'
import type { EventColumns } from './columns.ts'
import type { Searching } from './text-scan.ts'
import type { TimeOrder } from './time-order.ts'

/** Positions gone through between two breaths. */
const stepPositions = 524_288

/** A bit for each row whose time lies in a half-open span, read from the time order instead of from all times. */
export function* timeRows(columns: EventColumns, order: TimeOrder, fromMs: number, toMs: number): Searching<Uint32Array> {
  const words = emptyBits(columns.count)
  const from = order.positionOf(columns, fromMs, 0)
  const to = Math.max(from, order.positionOf(columns, toMs, 0))
  const isMost = (to - from) * 2 > order.count
  if (isMost) words.fill(0xffffffff)
  for (const [first, end] of isMost
    ? ([
        [0, from],
        [to, order.count],
      ] as const)
    : ([[from, to]] as const)) {
    for (let at = first; at < end; at += stepPositions) {
      flipRows(order.rows, at, Math.min(at + stepPositions, end), words)
      yield []
    }
  }
  return words
}

/** Turns the bits of the rows at some positions. */
function flipRows(rows: Uint32Array, from: number, to: number, words: Uint32Array): void {
  for (let at = from; at < to; at++) {
    const row = rows[at] as number
    words[row >>> 5] = (words[row >>> 5] as number) ^ (1 << (row & 31))
  }
}
