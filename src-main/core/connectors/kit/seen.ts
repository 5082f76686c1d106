import { createHash } from 'node:crypto'
import type { RawRecord } from '../define.ts'

/** Beyond this the memory of what was seen starts anew: it saves work, correctness does not hang on it. */
const mostRemembered = 200_000

/** The short fingerprint of a record's bytes. */
export function fingerprint(record: RawRecord): string {
  return createHash('sha1').update(record.bytes).digest('base64')
}

/** Remembers what a walk has handed on, so that overlapping slices do not hand it on twice. Records that differ in one byte are different. */
export class Seen {
  readonly #fingerprints = new Set<string>()

  /** The records that were not handed on before, in order. */
  fresh(records: readonly RawRecord[]): RawRecord[] {
    if (this.#fingerprints.size > mostRemembered) this.#fingerprints.clear()
    return records.filter((record) => {
      const key = fingerprint(record)
      if (this.#fingerprints.has(key)) return false
      this.#fingerprints.add(key)
      return true
    })
  }
}
