import { type Narrow, NarrowColumn } from './narrow-column.ts'

/** A number by number, as far as it is looked up. */
export interface NumberByNumber {
  at(number: number): number
}

/** Origins of some numbers as they are stored. */
export interface PackedOrigins {
  /** Places in the lists that follow. */
  readonly origins: Narrow
  readonly connections: readonly number[]
  readonly kinds: readonly number[]
}

/** To which connection things belong, and of what kind they are, by number: there are few combinations, so that a byte does for most. */
export class OriginColumn {
  readonly connection: NumberByNumber = { at: (number) => this.#connections[this.#origins.at(number)] as number }
  readonly kind: NumberByNumber = { at: (number) => this.#kinds[this.#origins.at(number)] as number }
  readonly #origins = new NarrowColumn()
  readonly #connections = [0]
  readonly #kinds = [0]
  readonly #known = new Map([[0, 0]])

  /** Makes room for numbers below `count`. */
  reserve(count: number): void {
    this.#origins.reserve(count)
  }

  set(number: number, connection: number, kind: number): void {
    this.#origins.set(number, this.#originOf(connection, kind))
  }

  /** Origins of the numbers `from` to `to` (exclusive), for storing. */
  part(from: number, to: number): PackedOrigins {
    return { origins: this.#origins.slice(from, to), connections: this.#connections, kinds: this.#kinds }
  }

  /** Takes in such origins. */
  put(from: number, { origins, connections, kinds }: PackedOrigins): void {
    const own = connections.map((connection, at) => this.#originOf(connection, kinds[at] as number))
    const isSame = own.every((origin, at) => origin === at)
    this.#origins.setAll(from, isSame ? origins : Uint32Array.from(origins, (origin) => own[origin] as number))
  }

  #originOf(connection: number, kind: number): number {
    const key = kind * 2 ** 32 + connection
    let origin = this.#known.get(key)
    if (origin === undefined) {
      origin = this.#connections.push(connection) - 1
      this.#kinds.push(kind)
      this.#known.set(key, origin)
    }
    return origin
  }
}
