import type { ArchiveState } from '../archive-state.ts'
import { clearBit, emptyBits, forEachBit, hasBit } from '../columns/bitmap.ts'
import { flag } from '../columns/columns.ts'
import type { NumberByNumber } from '../columns/origin-column.ts'
import type { SplitColumn } from '../columns/split-column.ts'
import type { TextColumn } from '../texts/text-column.ts'
import { searched } from '../texts/text-scan.ts'

/** Rows nearest in time by the same actor and on the same object, up to `count` before and after each, newest first. */
export function around(
  state: ArchiveState,
  row: number,
  count: number,
): { readonly sameActor: readonly number[]; readonly sameObject: readonly number[] } {
  const { columns, dictionaries } = state
  const { actor, subject } = dictionaries
  const ofActor = sameThing(columns.actor.at(row), actor.connection, actor.id, actor.name)
  const ofObject = sameThing(columns.object.at(row), subject.connection, subject.id, subject.name, subject.kind)
  return { sameActor: nearest(state, row, columns.actor, ofActor, count), sameObject: nearest(state, row, columns.object, ofObject, count) }
}

/** Dictionary numbers of the same thing under whatever name; null for none. */
function sameThing(
  number: number,
  connection: NumberByNumber,
  id: TextColumn,
  name: TextColumn,
  kind?: NumberByNumber,
): Uint32Array | null {
  const column = id.isPresent(number) ? id : name
  const text = number === 0 ? null : column.text(number)
  if (text === null) return null
  const same = emptyBits(id.count)
  searched(column.marking('whole', text, same))
  forEachBit(same, 0, same.length, (other) => {
    const isOther = connection.at(other) !== connection.at(number) || (kind !== undefined && kind.at(other) !== kind.at(number))
    // Without an id, only what has none either is the same by its name.
    if (isOther || (column === name && id.isPresent(other))) clearBit(same, other)
  })
  return same
}

function nearest(
  { columns, order }: ArchiveState,
  row: number,
  numbers: SplitColumn,
  same: Uint32Array | null,
  count: number,
): readonly number[] {
  if (same === null) return []
  const isHit = (other: number): boolean => hasBit(same, numbers.at(other)) && ((columns.flags[other] ?? 0) & flag.removed) === 0
  const start = order.positionOf(columns, columns.timeMs(row), row)
  const [low, high] = start < order.timedCount ? [0, order.timedCount] : [order.timedCount, order.count]
  const later: number[] = []
  for (let at = start + 1; at < high && later.length < count; at++)
    if (isHit(order.rows[at] as number)) later.push(order.rows[at] as number)
  const earlier: number[] = []
  for (let at = start - 1; at >= low && earlier.length < count; at--)
    if (isHit(order.rows[at] as number)) earlier.push(order.rows[at] as number)
  return [...later.toReversed(), ...earlier]
}
