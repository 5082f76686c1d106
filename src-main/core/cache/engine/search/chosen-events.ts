/** Events by number. */
export class ChosenEvents {
  readonly #bits: Uint8Array

  /** By their rows, which are one less than their numbers. */
  constructor(rows: Uint32Array) {
    let last = 0
    for (const row of rows) last = Math.max(last, row + 1)
    this.#bits = new Uint8Array((last >> 3) + 1)
    for (const row of rows) this.#bits[(row + 1) >> 3] = (this.#bits[(row + 1) >> 3] as number) | (1 << ((row + 1) & 7))
  }

  has(seq: number): boolean {
    return ((this.#bits[seq >> 3] ?? 0) & (1 << (seq & 7))) !== 0
  }

  /** Whether any of the numbers `first` to `last` is among them. */
  hasAny(first: number, last: number): boolean {
    for (let seq = first; seq <= last; seq++) {
      if ((seq & 7) === 0 && this.#bits[seq >> 3] === 0) seq += 7
      else if (this.has(seq)) return true
    }
    return false
  }
}
