// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient declaration is no module that could be imported
/// <reference path="./web-assembly.d.ts" />
import { unzstdModule } from './unzstd.wasm.ts'
import { ByteCodes, type CodedNumbers, literalLengths, matchLengths, offsets, StateTable } from './zstd-tables.ts'

/** `unzstd.wat`. Numbers are places in the memory and sizes; 0 is returned where the bytes are not what they should be. */
interface Unpacking {
  begin(): void
  sequences(
    count: number,
    from: number,
    end: number,
    tableLogs: number,
    literals: number,
    literalsEnd: number,
    begin: number,
    to: number,
    toEnd: number,
  ): number
  oneStream(from: number, end: number, mostBits: number, to: number, toEnd: number): number
  fourStreams(
    from1: number,
    from2: number,
    from3: number,
    from4: number,
    end: number,
    mostBits: number,
    to: number,
    quarter: number,
    toEnd: number,
  ): number
}

const slackBytes = 64
const blockBytes = 128 * 1024
const tableBytes = 4_096
const codesBytes = 4_096
const literalsAt = 3 * tableBytes + codesBytes
/** Memory that unpacking needs beside what it reads and writes. */
export const workBytes = literalsAt + blockBytes + slackBytes

const magic = 0xfd2fb528

/**
 * Unpacks zstd where it lies in memory, with nothing made anew each time: a decoder of Node's own is one for each call, and takes longer to make
 * than many a block to unpack. For frames as `packBlock` makes them; others, such as ones with a dictionary or a checksum, are refused.
 */
export class Unzstd {
  readonly #unpacking: Unpacking
  readonly #bytes: Uint8Array
  readonly #words: Uint32Array
  readonly #literalsAt: number
  readonly #codes: ByteCodes
  readonly #lengths: Numbers
  readonly #offsets: Numbers
  readonly #matches: Numbers
  #literalsEnd = 0

  /** At `at` are `workBytes` of the memory for it, and before them and behind what is read and written 16 bytes more. */
  constructor(memory: WebAssembly.Memory, at: number) {
    const [lengthsAt, offsetsAt, matchesAt, codesAt] = [at, at + tableBytes, at + 2 * tableBytes, at + 3 * tableBytes]
    const module = new WebAssembly.Module(Buffer.from(unzstdModule, 'base64'))
    const imports = { memory, lengths: lengthsAt, offsets: offsetsAt, matches: matchesAt, codes: codesAt }
    this.#unpacking = new WebAssembly.Instance(module, { unzstd: imports }).exports as unknown as Unpacking
    this.#bytes = new Uint8Array(memory.buffer)
    this.#words = new Uint32Array(memory.buffer)
    this.#literalsAt = at + literalsAt
    this.#codes = new ByteCodes(new Uint16Array(memory.buffer, codesAt, codesBytes / 2))
    this.#lengths = new Numbers(literalLengths, this.#words.subarray(lengthsAt / 4))
    this.#offsets = new Numbers(offsets, this.#words.subarray(offsetsAt / 4))
    this.#matches = new Numbers(matchLengths, this.#words.subarray(matchesAt / 4))
  }

  /** Whether one frame lies at `from` to `end` and fills `to` to `toEnd` exactly. False: what lies there now is of no use. */
  unpack(from: number, end: number, to: number, toEnd: number): boolean {
    const bytes = this.#bytes
    let at = this.#afterHeader(from)
    if (at === null) return false
    this.#unpacking.begin()
    this.#codes.mostBits = 0
    for (const numbers of [this.#lengths, this.#offsets, this.#matches]) numbers.isKnown = false
    for (let place = to; at + 3 <= end;) {
      const head: number = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
      const size = head >>> 3
      at += 3
      const kind = (head >> 1) & 3
      const next: number = at + (kind === 1 ? 1 : size)
      if (size > blockBytes || next > end) return false
      if (kind === 2) {
        const reached = this.#block(at, next, to, place, toEnd)
        if (reached === 0) return false
        place = reached
      } else {
        if (kind === 3 || place + size > toEnd) return false
        if (kind === 0) bytes.copyWithin(place, at, next)
        else bytes.fill(bytes[at] as number, place, place + size)
        place += size
      }
      at = next
      if ((head & 1) === 1) return at === end && place === toEnd
    }
    return false
  }

  /** Where the first block begins; null: an unusual frame. */
  #afterHeader(from: number): number | null {
    const bytes = this.#bytes
    const found = (bytes[from] as number) | ((bytes[from + 1] as number) << 8) | ((bytes[from + 2] as number) << 16)
    if ((found | ((bytes[from + 3] as number) << 24)) >>> 0 !== magic) return null
    const flags = bytes[from + 4] as number
    // A dictionary, a checksum, or what nobody knows.
    if ((flags & 0b1111) !== 0) return null
    const isSingle = (flags & 0x20) !== 0
    const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6] as number
    return from + 5 + (isSingle ? 0 : 1) + sizeBytes
  }

