import { type PackedSymbols, SymbolTable } from './symbol-table.ts'

/** Symbols that take so much more than of the texts they were found from do not suit what comes now. */
const worseBy = 1.2
/** Of new symbols it is expected that others take so much more. */
const betterBy = 1.1
/** Ways there are at most: each needs an automaton of its own in each search. */
const mostWritings = 64

/** A way to write as it is stored: its symbols, and the bytes it takes for each byte of the texts it was found from. */
export interface PackedWriting extends PackedSymbols {
  readonly share: number
}

/** The ways in which the chunks of a column are written, by number; 0: as they are. */
export class Writings {
  readonly tables: (SymbolTable | null)[] = [null]
  readonly #shares = [1]
  /** Those that were stored, by their bytes. */
  readonly #unpacked = new Map<string, number>()

  /** What suits a sample best, found from it where nothing known does. `out`: as `encode` needs it. */
  suiting(sample: Uint8Array, out: Uint8Array): number {
    const shareOf = (table: SymbolTable | null): number => (table === null ? 1 : table.encode(sample, out) / sample.length)
    const shares = this.tables.map(shareOf)
    const share = Math.min(...shares)
    const best = shares.indexOf(share)
    const isSuited = best > 0 && share <= (this.#shares[best] as number) * worseBy
    if (isSuited || this.tables.length === mostWritings) return best
    const table = SymbolTable.train(sample)
    const tableShare = shareOf(table)
    if (tableShare * betterBy < share) return this.#add(table, tableShare)
    // No others are looked for until it is worse still.
    this.#shares[best] = share
    return best
  }

  /** The number of a stored one. */
  numberOf({ share, bytes, lengths }: PackedWriting): number {
    const key = Buffer.concat([lengths, Uint8Array.of(0), bytes]).toString('latin1')
    let number = this.#unpacked.get(key)
    if (number === undefined) this.#unpacked.set(key, (number = this.#add(SymbolTable.unpack({ bytes, lengths }), share)))
    return number
  }

  pack(number: number): PackedWriting {
    const table = this.tables[number]
    if (table == null) throw new RangeError(`there are no symbols ${number}`)
    return { ...table.pack(), share: this.#shares[number] as number }
  }

  #add(table: SymbolTable, share: number): number {
    this.#shares.push(share)
    return this.tables.push(table) - 1
  }
}
