import { endOfEntry, nothing } from './text-bytes.ts'

/** Stands before a byte that no symbol begins with. Like the other two, it occurs in no UTF-8. */
export const escape = 0xfd
/** Codes below are symbols. */
const symbolCodes = escape
/** Bytes of the longest symbol. */
const mostSymbolBytes = 8
/** Rounds in which symbols are found, each from pairs of those before. */
const rounds = 5
/** Bytes of a sample, and of the stretches it is taken in. */
const sampleBytes = 32_768
const stretchBytes = 1_024
/** A byte of its own counts for so much more than what it saves, since each one that has no symbol takes two bytes. */
const singleWeight = 8
/** Beyond the codes: bytes that have no symbol. */
const literals = 256

/** Symbols as they are stored: their bytes joined, and how many each has. */
export interface PackedSymbols {
  readonly bytes: Uint8Array
  readonly lengths: Uint8Array
}

/**
 * Up to 253 symbols of one to eight bytes that occur often in some texts, each of which takes a byte there: what takes 25 bytes takes
 * some 7 to 12. Entries are written from their beginning with the longest symbol that fits, so entries that are the same are written the same, and
 * each can be read by itself. After P. Boncz, T. Neumann and V. Leis, "FSST: Fast Random Access String Compression", 2020.
 */
export class SymbolTable {
  /** Eight bytes for each code. */
  readonly #bytes = new Uint8Array(256 * mostSymbolBytes)
  readonly #lengths = new Uint8Array(256)
  /** The code of a byte by itself; `escape`: it has none. */
  readonly #single = new Uint8Array(256).fill(escape)
  /** By two bytes: where in `#longer` the codes stand of the symbols that begin with them, longest first. 0: there are none. */
  readonly #longerAt = new Uint16Array(65_536)
  readonly #longer: Uint8Array
  readonly #count: number

