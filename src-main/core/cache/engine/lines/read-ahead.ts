import type { Database, Statement } from '../../driver.ts'
import { asText, noDigit, NumberReader } from '../rows/number-text.ts'
import { release } from '../../../lib/release.ts'
import { createSharedPlaces, Places, type Share, type SharedPlaces } from './shared-places.ts'
import { numberAt, type SplitNumbers } from '../columns/split-column.ts'

/** What a dictionary row holds but for its number: texts, null where there is none. */
export type Texts = readonly (string | null)[]

/** Texts of dictionary rows in memory that threads share. Each thread fills its own half, quarter… of it; all read all of it. */
export interface SharedTexts {
  /** By number: where the texts begin in `bytes`, in words of four bytes; 0: not here. */
  readonly places: SharedPlaces
  readonly bytes: SharedArrayBuffer
}

/** Rows that are read in one statement. */
const rowsAtOnce = 500
const wordBytes = 4
/** Most digits of a number, and what stands before it. */
const listedBytes = 11
const [beginOfList, endOfList, comma, zero] = [0x5b, 0x5d, 0x2c, 0x30]
/** What comes near the processor together. */
const lineWords = 16

/** How much room is made for texts. What is never filled costs no memory. */
export interface TextRoom {
  /** Numbers are below it. */
  readonly count: number
  /** Rows that are read ahead together, at most. */
  readonly most: number
  readonly sizeBytes: number
  readonly shares: number
}

export function createSharedTexts({ count, most, sizeBytes, shares }: TextRoom): SharedTexts {
  return { places: createSharedPlaces(count, most, shares), bytes: new SharedArrayBuffer(sizeBytes) }
}

/**
 * Reads the dictionary rows that many events need in the order they lie in the file, before the events are formed: the same rows one by
 * one, each at a random place, would take most of an export's time. Rows that were not read ahead are read when asked for.
 */
export class ReadAhead {
  readonly #many: Statement<[string], Buffer | null>
  readonly #one: Statement<[number], Texts>
  readonly #textCount: number
  readonly #own: Share
  readonly #places: Places
  readonly #words: Uint32Array
  readonly #buffer: Buffer
  /** Room for a list of numbers. */
  readonly #digits = Buffer.alloc(rowsAtOnce * listedBytes + 1)
  /** Of no meaning; were it not kept, nothing would be touched. */
  touched = 0

  /** Of the text columns of a dictionary table. */
  constructor(db: Database, table: string, columns: readonly string[], shared: SharedTexts, own: Share) {
    const names = columns.map((column) => `entry.${column}`)
    const digits = ['wanted.key', ...names.map((name) => `coalesce(octet_length(${name}) + 1, 0)`)]
    const texts = names.map((name) => `coalesce(${name}, '')`)
    const joined = `CAST(group_concat(${[asText({ digits }), ...texts].join(' || ')}, '') AS BLOB)`
    this.#textCount = columns.length
    this.#many = db
      .prepare<[string], Buffer | null>(
        `SELECT ${joined} FROM json_each(?) AS wanted CROSS JOIN ${table} AS entry ON entry.num = wanted.value`,
      )
      .pluck()
    this.#one = db.prepare<[number], Texts>(`SELECT ${columns.join(', ')} FROM ${table} WHERE num = ?`).raw()
    this.#own = own
    this.#places = new Places(shared.places, own)
    this.#words = new Uint32Array(shared.bytes)
    this.#buffer = Buffer.from(shared.bytes)
  }

