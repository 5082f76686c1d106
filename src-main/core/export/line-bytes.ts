// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient declaration is no module that could be imported
/// <reference path="../cache/engine/texts/web-assembly.d.ts" />
import { lineBytesModule } from './line-bytes.wasm.ts'

/** When to hand over what is collected. */
export const flushBytes = 1_500_000

/** How texts stand in lines: 0 as cells of CSV, 1 as JSON. */
export type TextForm = 0 | 1

/** `line-bytes.wat`: puts bytes behind those put before. Numbers are places in its memory, and sizes. */
interface Putting {
  /** Where the next byte goes. */
  end(): number
  goOnAt(at: number): void
  put(from: number, bytes: number): void
  putKept(at: number): void
  putByte(byte: number): void
  putDoubled(from: number, bytes: number): void
  putEscaped(from: number, bytes: number, short: 0 | 1): void
  putText(from: number, bytes: number, json: TextForm): void
  putTexts(at: number, count: number, frame: number, json: TextForm): void
  laySummary(to: number, mostBytes: number, wording: number, actor: number, object: number, workspace: number): number
  putHash(from: number): void
  putTime(timeMs: number): void
  /** 0, and nothing is put, for an id that is not all ASCII. `prefix`: a place of a kept text of at most 12 KB; the id has at most 8 KB. */
  putId(prefix: number, from: number, bytes: number): number
}

// The module's memory: its tables and what it hashes, a piece of a text on its way, texts that a caller lays out, lines, texts that are kept.
const slackBytes = 64
const pieceAt = 32_768
const pieceBytes = 32_768
/** Where a caller may lay out texts, and how many bytes of them. */
export const inputAt = pieceAt + pieceBytes + slackBytes
export const inputBytes = 65_536
const outAt = inputAt + inputBytes + slackBytes
const outEnd = outAt + 2_500_000
/** Where a caller may keep what it likes, and how many bytes of it. What is never used of it costs no memory. */
export const roomAt = Math.ceil((outEnd + slackBytes) / slackBytes) * slackBytes
export const roomBytes = 14 * 1024 * 1024
const keptAt = roomAt + roomBytes
const pageBytes = 65_536
const firstPages = Math.ceil((keptAt + slackBytes) / pageBytes)
const mostPages = 1_024
/** What a byte becomes at most: \u0000. */
const growth = 6
const quote = 0x22

/** Collects the bytes of lines, in the memory of a module that copies, quotes and escapes many of them at a time. */
export class LineBytes {
  /** For values of which the caller knows where they lie, after `reserve`. */
  readonly putting: Putting
  readonly #wasmMemory: WebAssembly.Memory
  #memory: Buffer
  /** What was collected before when there was no more room for it. */
  #full: Uint8Array[] = []
  #fullBytes = 0
  #keptEnd = keptAt

