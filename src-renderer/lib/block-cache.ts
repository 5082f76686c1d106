/** Blocks of consecutive rows by position, the most recently used kept. */
export class BlockCache<T> {
  readonly blockRows: number
  readonly #maxBlocks: number
  readonly #blocks = new Map<number, readonly T[]>()

  constructor(blockRows: number, maxBlocks: number) {
    this.blockRows = blockRows
    this.#maxBlocks = maxBlocks
  }

  row(index: number): T | undefined {
    return this.#blocks.get(Math.floor(index / this.blockRows))?.[index % this.blockRows]
  }

  /** Stores a block and forgets the ones used longest ago. */
  put(block: number, rows: readonly T[]): void {
    this.#blocks.delete(block)
    this.#blocks.set(block, rows)
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= this.#maxBlocks) break
      this.#blocks.delete(oldest)
    }
  }

  /** Blocks that rows `first` … `first + count - 1` need and that are not here; the others count as used now. */
  missing(first: number, count: number): readonly number[] {
    if (count <= 0) return []
    const wanted: number[] = []
    for (let block = Math.floor(first / this.blockRows); block <= Math.floor((first + count - 1) / this.blockRows); block++) {
      const rows = this.#blocks.get(block)
      if (rows === undefined) wanted.push(block)
      else this.put(block, rows)
    }
    return wanted
  }

  /** Replaces every row for which `change` returns another one. */
  update(change: (row: T) => T): void {
    for (const [block, rows] of this.#blocks) this.#blocks.set(block, rows.map(change))
  }

  clear(): void {
    this.#blocks.clear()
  }
}
