import { emptyBits, forEachBit, hasBit, setBit } from '../columns/bitmap.ts'
import { numberAt, SplitColumn, type SplitNumbers } from '../columns/split-column.ts'
import type { TextColumn } from '../texts/text-column.ts'

/** Hashes are kept to so many bits, as most dictionary numbers have no more. */
const hashMask = 0xff_ffff
/** Bits for each new number, and in all at least, that tell which hashes are met. */
const metShare = 16
const leastMetBits = 262_144

/** Groups of some numbers as they are stored. */
export interface PackedGroups {
  /** Of each that is the first of its group the hash of what it is called, of any other its group. */
  readonly hashOrGroup: SplitNumbers
  /** A bit for each that is not the first of its group. */
  readonly joined: Uint32Array
  /** The numbers that read differently from their group's first. */
  readonly varied: Uint32Array
}

/**
 * Dictionary numbers gathered by what they are called in a query: the first of some columns that holds anything. One group for each
 * folded text, so that a group's events are those `field:value` finds by it, whatever names the thing had. A group is called by its
 * first number; 0: nothing to call it by.
 */
export class ValueGroups {
  readonly #columns: readonly TextColumn[]
  /** Of a number that is the first of its group: the hash of what it is called, which is never 0. Of any other: its group. */
  readonly #hashOrGroup = new SplitColumn()
  /** A bit for each number that is not the first of its group. */
  #joined: Uint32Array = emptyBits(2_048)
  /** A bit for each number that reads differently from its group's first, and for that first. */
  #varied: Uint32Array = emptyBits(2_048)
  #count = 1

