/** A cache in two halves: what is used stays in the newer one; the older is dropped when the newer is full. */
export class RecentlyUsed<Key, Value> {
  readonly #halfSize: number
  #newer = new Map<Key, Value>()
  #older = new Map<Key, Value>()

  constructor(halfSize: number) {
    this.#halfSize = halfSize
  }

  get(key: Key): Value | undefined {
    const newer = this.#newer.get(key)
    if (newer !== undefined) return newer
    const older = this.#older.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: Key, value: Value): void {
    if (this.#newer.size >= this.#halfSize) {
      this.#older = this.#newer
      this.#newer = new Map()
    }
    this.#newer.set(key, value)
  }
}
