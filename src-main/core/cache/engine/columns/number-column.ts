/** Numbers by dictionary number, growing as they are set. */
export class NumberColumn {
  values = new Uint32Array(256)

  /** Makes room for numbers below `count`. */
  reserve(count: number): void {
    if (count > this.values.length) this.#resize(count)
  }

  set(number: number, value: number): void {
    this.#grow(number + 1)
    this.values[number] = value
  }

  setAll(from: number, values: Uint32Array): void {
    this.#grow(from + values.length)
    this.values.set(values, from)
  }

  at(number: number): number {
    return this.values[number] ?? 0
  }

  #grow(count: number): void {
    if (count <= this.values.length) return
    this.#resize(Math.max(Math.ceil(this.values.length * 1.25), count))
  }

  #resize(count: number): void {
    const grown = new Uint32Array(count)
    grown.set(this.values)
    this.values = grown
  }
}
