import { sliceRows } from './columns.ts'

/** Slices of rows that several threads go through together: each takes the next one, so that nobody waits for the slower. */
export class Slices {
  /** Number of the next slice; in memory that threads share. */
  readonly #next: Int32Array
  readonly #rowCount: number

  constructor(rowCount: number, next: Int32Array = new Int32Array(new SharedArrayBuffer(4))) {
    this.#rowCount = rowCount
    this.#next = next
  }

  /** What another thread makes its own view of the same slices from. */
  get shared(): { readonly rowCount: number; readonly next: Int32Array } {
    return { rowCount: this.#rowCount, next: this.#next }
  }

  /** The next slice that nobody has taken; `to` is excluded. Null: none is left. */
  take(): { readonly from: number; readonly to: number } | null {
    const from = Atomics.add(this.#next, 0, 1) * sliceRows
    return from < this.#rowCount ? { from, to: Math.min(from + sliceRows, this.#rowCount) } : null
  }

  /** Nobody shall take another one. */
  drop(): void {
    Atomics.store(this.#next, 0, Math.ceil(this.#rowCount / sliceRows))
  }
}
