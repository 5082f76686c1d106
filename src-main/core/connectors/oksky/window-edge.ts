import type { WalkContext } from '../define.ts'
import { sequenceOf, type EventPage } from './list.ts'
import { timeOf } from './map.ts'

/** Where a descending walk has left its window behind: the list has no filter by time, and ids follow time only roughly. */
export class WindowEdge {
  readonly #fromMs: number
  readonly #margin: bigint
  /** Lowest id of an event inside the window; before there is one, the highest id met. */
  #inside: bigint | null = null
  #highest: bigint | null = null

  constructor({ window, overlapIds }: Pick<WalkContext, 'window' | 'overlapIds'>) {
    this.#fromMs = window.from === null ? -Infinity : Date.parse(window.from)
    this.#margin = BigInt(overlapIds)
  }

  /** Takes in a page; true when all of it lies more than the overlap of ids below the last event inside. An unreadable time counts as inside. */
  isLeftBy({ records, ids }: Pick<EventPage, 'records' | 'ids'>): boolean {
    for (const record of records) {
      const id = sequenceOf(record)
      if (id === null) continue
      if (this.#highest === null || id > this.#highest) this.#highest = id
      const timeMs = timeOf(record)
      const isInside = timeMs === null || timeMs >= this.#fromMs
      if (isInside && (this.#inside === null || id < this.#inside)) this.#inside = id
    }
    const edge = this.#inside ?? this.#highest
    return edge !== null && ids.length > 0 && ids.every((id) => id < edge - this.#margin)
  }
}
