import type { KeyWords } from '../key-words.ts'
import { KeyTable } from './key-table.ts'

/** The keys that were used last, with their numbers, in two halves: what is used stays in the newer one, the older one is dropped when that is full. */
export class RecentKeys {
  readonly #keyBytes: number
  readonly #half: number
  #newer: KeyTable
  #older: KeyTable

  /** Remembers `half` keys at least, and twice as many at most. */
  constructor(keyBytes: number, half: number) {
    this.#keyBytes = keyBytes
    this.#half = half
    this.#newer = new KeyTable(keyBytes)
    this.#older = this.#newer
  }

  /** Gives its memory back; nothing may be asked of it afterwards. */
  release(): void {
    this.#newer.release()
    this.#older.release()
  }

  get(key: KeyWords): number | null {
    const newer = this.#newer.get(key)
    if (newer !== null) return newer
    const older = this.#older.get(key)
    if (older !== null) this.add(key, older)
    return older
  }

  add(key: KeyWords, value: number): void {
    if (this.#newer.count >= this.#half) {
      if (this.#older !== this.#newer) this.#older.release()
      this.#older = this.#newer
      this.#newer = new KeyTable(this.#keyBytes)
    }
    this.#newer.add(key, value)
  }
}
