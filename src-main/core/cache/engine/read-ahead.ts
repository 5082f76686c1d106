import type { Database, Statement } from '../driver.ts'
import { asText, NumberReader } from './number-text.ts'

/** What a dictionary row holds but for its number: texts, null where there is none. */
export type Texts = readonly (string | null)[]

/** Texts of dictionary rows in memory that threads share. Each thread fills its own half, quarter… of both; all read all of it. */
export interface SharedTexts {
  /** By number: where the texts begin in `bytes`, in words of four bytes; 0 or `awaited`: not here. */
  readonly places: Uint32Array<SharedArrayBuffer>
  readonly bytes: SharedArrayBuffer
}

/** Stands at the place of a row that is about to be read. */
const awaited = 0xffff_ffff
/** Neighbouring numbers belong to one thread, so that it reads whole pages of the file. */
const stripeRows = 4_096
/** Rows that lie at most this far apart are read in one go, and those between them passed over. */
const nearbyRows = 16
/** Most rows that are read in one go: which of them are wanted are the bits of a number. */
const windowRows = 52
const powers = Array.from({ length: windowRows }, (_, bit) => 2 ** bit)
const wordBytes = 4
/** What comes near the processor together. */
const lineWords = 16

/** Room for rows with numbers below `count`, up to a size; what is never filled costs no memory. */
export function createSharedTexts(count: number, sizeBytes: number): SharedTexts {
  return { places: new Uint32Array(new SharedArrayBuffer(count * wordBytes)), bytes: new SharedArrayBuffer(sizeBytes) }
}

/**
 * Reads the dictionary rows that many events need in the order they lie in the file, before the events are formed: the same rows one by
 * one, each at a random place, would take most of an export's time. Rows that were not read ahead are read when asked for.
 */
export class ReadAhead {
  readonly #range: Statement<[number, number, number, number], Buffer | null>
  readonly #one: Statement<[number], Texts>
  readonly #shared: SharedTexts
  readonly #textCount: number
  readonly #share: number
  readonly #shares: number
  readonly #words: Uint32Array
  readonly #buffer: Buffer
  /** Of no meaning; were it not kept, nothing would be touched. */
  touched = 0

  /** Of the text columns of a dictionary table. Of `shares` threads this is number `share`. */
  constructor(db: Database, table: string, columns: readonly string[], shared: SharedTexts, share: number, shares: number) {
    const sizes = columns.map((column) => `coalesce(octet_length(${column}) + 1, 0)`)
    const texts = columns.map((column) => `coalesce(${column}, '')`)
    const joined = `CAST(group_concat(${[asText({ numbers: ['num', ...sizes] }), ...texts].join(' || ')}, '') AS BLOB)`
    this.#textCount = columns.length
    const wanted = '(? >> (num - ?)) & 1'
    this.#range = db
      .prepare<[number, number, number, number], Buffer | null>(`SELECT ${joined} FROM ${table} WHERE num BETWEEN ? AND ? AND ${wanted}`)
      .pluck()
    this.#one = db.prepare<[number], Texts>(`SELECT ${columns.join(', ')} FROM ${table} WHERE num = ?`).raw()
    this.#shared = shared
    this.#share = share
    this.#shares = shares
    this.#words = new Uint32Array(shared.bytes)
    this.#buffer = Buffer.from(shared.bytes)
  }

  /** Forgets what was read ahead and reads this thread's share of the numbers that stand in a column at the rows. */
  read(column: Uint32Array, rows: Uint32Array): void {
    const { places } = this.#shared
    const stripes = Math.ceil(places.length / stripeRows)
    for (let stripe = this.#share; stripe < stripes; stripe += this.#shares) places.fill(0, stripe * stripeRows, (stripe + 1) * stripeRows)
    for (const row of rows) {
      const num = column[row] as number
      if (num !== 0 && Math.floor(num / stripeRows) % this.#shares === this.#share) places[num] = awaited
    }
    const partBytes = Math.floor(this.#shared.bytes.byteLength / this.#shares / wordBytes) * wordBytes
    const part = { at: this.#share * partBytes + wordBytes, end: (this.#share + 1) * partBytes }
    for (let stripe = this.#share; stripe < stripes; stripe += this.#shares) this.#readStripe(stripe * stripeRows, part)
  }

  /** The texts of a row; null when there is none with that number. */
  texts(num: number): Texts | null {
    if (num === 0) return null
    const place = this.#shared.places[num] ?? 0
    if (place !== 0 && place !== awaited) return this.#textsAt(place)
    return this.#one.get(num) ?? null
  }

  /**
   * Copies the texts of a row as they lie here: in words of four bytes their size together, the size of each plus one (0: null), then the
   * texts. False, and nothing is copied, when they were not read ahead or need more than `maxBytes`.
   */
  copyTexts(num: number, target: Uint8Array, at: number, maxBytes: number): boolean {
    const place = this.#shared.places[num] ?? 0
    if (place === 0 || place === awaited) return false
    const sizeBytes = (1 + this.#textCount) * wordBytes + (this.#words[place] as number)
    if (sizeBytes > maxBytes) return false
    this.#buffer.copy(target, at, place * wordBytes, place * wordBytes + sizeBytes)
    return true
  }

  /**
   * Touches what was read ahead of these rows, all before any of it is used: the processor then waits for many places of memory at a time,
   * and not for one after the other.
   */
  touch(column: Uint32Array, rows: Uint32Array): void {
    const { places } = this.#shared
    const words = this.#words
    let sum = 0
    for (const row of rows) {
      const place = places[column[row] as number] as number
      if (place !== awaited) sum += (words[place] as number) + (words[place + lineWords] ?? 0)
    }
    this.touched = sum
  }

  #readStripe(first: number, part: { at: number; readonly end: number }): void {
    const { places } = this.#shared
    const end = Math.min(first + stripeRows, places.length)
    for (let num = first; num < end; num++) {
      if (places[num] !== awaited) continue
      let last = num
      let wanted = 1
      const windowEnd = Math.min(num + windowRows, end)
      for (let next = num + 1; next < windowEnd && next - last <= nearbyRows; next++) {
        if (places[next] !== awaited) continue
        wanted += powers[next - num] as number
        last = next
      }
      const joined = this.#range.get(num, last, wanted, num) ?? null
      if (joined !== null) this.#keepAll(new NumberReader(joined), part)
      num = last
    }
  }

  /** Keeps the texts of rows: of each behind their sizes in bytes, of all together, then of each plus one, 0 for null. */
  #keepAll(rows: NumberReader, part: { at: number; readonly end: number }): void {
    const { places } = this.#shared
    while (!rows.isAtEnd) {
      const num = rows.next()
      const place = part.at / wordBytes
      const textsAt = part.at + (1 + this.#textCount) * wordBytes
      const hasRoom = textsAt <= part.end
      let sizeBytes = 0
      for (let i = 0; i < this.#textCount; i++) {
        const size = rows.next()
        if (hasRoom) this.#words[place + 1 + i] = size
        sizeBytes += Math.max(size - 1, 0)
      }
      const end = textsAt + sizeBytes
      if (end <= part.end) {
        this.#words[place] = sizeBytes
        rows.bytes.copy(this.#buffer, textsAt, rows.at, rows.at + sizeBytes)
        places[num] = place
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
