import type { EventColumns } from './columns.ts'
import type { RowNumbers } from './program.ts'

/** Rows of a list, a multiple of 32, that are gone through at a time. */
export const listedRows = 4_096

type NumberColumnName = Exclude<keyof RowNumbers, 'flags'>

/** The numbers of some rows in whatever order, gathered beside each other: they are then gone through as quickly as neighbours. */
export class ListedRows implements RowNumbers {
  readonly #columns: EventColumns
  #rows: Uint32Array = new Uint32Array(0)
  /** Of each column whether it is that of the present rows. */
  readonly #isGathered = new Set<keyof RowNumbers>()
  readonly #numbers = {
    actor: new Uint32Array(listedRows),
    object: new Uint32Array(listedRows),
    context: new Uint32Array(listedRows),
    template: new Uint32Array(listedRows),
  }
  readonly #flags = new Uint8Array(listedRows)

  constructor(columns: EventColumns) {
    this.#columns = columns
  }

  /** Goes on with other rows, at most `listedRows`. */
  list(rows: Uint32Array): void {
    this.#rows = rows
    this.#isGathered.clear()
  }

  get actor(): Uint32Array {
    return this.#gathered('actor')
  }

  get object(): Uint32Array {
    return this.#gathered('object')
  }

  get context(): Uint32Array {
    return this.#gathered('context')
  }

  get template(): Uint32Array {
    return this.#gathered('template')
  }

  get flags(): Uint8Array {
    if (this.#isNew('flags'))
      for (let at = 0; at < this.#rows.length; at++) this.#flags[at] = this.#columns.flags[this.#rows[at] as number] as number
    return this.#flags
  }

  #gathered(name: NumberColumnName): Uint32Array {
    const numbers = this.#numbers[name]
    const column = this.#columns[name]
    const rows = this.#rows
    if (this.#isNew(name)) for (let at = 0; at < rows.length; at++) numbers[at] = column[rows[at] as number] as number
    return numbers
  }

  #isNew(name: keyof RowNumbers): boolean {
    if (this.#isGathered.has(name)) return false
    this.#isGathered.add(name)
    return true
  }
}