  /** A packed block; returns where its output ends, 0 if it cannot be read. */
  #block(from: number, end: number, begin: number, to: number, toEnd: number): number {
    const bytes = this.#bytes
    let at = this.#literals(from, end)
    if (at === null || at >= end) return 0
    let count = bytes[at++] as number
    if (count >= 128 && count < 255) count = ((count - 128) << 8) | (bytes[at++] as number)
    else if (count === 255) {
      count = (bytes[at] as number) + ((bytes[at + 1] as number) << 8) + 0x7f00
      at += 2
    }
    const mostEnd = Math.min(toEnd, to + blockBytes)
    if (count === 0) {
      const place = to + this.#literalsEnd - this.#literalsAt
      if (at !== end || place > mostEnd) return 0
      bytes.copyWithin(to, this.#literalsAt, this.#literalsEnd)
      return place
    }
    const modes = bytes[at++] as number
    for (const [shift, numbers] of [
      [6, this.#lengths],
      [4, this.#offsets],
      [2, this.#matches],
    ] as const) {
      at = numbers.read(bytes, at, end, (modes >> shift) & 3)
      if (at === null) return 0
    }
    if ((modes & 3) !== 0 || at >= end || bytes[end - 1] === 0) return 0
    const logs = this.#lengths.log | (this.#offsets.log << 8) | (this.#matches.log << 16)
    return this.#unpacking.sequences(count, at, end, logs, this.#literalsAt, this.#literalsEnd, begin, to, mostEnd)
  }

  /** Lays out the literals of a block; returns where what comes behind them begins. */
  #literals(from: number, end: number): number | null {
    const bytes = this.#bytes
    const byte = (i: number): number => bytes[from + i] as number
    const head = byte(0) | (byte(1) << 8) | (byte(2) << 16)
    const kind = head & 3
    const form = (head >> 2) & 3
    if (kind < 2) {
      const headBytes = form === 1 ? 2 : form === 3 ? 3 : 1
      const size = form === 1 ? (head & 0xffff) >> 4 : form === 3 ? head >> 4 : (head & 0xff) >> 3
      const at = from + headBytes
      const next = at + (kind === 0 ? size : 1)
      if (size > blockBytes || next > end) return null
      this.#literalsEnd = this.#literalsAt + size
      if (kind === 0) bytes.copyWithin(this.#literalsAt, at, next)
      else bytes.fill(bytes[at] as number, this.#literalsAt, this.#literalsEnd)
      return next
    }
    const sizeBits = form < 2 ? 10 : form === 2 ? 14 : 18
    const headBytes = form < 2 ? 3 : form + 2
    // Two numbers behind four bits; the second begins in the second or third byte.
    const size = (head >>> 4) & ((1 << sizeBits) - 1)
    const second = sizeBits + 4
    const packed = byte(1) | (byte(2) << 8) | (byte(3) << 16)
    const packedBytes = (form < 3 ? packed >>> (second - 8) : (packed >>> 14) | (byte(4) << 10)) & ((1 << sizeBits) - 1)
    const next = from + headBytes + packedBytes
    if (size > blockBytes || next > end) return null
    this.#literalsEnd = this.#literalsAt + size
    const at = kind === 2 ? this.#codes.read(bytes, from + headBytes, next) : from + headBytes
    if (at === null || this.#codes.mostBits === 0) return null
    return this.#streams(at, next, form === 0 ? 1 : 4) ? next : null
  }

  #streams(from: number, end: number, count: 1 | 4): boolean {
    const bytes = this.#bytes
    const { mostBits } = this.#codes
    const isStream = (begin: number, next: number): boolean => begin < next && bytes[next - 1] !== 0
    if (count === 1) {
      if (!isStream(from, end)) return false
      return this.#unpacking.oneStream(from, end, mostBits, this.#literalsAt, this.#literalsEnd) === 1
    }
    const sizeAt = (at: number): number => (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
    const from1 = from + 6
    const from2 = from1 + sizeAt(from)
    const from3 = from2 + sizeAt(from + 2)
    const from4 = from3 + sizeAt(from + 4)
    const quarter = (this.#literalsEnd - this.#literalsAt + 3) >> 2
    if (this.#literalsAt + 3 * quarter > this.#literalsEnd || from4 >= end) return false
    if (!isStream(from1, from2) || !isStream(from2, from3) || !isStream(from3, from4) || !isStream(from4, end)) return false
    return this.#unpacking.fourStreams(from1, from2, from3, from4, end, mostBits, this.#literalsAt, quarter, this.#literalsEnd) === 1
  }
}

/** A table of coded numbers as `unzstd.wat` takes it. */
class Numbers {
  /** Whether the block before had a table. */
  isKnown = false
  readonly #coded: CodedNumbers
  readonly #entries: Uint32Array
  readonly #states = new StateTable()

  constructor(coded: CodedNumbers, entries: Uint32Array) {
    this.#coded = coded
    this.#entries = entries
  }

  get log(): number {
    return this.#states.log
  }

  /** Takes the table that stands at `at`; returns where what comes behind it begins. */
  read(bytes: Uint8Array, at: number, end: number, mode: number): number | null {
    const { mostLog, usual, usualLog } = this.#coded
    let next: number | null = at
    if (mode === 3) return this.isKnown ? at : null
    if (mode === 0) this.#states.take(usual, usualLog)
    else if (mode === 1) this.#states.takeOne(bytes[next++] as number)
    else next = this.#states.read(bytes, at, end, mostLog)
    this.isKnown = next !== null && this.#lay()
    return this.isKnown ? next : null
  }

  #lay(): boolean {
    const { values, moreBits } = this.#coded
    const { codes, bits, next, log } = this.#states
    for (let i = 0; i < 2 ** log; i++) {
      const code = codes[i] as number
      if (code >= values.length) return false
      this.#entries[2 * i] = values[code] as number
      this.#entries[2 * i + 1] = (next[i] as number) | ((bits[i] as number) << 16) | ((moreBits[code] as number) << 24)
    }
    return true
  }
}
