import { NumberColumn } from './number-column.ts'
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
  /** Open addressing over the first numbers, built when there is something to add. */
  #slots = new Uint32Array(0)
  #slotted = 0
  #taken = 0
  #count = 1

  constructor(columns: readonly TextColumn[]) {
    this.#columns = columns
  }

  /** Makes room for numbers below `count`. */
  reserve(count: number): void {
    this.first.reserve(count)
    this.hashes.reserve(count)
  }

  /** Takes in stored groups of the next numbers. */
  append(first: Uint32Array, hashes: Uint32Array): void {
    this.first.setAll(this.#count, first)
    this.hashes.setAll(this.#count, hashes)
    this.#count += first.length
  }

  /** Takes in numbers added since. */
  catchUp(): void {
    const count = this.#columns[0]?.count ?? 0
    if (this.#count >= count) return
    this.#slotKnown(count)
    for (let number = this.#count; number < count; number++) {
      const column = this.#valueColumn(number)
      // 0 is kept for nothing.
      const hash = column === undefined ? 0 : column.hash(number) || 1
      this.hashes.set(number, hash)
      this.first.set(number, column === undefined ? 0 : this.#slot(number, hash, column))
    }
    this.#slotted = this.#count = count
  }

  #slotKnown(count: number): void {
    if (this.#taken + (count - this.#count) > this.#slots.length * 0.7) {
      let size = 1024
      while (size * 0.7 < count) size *= 2
      this.#slots = new Uint32Array(size)
      this.#slotted = 0
      this.#taken = 0
    }
    const mask = this.#slots.length - 1
    for (let number = Math.max(1, this.#slotted); number < this.#count; number++) {
      if (this.first.at(number) !== number) continue
      let slot = this.hashes.at(number) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = number
      this.#taken++
    }
    this.#slotted = this.#count
  }

  #slot(number: number, hash: number, column: TextColumn): number {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const other = this.#slots[slot] as number
      if (other === 0) {
        this.#slots[slot] = number
        this.#taken++
        return number
      }
      if (this.hashes.at(other) !== hash) continue
      const otherColumn = this.#valueColumn(other)
      if (otherColumn !== undefined && column.isSame(number, otherColumn, other)) return other
    }
  }

  #valueColumn(number: number): TextColumn | undefined {
    return this.#columns.find((column) => column.isPresent(number))
  }
}
