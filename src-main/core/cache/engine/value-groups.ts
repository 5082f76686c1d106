import { NumberColumn } from './number-column.ts'
import { hasBit, setBit } from './bitmap.ts'
import type { TextColumn } from './text-column.ts'

/**
 * Dictionary numbers gathered by what they are called in a query: the first of some columns that holds anything. One group for each
 * folded text, so that a group's events are those `field:value` finds by it, whatever names the thing had. A group is called by its
 * first number; 0: nothing to call it by.
 */
export class ValueGroups {
  /** First number of each number's group. */
  readonly first = new NumberColumn()
  /** Hashes of what each number is called; 0 where it is called nothing. */
  readonly hashes = new NumberColumn()
  readonly #columns: readonly TextColumn[]
  /** A bit for each number that reads differently from its group's first, and for that first. */
  #varied = new Uint32Array(64)
  #count = 1

  constructor(columns: readonly TextColumn[]) {
    this.#columns = columns
  }

  /** Makes room for numbers below `count`. */
  reserve(count: number): void {
    this.first.reserve(count)
    this.hashes.reserve(count)
  }

  /** Whether the numbers of a group, given by its first, do not all read the same. */
  isVaried(group: number): boolean {
    return hasBit(this.#varied, group)
  }

  /** Those of the numbers `from` to `to` (exclusive) that read differently from their group's first. */
  variedWithin(from: number, to: number): Uint32Array {
    const found: number[] = []
    for (let number = from; number < Math.min(to, this.#count); number++) {
      if (hasBit(this.#varied, number) && this.first.at(number) !== number) found.push(number)
    }
    return Uint32Array.from(found)
  }

  /** Takes in stored groups of the next numbers. */
  append(first: Uint32Array, hashes: Uint32Array, varied: Uint32Array): void {
    this.first.setAll(this.#count, first)
    for (const number of varied) this.#noteVaried(number)
    this.hashes.setAll(this.#count, hashes)
    this.#count += first.length
  }

  /** Takes in numbers added since. */
  catchUp(): void {
    const from = this.#count
    const to = this.#columns[0]?.count ?? 0
    if (from >= to) return
    // Open addressing over the new values alone: those known before are more, and are only gone through.
    const slots = new Uint32Array(2 ** Math.ceil(Math.log2((to - from) * 1.5 + 16)))
    for (let number = from; number < to; number++) {
      const column = this.#valueColumn(number)
      // 0 is kept for nothing.
      const hash = column === undefined ? 0 : column.hash(number) || 1
      this.hashes.set(number, hash)
      this.first.set(number, 0)
      if (column === undefined) continue
      const slot = this.#slotOf(slots, number, hash, column)
      this.first.set(number, (slots[slot] ||= number))
    }
    this.#joinKnown(slots, from, to)
    for (let number = from; number < to; number++) {
      const group = this.first.at(number)
      if (group === 0 || group === number) continue
      if (!this.#columns.every((column) => column.isSame(number, column, group))) this.#noteVaried(number)
    }
    this.#count = to
  }

  /** Gives new numbers to groups that were there before. */
  #joinKnown(slots: Uint32Array, from: number, to: number): void {
    const first = this.first.values
    const hashes = this.hashes.values
    const mask = slots.length - 1
    const earlier = new Map<number, number>()
    for (let number = 1; number < from; number++) {
      const hash = hashes[number] as number
      if (slots[hash & mask] === 0 || first[number] !== number) continue
      const column = this.#valueColumn(number)
      const found = column === undefined ? 0 : (slots[this.#slotOf(slots, number, hash, column)] as number)
      if (found !== 0) earlier.set(found, number)
    }
    if (earlier.size === 0) return
    for (let number = from; number < to; number++) first[number] = earlier.get(first[number] as number) ?? (first[number] as number)
  }

  /** The slot of the number that is called the same, or the free one where it would stand. */
  #slotOf(slots: Uint32Array, number: number, hash: number, column: TextColumn): number {
    const mask = slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const other = slots[slot] as number
      if (other === 0) return slot
      if (this.hashes.at(other) !== hash) continue
      const otherColumn = this.#valueColumn(other)
      if (otherColumn !== undefined && column.isSame(number, otherColumn, other)) return slot
    }
  }

  #noteVaried(number: number): void {
    if (number >>> 5 >= this.#varied.length) {
      const grown = new Uint32Array(Math.ceil(((number >>> 5) + 1) * 1.25))
      grown.set(this.#varied)
      this.#varied = grown
    }
    setBit(this.#varied, number)
    setBit(this.#varied, this.first.at(number))
  }

  #valueColumn(number: number): TextColumn | undefined {
    return this.#columns.find((column) => column.isPresent(number))
  }
}
