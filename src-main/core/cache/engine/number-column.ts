/** Numbers by dictionary number, growing as they are set. */
export class NumberColumn {
  values = new Uint32Array(256)

  set(number: number, value: number): void {
    this.#reserve(number + 1)
    this.values[number] = value
  }

  setAll(from: number, values: Uint32Array): void {
    this.#reserve(from + values.length)
    this.values.set(values, from)
  }

  at(number: number): number {
    return this.values[number] ?? 0
  }

  #reserve(count: number): void {
    if (count <= this.values.length) return
    const grown = new Uint32Array(Math.max(Math.ceil(this.values.length * 1.5), count))
    grown.set(this.values)
    this.values = grown
  }
}