  /** Forgets what was read ahead and reads this thread's share of the numbers that stand in a column at the rows. */
  read(column: SplitNumbers, rows: Uint32Array): void {
    const { share, shares } = this.#own
    const partBytes = Math.floor(this.#buffer.length / shares / wordBytes) * wordBytes
    const part = { at: share * partBytes + wordBytes, end: (share + 1) * partBytes }
    const numbers = this.#places.take(column, rows)
    for (let from = 0; from < numbers.length; from += rowsAtOnce) {
      const some = numbers.subarray(from, from + rowsAtOnce)
      const joined = this.#many.get(this.#listed(some)) ?? null
      if (joined === null) continue
      this.#keepAll(some, new NumberReader(joined), part)
      release(joined)
    }
    release(numbers)
  }

  /** The texts of a row; null when there is none with that number. */
  texts(num: number): Texts | null {
    if (num === 0) return null
    const place = this.#places.of(num)
    if (place !== 0) return this.#textsAt(place)
    return this.#one.get(num) ?? null
  }

  /**
   * Copies the texts of a row as they lie here: in words of four bytes their size together, the size of each plus one (0: null), then the
   * texts. False, and nothing is copied, when they were not read ahead or need more than `maxBytes`.
   */
  copyTexts(num: number, target: Uint8Array, at: number, maxBytes: number): boolean {
    const place = this.#places.of(num)
    if (place === 0) return false
    const sizeBytes = (1 + this.#textCount) * wordBytes + (this.#words[place] as number)
    if (sizeBytes > maxBytes) return false
    this.#buffer.copy(target, at, place * wordBytes, place * wordBytes + sizeBytes)
    return true
  }

  /**
   * Touches what was read ahead of these rows, all before any of it is used: the processor then waits for many places of memory at a time,
   * and not for one after the other.
   */
  touch(column: SplitNumbers, rows: Uint32Array): void {
    const words = this.#words
    let sum = 0
    for (const row of rows) {
      const place = this.#places.of(numberAt(column, row))
      sum += (words[place] as number) + (words[place + lineWords] ?? 0)
    }
    this.touched = sum
  }

  /** Numbers as a JSON array. `join` leaves a string behind for each, which live long enough to add up to tens of megabytes. */
  #listed(numbers: Uint32Array): string {
    const digits = this.#digits
    let at = digits.length
    for (let i = numbers.length - 1; i >= 0; i--) {
      digits[--at] = i === numbers.length - 1 ? endOfList : comma
      let left = numbers[i] as number
      do {
        const tens = Math.floor(left / 10)
        digits[--at] = zero + left - tens * 10
        left = tens
      } while (left > 0)
    }
    digits[--at] = beginOfList
    return digits.toString('latin1', at)
  }

  /** Keeps the texts of rows: of each behind their sizes in bytes, of all together, then of each plus one, 0 for null. */
  #keepAll(numbers: Uint32Array, rows: NumberReader, part: { at: number; readonly end: number }): void {
    while (!rows.isAtEnd) {
      const num = numbers[rows.digit()] as number
      const place = part.at / wordBytes
      const textsAt = part.at + (1 + this.#textCount) * wordBytes
      const hasRoom = textsAt <= part.end
      let sizeBytes = 0
      for (let i = 0; i < this.#textCount; i++) {
        const size = rows.digit()
        // How large it is was not said; where the next row begins cannot be told either, so they are read when asked for.
        if (size === noDigit) return
        if (hasRoom) this.#words[place + 1 + i] = size
        sizeBytes += Math.max(size - 1, 0)
      }
      const end = textsAt + sizeBytes
      if (end <= part.end) {
        this.#words[place] = sizeBytes
        rows.bytes.copy(this.#buffer, textsAt, rows.at, rows.at + sizeBytes)
        this.#places.set(num, place)
        part.at = Math.ceil(end / wordBytes) * wordBytes
      }
      rows.at += sizeBytes
    }
  }

  #textsAt(place: number): Texts {
    const texts: (string | null)[] = []
    let at = (place + this.#textCount + 1) * wordBytes
    for (let i = 0; i < this.#textCount; i++) {
      const sizeBytes = (this.#words[place + 1 + i] as number) - 1
      texts.push(sizeBytes < 0 ? null : this.#buffer.toString('utf8', at, (at += sizeBytes)))
    }
    return texts
  }
}
