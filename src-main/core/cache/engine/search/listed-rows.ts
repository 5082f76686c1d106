import type { EventColumns } from '../columns/columns.ts'
import type { RowNumbers } from './program.ts'
import type { SplitNumbers } from '../columns/split-column.ts'

/** Rows of a list, a multiple of 32, that are gone through at a time. */
export const listedRows = 4_096

type SplitName = Exclude<keyof RowNumbers, 'flags' | 'template'>

/** The numbers of some rows in whatever order, gathered beside each other: they are then gone through as quickly as neighbours. */
export class ListedRows implements RowNumbers {
  readonly #columns: EventColumns
  #rows: Uint32Array = new Uint32Array(0)
  /** Of each column whether it is that of the present rows. */
  readonly #isGathered = new Set<keyof RowNumbers>()
  readonly #numbers = { actor: emptyLike(null), object: emptyLike(null), context: emptyLike(null) }
  readonly #template = new Uint32Array(listedRows)
  readonly #flags = new Uint8Array(listedRows)

  constructor(columns: EventColumns) {
    this.#columns = columns
  }

  /** Goes on with other rows, at most `listedRows`. */
  list(rows: Uint32Array): void {
    this.#rows = rows
    this.#isGathered.clear()
  }

  get actor(): SplitNumbers {
    return this.#gathered('actor')
  }

  get object(): SplitNumbers {
    return this.#gathered('object')
  }

  get context(): SplitNumbers {
    return this.#gathered('context')
  }

  get template(): Uint32Array {
    if (this.#isNew('template'))
      for (let at = 0; at < this.#rows.length; at++) this.#template[at] = this.#columns.template[this.#rows[at] as number] as number
    return this.#template
  }

  get flags(): Uint8Array {
    if (this.#isNew('flags'))
      for (let at = 0; at < this.#rows.length; at++) this.#flags[at] = this.#columns.flags[this.#rows[at] as number] as number
    return this.#flags
  }

  #gathered(name: SplitName): SplitNumbers {
    const column = this.#columns[name]
    if (!this.#isNew(name)) return this.#numbers[name]
    if (this.#numbers[name].high.BYTES_PER_ELEMENT !== column.high.BYTES_PER_ELEMENT) this.#numbers[name] = emptyLike(column)
    const { low, high } = this.#numbers[name]
    const rows = this.#rows
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at] as number
      low[at] = column.low[row] as number
      high[at] = column.high[row] as number
    }
    return this.#numbers[name]
  }

  #isNew(name: keyof RowNumbers): boolean {
    if (this.#isGathered.has(name)) return false
    this.#isGathered.add(name)
    return true
  }
}

/** Room for listed numbers that are as wide as a column's. */
function emptyLike(column: SplitNumbers | null): SplitNumbers {
  const high = column?.high instanceof Uint16Array ? new Uint16Array(listedRows) : new Uint8Array(listedRows)
  return { low: new Uint16Array(listedRows), high }
}