  private constructor(symbols: readonly Uint8Array[]) {
    this.#count = symbols.length
    const longer = new Map<number, number[]>()
    symbols.forEach((symbol, code) => {
      this.#bytes.set(symbol, code * mostSymbolBytes)
      this.#lengths[code] = symbol.length
      const [first = 0, second] = symbol
      if (second === undefined) this.#single[first] = code
      else longer.set(pairOf(first, second), [...(longer.get(pairOf(first, second)) ?? []), code])
    })
    this.#bytes[nothing * mostSymbolBytes] = nothing
    this.#lengths[nothing] = 1
    const lists = [endOfEntry]
    for (const [pair, codes] of longer) {
      this.#longerAt[pair] = lists.length
      lists.push(...codes.toSorted((a, b) => (this.#lengths[b] as number) - (this.#lengths[a] as number)), endOfEntry)
    }
    this.#longer = Uint8Array.from(lists)
  }

  /** Symbols that serve entries like those of a sample. */
  static train(sample: Uint8Array): SymbolTable {
    let table = new SymbolTable([])
    for (let round = 0; round < rounds; round++) table = new SymbolTable(table.#better(sample))
    return table
  }

  static unpack({ bytes, lengths }: PackedSymbols): SymbolTable {
    let at = 0
    return new SymbolTable(Array.from(lengths, (length) => bytes.subarray(at, (at += length))))
  }

  pack(): PackedSymbols {
    const symbols = Array.from({ length: this.#count }, (_, code) => this.expansion(code))
    return { bytes: Buffer.concat(symbols), lengths: this.#lengths.slice(0, this.#count) }
  }

  /** The bytes a code stands for; none for one that stands for nothing by itself. */
  expansion(code: number): Uint8Array {
    const at = code * mostSymbolBytes
    return this.#bytes.subarray(at, at + (this.#lengths[code] as number))
  }

  /** Writes whole entries, joined, in codes. `out` has room for twice as many bytes. Returns how many it took. */
  encode(entries: Uint8Array, out: Uint8Array): number {
    const lengths = this.#lengths
    let written = 0
    for (let at = 0; at < entries.length;) {
      const byte = entries[at] as number
      const code = byte >= nothing ? byte : this.#codeAt(entries, at)
      out[written++] = code
      if (code === escape) out[written++] = byte
      at += code >= escape ? 1 : (lengths[code] as number)
    }
    return written
  }

  /** Writes the bytes of `codes`, which hold no end of an entry. `out` has room for eight times as many. Returns how many there are. */
  decode(codes: Uint8Array, from: number, to: number, out: Uint8Array): number {
    const [bytes, lengths] = [this.#bytes, this.#lengths]
    let written = 0
    for (let at = from; at < to; at++) {
      const code = codes[at] as number
      if (code === escape) out[written++] = codes[++at] as number
      else for (let i = code * mostSymbolBytes, end = i + (lengths[code] as number); i < end;) out[written++] = bytes[i++] as number
    }
    return written
  }

  /** The code of the longest symbol that stands at a place. */
  #codeAt(bytes: Uint8Array, at: number): number {
    const first = bytes[at] as number
    for (let list = this.#longerAt[pairOf(first, bytes[at + 1] as number)] as number; list > 0; list++) {
      const code = this.#longer[list] as number
      if (code === endOfEntry) break
      const length = this.#lengths[code] as number
      let same = 2
      while (same < length && bytes[at + same] === this.#bytes[code * mostSymbolBytes + same]) same++
      if (same === length) return code
    }
    return this.#single[first] as number
  }

  /** The symbols that would have saved most: those there are, and pairs of them, as they stand in a sample. */
  #better(sample: Uint8Array): readonly Uint8Array[] {
    const count = new Uint32Array(2 * literals)
    const pairs = new Map<number, number>()
    let before = -1
    for (let at = 0; at < sample.length;) {
      const byte = sample[at] as number
      if (byte >= nothing) {
        before = -1
        at++
        continue
      }
      const code = this.#codeAt(sample, at)
      const part = code === escape ? literals + byte : code
      count[part] = (count[part] as number) + 1
      // So that single bytes are not forgotten where longer symbols take their place for now.
      if (part < literals && (this.#lengths[part] as number) > 1) count[literals + byte] = (count[literals + byte] as number) + 1
      if (before >= 0) pairs.set(before * 2 * literals + part, (pairs.get(before * 2 * literals + part) ?? 0) + 1)
      before = part
      at += part < literals ? (this.#lengths[part] as number) : 1
    }
    const gains = new Map<string, number>()
    const add = (symbol: Buffer, times: number): void => {
      const key = symbol.toString('latin1')
      gains.set(key, (gains.get(key) ?? 0) + times * symbol.length * (symbol.length === 1 ? singleWeight : 1))
    }
    const bytesOf = (part: number): Uint8Array => (part < literals ? this.expansion(part) : Uint8Array.of(part - literals))
    count.forEach((times, part) => {
      if (times > 0) add(Buffer.from(bytesOf(part)), times)
    })
    for (const [pair, times] of pairs) {
      const joined = Buffer.concat([bytesOf(Math.floor(pair / (2 * literals))), bytesOf(pair % (2 * literals))])
      if (joined.length <= mostSymbolBytes) add(joined, times)
    }
    return [...gains]
      .sort((a, b) => b[1] - a[1])
      .slice(0, symbolCodes)
      .map(([symbol]) => Buffer.from(symbol, 'latin1'))
  }
}

const pairOf = (first: number, second: number): number => first | (second << 8)

/** Stretches of some bytes, spread over all of them, that symbols are found from. */
export function sampleOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length <= sampleBytes) return bytes
  const count = sampleBytes / stretchBytes
  const step = (bytes.length - stretchBytes) / (count - 1)
  const stretches = Array.from({ length: count }, (_, at) => bytes.subarray(Math.floor(at * step), Math.floor(at * step) + stretchBytes))
  return Buffer.concat(stretches)
}
