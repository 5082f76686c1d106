export type Narrow = Uint8Array | Uint16Array | Uint32Array

/** Small numbers by dictionary number, in as few bytes each as the greatest needs. */
export class NarrowColumn {
  #values: Narrow = new Uint8Array(256)

  at(number: number): number {
    return this.#values[number] ?? 0
  }

  set(number: number, value: number): void {
    this.#fit(number + 1, value)
    this.#values[number] = value
  }

  setAll(from: number, values: Narrow): void {
    this.#fit(from + values.length, greatestOf(values))
    this.#values.set(values, from)
  }

  /** Values of the numbers `from` to `to` (exclusive). */
  slice(from: number, to: number): Narrow {
    return this.#values.slice(from, to)
  }

  /** Makes room for numbers below `count`. */
  reserve(count: number): void {
    if (count > this.#values.length) this.#values = copyOf(this.#values, count, this.#values.BYTES_PER_ELEMENT)
  }

  #fit(count: number, greatest: number): void {
    const width = greatest < 0x100 ? 1 : greatest < 0x1_0000 ? 2 : 4
    const { length, BYTES_PER_ELEMENT } = this.#values
    if (count <= length && width <= BYTES_PER_ELEMENT) return
    const capacity = count <= length ? length : Math.max(Math.ceil(length * 1.25), count)
    this.#values = copyOf(this.#values, capacity, Math.max(width, BYTES_PER_ELEMENT))
  }
}

function copyOf(values: Narrow, capacity: number, width: number): Narrow {
  const copy = width === 1 ? new Uint8Array(capacity) : width === 2 ? new Uint16Array(capacity) : new Uint32Array(capacity)
  copy.set(values)
  return copy
}

/** The same values in as few bytes each as the greatest needs. */
export function narrow(values: Uint32Array): Narrow {
  const greatest = greatestOf(values)
  return greatest < 0x100 ? new Uint8Array(values) : greatest < 0x1_0000 ? new Uint16Array(values) : values
}

/** 0 where there are none. */
export function greatestOf(values: Narrow): number {
  let greatest = 0
  for (let at = 0; at < values.length; at++) if ((values[at] as number) > greatest) greatest = values[at] as number
  return greatest
}
