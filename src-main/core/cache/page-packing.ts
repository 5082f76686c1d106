import type { PageCommit, PageRecord } from './archive.ts'

/**
 * A page as it crosses to the writer thread: the payloads joined in one buffer that is handed over, not copied, and the rest as JSON,
 * which is faster to pass than the objects themselves.
 */
export interface PackedPage {
  readonly json: string
  readonly payloads: ArrayBuffer
  readonly lengths: Uint32Array
}

type PackedRecord = Omit<PageRecord, 'payload'>

export function packPage(page: PageCommit): PackedPage {
  const lengths = Uint32Array.from(page.records, (record) => record.payload.length)
  const payloads = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let at = 0
  const records = page.records.map(({ payload, ...rest }): PackedRecord => {
    payloads.set(payload, at)
    at += payload.length
    return rest
  })
  return { json: JSON.stringify({ ...page, records }), payloads: payloads.buffer, lengths }
}

/** The page again; its payloads are views into the one buffer. */
export function unpackPage(packed: PackedPage): PageCommit {
  const page = JSON.parse(packed.json) as Omit<PageCommit, 'records'> & { readonly records: readonly PackedRecord[] }
  let at = 0
  const records = page.records.map((record, index) => {
    const length = packed.lengths[index] ?? 0
    const payload = new Uint8Array(packed.payloads, at, length)
    at += length
    return { ...record, payload }
  })
  return { ...page, records }
}