  constructor(columns: readonly TextColumn[]) {
    this.#columns = columns
    setBit(this.#joined, 0)
  }

  /** The group of a number. */
  of(number: number): number {
    return hasBit(this.#joined, number) ? this.#hashOrGroup.at(number) : number < this.#count ? number : 0
  }

  /** Puts the group of each of the first `count` numbers in its place. All of them are to be known here. */
  putGroups(numbers: Uint32Array, count: number): void {
    const joined = this.#joined
    const values = this.#hashOrGroup.shared
    for (let at = 0; at < count; at++) {
      const number = numbers[at] as number
      // Without branches, as in a row of numbers those that are not the first of their group come at random.
      const isJoined = -(((joined[number >>> 5] as number) >>> (number & 31)) & 1)
      numbers[at] = (number & ~isJoined) | (numberAt(values, number) & isJoined)
    }
  }

  /** Calls back for every number that is not the first of its group, number 0 included, ascending. */
  forEachJoined(visit: (number: number, group: number) => void): void {
    forEachBit(this.#joined, 0, this.#joined.length, (number) => visit(number, this.#hashOrGroup.at(number)))
  }

  /** Makes room for numbers below `count`. */
  reserve(count: number): void {
    this.#hashOrGroup.makeRoom(count, this.#count)
    this.#joined = withRoomFor(this.#joined, count)
  }

  /** Whether the numbers of a group, given by its first, do not all read the same. */
  isVaried(group: number): boolean {
    return hasBit(this.#varied, group)
  }

  /** Groups of the numbers `from` to `to` (exclusive), for storing. */
  slice(from: number, to: number): PackedGroups {
    const joined = emptyBits(to - from)
    const varied: number[] = []
    for (let number = from; number < to; number++) {
      if (!hasBit(this.#joined, number)) continue
      setBit(joined, number - from)
      if (hasBit(this.#varied, number)) varied.push(number)
    }
    return { hashOrGroup: this.#hashOrGroup.part(from, to), joined, varied: Uint32Array.from(varied) }
  }

  /** Takes in stored groups of the next numbers. */
  append({ hashOrGroup, joined, varied }: PackedGroups): void {
    const from = this.#count
    const count = hashOrGroup.low.length
    this.reserve(from + count)
    this.#hashOrGroup.put(from, hashOrGroup)
    forEachBit(joined, 0, joined.length, (at) => setBit(this.#joined, from + at))
    this.#count += count
    for (const number of varied) this.#noteVaried(number)
  }

  /** Takes in numbers added since. */
  catchUp(): void {
    const from = this.#count
    const to = this.#columns[0]?.count ?? 0
    if (from >= to) return
    this.reserve(to)
    // Open addressing over the new values alone: those known before are more, and are only gone through.
    const slots = new Uint32Array(2 ** Math.ceil(Math.log2((to - from) * 1.5 + 16)))
    for (let number = from; number < to; number++) {
      const column = this.#valueColumn(number)
      if (column === undefined) {
        this.#join(number, 0)
        continue
      }
      const hash = column.hash(number) & hashMask || 1
      const slot = this.#slotOf(slots, number, hash, column)
      const group = (slots[slot] ||= number)
      if (group === number) this.#hashOrGroup.set(number, hash)
      else this.#join(number, group)
    }
    this.#count = to
    this.#joinKnown(slots, from, to)
    for (let number = from; number < to; number++) {
      const group = this.of(number)
      if (group === 0 || group === number) continue
      if (!this.#columns.every((column) => column.isSame(number, column, group))) this.#noteVaried(number)
    }
  }

  /** Gives new numbers to groups that were there before. */
  #joinKnown(slots: Uint32Array, from: number, to: number): void {
    const hashes = this.#hashOrGroup.shared
    // Bits of hashes that are met at all, few of them set, so that next to none of those known before is looked at any closer.
    const metBits = 2 ** Math.ceil(Math.log2(Math.max((to - from) * metShare, leastMetBits)))
    const met = emptyBits(metBits)
    for (let number = from; number < to; number++) if (!hasBit(this.#joined, number)) setBit(met, numberAt(hashes, number) & (metBits - 1))
    const earlier = new Map<number, number>()
    for (let number = 1; number < from; number++) {
      const hash = numberAt(hashes, number)
      if (!hasBit(met, hash & (metBits - 1)) || hasBit(this.#joined, number)) continue
      const column = this.#valueColumn(number)
      const found = column === undefined ? 0 : (slots[this.#slotOf(slots, number, hash, column)] as number)
      if (found !== 0) earlier.set(found, number)
    }
    if (earlier.size === 0) return
    for (let number = from; number < to; number++) {
      const group = earlier.get(this.of(number))
      if (group !== undefined) this.#join(number, group)
    }
  }

  /** The slot of the number that is called the same, or the free one where it would stand. */
  #slotOf(slots: Uint32Array, number: number, hash: number, column: TextColumn): number {
    const mask = slots.length - 1
    // Spread over all slots, which may be more than there are hashes.
    for (let slot = Math.imul(hash, 0x9e3779b1) & mask; ; slot = (slot + 1) & mask) {
      const other = slots[slot] as number
      if (other === 0) return slot
      if (this.#hashOrGroup.at(other) !== hash) continue
      const otherColumn = this.#valueColumn(other)
      if (otherColumn !== undefined && column.isSame(number, otherColumn, other)) return slot
    }
  }

  #join(number: number, group: number): void {
    setBit(this.#joined, number)
    this.#hashOrGroup.set(number, group)
  }

  #noteVaried(number: number): void {
    this.#varied = withRoomFor(this.#varied, number + 1)
    setBit(this.#varied, number)
    setBit(this.#varied, this.of(number))
  }

  #valueColumn(number: number): TextColumn | undefined {
    return this.#columns.find((column) => column.isPresent(number))
  }
}

/** The same bits, or a copy of them with room for `count` and some more. */
function withRoomFor(words: Uint32Array, count: number): Uint32Array {
  if (count <= words.length * 32) return words
  const grown = emptyBits(Math.ceil(count * 1.25))
  grown.set(words)
  return grown
}
