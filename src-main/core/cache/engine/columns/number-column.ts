/** Numbers by dictionary number, growing as they are set. */
export class NumberColumn {
  values = new Uint32Array(256)

  set(number: number, value: number): void {
    this.#grow(number + 1)
    this.values[number] = value
  }

  at(number: number): number {
    return this.values[number] ?? 0
  }

  #grow(count: number): void {
    if (count <= this.values.length) return
    const grown = new Uint32Array(Math.max(Math.ceil(this.values.length * 1.25), count))
    grown.set(this.values)
    this.values = grown
  }
}
