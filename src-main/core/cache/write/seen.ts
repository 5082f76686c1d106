/** The seqs a walk has come across, a bit each. */
export class SeenSeqs {
  #bits = new Uint8Array(1024)

  add(seq: number): void {
    const at = seq >>> 3
    if (at >= this.#bits.length) {
      const wider = new Uint8Array(Math.max(at + 1, this.#bits.length * 2))
      wider.set(this.#bits)
      this.#bits = wider
    }
    this.#bits[at] = (this.#bits[at] as number) | (1 << (seq & 7))
  }

  has(seq: number): boolean {
    return ((this.#bits[seq >>> 3] ?? 0) & (1 << (seq & 7))) !== 0
  }
}
