import type { ResultSet } from './result-set.ts'

/** Bytes of results kept: four at ten million events. */
const budgetBytes = 6 * 1024 * 1024
/** Results kept at most: with each its facets are, which take more than the bits of a small archive. */
const mostResults = 32

/** Results of the latest queries, of the current version of the archive only: a result of an earlier one is never given out. */
export class ResultCache {
  readonly #results = new Map<string, ResultSet>()
  #version = -1

  get(key: string, version: number): ResultSet | undefined {
    this.#follow(version)
    const result = this.#results.get(key)
    if (result === undefined) return undefined
    this.#results.delete(key)
    this.#results.set(key, result)
    return result
  }

  set(key: string, version: number, result: ResultSet): void {
    this.#follow(version)
    if (result.version !== version) return
    this.#results.set(key, result)
    let sizeBytes = 0
    for (const kept of this.#results.values()) sizeBytes += kept.sizeBytes
    for (const [oldest, kept] of this.#results) {
      const isRoomy = sizeBytes <= budgetBytes && this.#results.size <= mostResults
      if (isRoomy || this.#results.size === 1) break
      this.#results.delete(oldest)
      sizeBytes -= kept.sizeBytes
    }
  }

  #follow(version: number): void {
    if (version !== this.#version) this.#results.clear()
    this.#version = version
  }
}
