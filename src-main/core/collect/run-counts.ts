import { hash } from 'node:crypto'
import type { RunCounts } from '../../contract/model/collection.ts'
import type { PageOutcome, PageRecord } from '../cache/archive.ts'

const generationSize = 100_000

/** The exact counts of one run: an event that several pages of the run bring is counted once. */
export class RunTally {
  #counts = { added: 0, changed: 0, unchanged: 0, late: 0, gone: 0, unmapped: 0, pages: 0 }
  /** Payload hashes by identity of what this run has stored lately; two generations bound the memory. */
  #recent = new Map<string, string>()
  #older = new Map<string, string>()
  /** The same of the page being stored. */
  #met = new Map<string, string>()

  /**
   * Splits a page into records new to this run and records the run has stored already with another payload.
   * Exact repeats are in neither, because storing them again would change nothing.
   */
  sort(records: readonly PageRecord[]): { readonly fresh: readonly PageRecord[]; readonly differing: readonly PageRecord[] } {
    const fresh: PageRecord[] = []
    const differing: PageRecord[] = []
    this.#met = new Map()
    for (const record of records) {
      const digest = hash('sha256', record.payload, 'base64')
      // As the archive has it: an unmapped record is known by its payload alone.
      const key = record.event === null ? `#${digest}` : `=${record.event.externalId}`
      const before = this.#met.get(key) ?? this.#recent.get(key) ?? this.#older.get(key)
      if (before === digest) continue
      this.#met.set(key, digest)
      if (before === undefined) fresh.push(record)
      else differing.push(record)
    }
    return { fresh, differing }
  }

  /** Counts what storing the fresh records of the page last sorted did. */
  add(outcome: PageOutcome): void {
    for (const name of ['added', 'changed', 'unchanged', 'late', 'gone', 'unmapped'] as const) this.#counts[name] += outcome[name]
  }

  /** Counts its differing records: each event was counted before, now as changed unless the run itself added it. */
  addDiffering(outcome: PageOutcome): void {
    const moved = Math.min(outcome.changed, this.#counts.unchanged)
    this.#counts.unchanged -= moved
    this.#counts.changed += moved
  }

  /** The page last sorted is stored; the service gave it as so many. */
  endPages(count: number): void {
    this.#counts.pages += count
    for (const [key, digest] of this.#met) this.#recent.set(key, digest)
    if (this.#recent.size < generationSize) return
    this.#older = this.#recent
    this.#recent = new Map()
  }

  /** All counts, with the number of requests that only the client knows. */
  counts(requests: number): RunCounts {
    return { ...this.#counts, requests }
  }
}
