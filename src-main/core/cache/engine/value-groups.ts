import type { TextColumn } from './text-column.ts'

/**
 * Dictionary numbers gathered by what they are called in a query: the first of some columns that holds anything. One group for each
 * folded text, so that a group's events are those `field:value` finds by it, whatever names the thing had. Group 0: nothing to call it by.
 */
export class ValueGroups {
  /** Group of each dictionary number. */
  groupOf = new Uint32Array(0)
  /** One dictionary number of each group. */
  readonly members: number[] = [0]
  readonly #columns: readonly TextColumn[]
  /** Open addressing; the group, 0 where free. */
  #slots = new Uint32Array(1024)
  #count = 0

  constructor(columns: readonly TextColumn[]) {
    this.#columns = columns
  }

  /** Takes in numbers added since. */
  catchUp(): void {
    const count = this.#columns[0]?.count ?? 0
    if (this.#count >= count) return
    const groupOf = new Uint32Array(count)
    groupOf.set(this.groupOf)
    this.groupOf = groupOf
    for (let number = Math.max(1, this.#count); number < count; number++) {
      groupOf[number] = this.#find(number)
    }
    this.#count = count
  }

  /** The member of each wanted group that was active last: it knows the latest name. */
  latestOf(groups: readonly number[], lastMs: Float64Array): ReadonlyMap<number, number> {
    const latest = new Map(groups.map((group) => [group, 0]))
    const isWanted = new Uint8Array(this.members.length)
    for (const group of groups) isWanted[group] = 1
    for (let number = 1; number < this.#count; number++) {
      const group = this.groupOf[number] as number
      if (isWanted[group] === 0) continue
      const known = latest.get(group) ?? 0
      if (known === 0 || (lastMs[number] ?? -Infinity) >= (lastMs[known] ?? -Infinity)) latest.set(group, number)
    }
    return latest
  }

  #find(number: number): number {
    const column = this.#valueColumn(number)
    if (column === undefined) return 0
    if (this.members.length * 2 > this.#slots.length) this.#grow()
    const mask = this.#slots.length - 1
    for (let slot = column.hash(number) & mask; ; slot = (slot + 1) & mask) {
      const group = this.#slots[slot] ?? 0
      if (group === 0) {
        this.#slots[slot] = this.members.length
        this.members.push(number)
        return this.members.length - 1
      }
      const other = this.members[group] ?? 0
      const otherColumn = this.#valueColumn(other)
      if (otherColumn !== undefined && column.isSame(number, otherColumn, other)) return group
    }
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let group = 1; group < this.members.length; group++) {
      const number = this.members[group] ?? 0
      let slot = (this.#valueColumn(number)?.hash(number) ?? 0) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = group
    }
    this.#slots = slots
  }

  #valueColumn(number: number): TextColumn | undefined {
    return this.#columns.find((column) => column.isPresent(number))
  }
}