  constructor() {
    this.#wasmMemory = new WebAssembly.Memory({ initial: firstPages, maximum: mostPages, shared: true })
    const module = new WebAssembly.Module(Buffer.from(lineBytesModule, 'base64'))
    this.putting = new WebAssembly.Instance(module, { lines: { memory: this.#wasmMemory } }).exports as unknown as Putting
    this.#memory = Buffer.from(this.#wasmMemory.buffer)
    writeTables(this.#memory)
    this.clear()
  }

  /** The module's memory; another one after each `keep`. */
  get memory(): Buffer {
    return this.#memory
  }

  /** Bytes collected. */
  get length(): number {
    return this.#fullBytes + this.putting.end() - outAt
  }

  /** Bytes of texts that are kept. */
  get keptBytes(): number {
    return this.#keptEnd - keptAt
  }

  clear(): void {
    this.#full = []
    this.#fullBytes = 0
    this.putting.goOnAt(outAt)
  }

  /** Makes room for that many bytes, at most a megabyte. */
  reserve(sizeBytes: number): void {
    if (this.putting.end() + sizeBytes <= outEnd) return
    const bytes = this.#memory.subarray(outAt, this.putting.end())
    this.#full.push(Uint8Array.from(bytes))
    this.#fullBytes += bytes.length
    this.putting.goOnAt(outAt)
  }

  /** Adds text as UTF-8; a lone surrogate becomes U+FFFD. */
  addText(text: string): void {
    if (text.length > pieceBytes) {
      const bytes = Buffer.from(text)
      this.#eachPiece(bytes, 0, bytes.length, this.putting.put)
      return
    }
    this.reserve(text.length * 3)
    const end = this.putting.end()
    this.putting.goOnAt(end + this.#memory.write(text, end))
  }

  /** Adds bytes `from` to `to` between quotes, each quote among them doubled. They may be some of `memory`. */
  addQuoted(bytes: Uint8Array, from: number, to: number): void {
    this.#addByte(quote)
    this.#eachPiece(bytes, from, to, this.putting.putDoubled)
    this.#addByte(quote)
  }

  /** Adds UTF-8 bytes `from` to `to`, which may be some of `memory`, as a JSON string. */
  addJsonString(bytes: Uint8Array, from: number, to: number): void {
    this.#addByte(quote)
    this.#eachPiece(bytes, from, to, (at, size) => this.putting.putEscaped(at, size, 0))
    this.#addByte(quote)
  }

  /** Keeps a text for `putKept`: returns its place, which is none of the first numbers. */
  keep(text: string): number {
    const bytes = Buffer.from(text)
    const at = this.#keepBytes(4 + bytes.length)
    this.#memory.writeUInt32LE(bytes.length, at)
    bytes.copy(this.#memory, at + 4)
    return at
  }

  /** Keeps numbers behind how many they are. */
  keepNumbers(numbers: readonly number[]): number {
    const at = this.#keepBytes(4 + numbers.length * 4)
    for (const [i, number] of [numbers.length, ...numbers].entries()) this.#memory.writeUInt32LE(number, at + i * 4)
    return at
  }

  /** Places of kept texts are of no use afterwards. */
  forgetKept(): void {
    this.#keptEnd = keptAt
  }

  /** Gives a copy of the bytes away and begins anew; in `room` if that is large enough. */
  take(room?: Uint8Array): Uint8Array {
    const sizeBytes = this.length
    const taken = room !== undefined && sizeBytes <= room.length ? room.subarray(0, sizeBytes) : new Uint8Array(sizeBytes)
    let at = 0
    for (const bytes of this.#full) {
      taken.set(bytes, at)
      at += bytes.length
    }
    copyBytes.call(this.#memory, taken, at, outAt, this.putting.end())
    this.clear()
    return taken
  }

  #keepBytes(sizeBytes: number): number {
    const at = this.#keptEnd
    this.#keptEnd = Math.ceil((at + sizeBytes) / 4) * 4
    const missingBytes = this.#keptEnd + slackBytes - this.#memory.length
    if (missingBytes > 0) {
      this.#wasmMemory.grow(Math.ceil(missingBytes / pageBytes))
      this.#memory = Buffer.from(this.#wasmMemory.buffer)
    }
    return at
  }

  #addByte(byte: number): void {
    this.reserve(1)
    this.putting.putByte(byte)
  }

  /** Puts bytes piece by piece, each brought into the module's memory where it does not lie there, with room for what becomes of it. */
  #eachPiece(bytes: Uint8Array, from: number, to: number, put: (at: number, sizeBytes: number) => void): void {
    for (let at = from; at < to; at += pieceBytes) {
      const sizeBytes = Math.min(to - at, pieceBytes)
      this.reserve(sizeBytes * growth)
      if (bytes === this.#memory) put(at, sizeBytes)
      else {
        copyBytes.call(bytes, this.#memory, pieceAt, at, at + sizeBytes)
        put(pieceAt, sizeBytes)
      }
    }
  }
}

/** Takes a fifth of the time of `set`, which goes word by word where memory is shared. Bytes are not to be longer than where they go. */
export const copyBytes = Buffer.prototype.copy

/** For each pattern of eight bits, which of eight bytes stand where when those with a bit are put twice; and when byte 8 is put before them. */
function writeTables(memory: Buffer): void {
  for (let bits = 0; bits < 256; bits++) {
    let at = bits * 16
    for (let byte = 0; byte < 8; byte++) {
      if ((bits & (1 << byte)) !== 0) {
        memory[at] = byte
        memory[at++ + 4_096] = 8
      }
      memory[at] = byte
      memory[at++ + 4_096] = byte
    }
  }
}
