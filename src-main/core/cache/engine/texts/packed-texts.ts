import type { PackedWriting, Writings } from './writings.ts'

/** Of so many entries it is kept where one begins, a power of two. */
export const startsEvery = 8

/** Entries that lie behind each other, each ended by 0xFF, and another such byte before the first. */
export interface TextChunk {
  readonly address: number
  readonly end: number
  /** Number of its first entry. */
  readonly first: number
  readonly count: number
  /** No byte of its texts is greater: ids of digits and the like need not be gone through for words. */
  readonly greatestByte: number
  /** Which symbols it is written in, as a place in the column's; 0: as it is. */
  readonly writing: number
}

/** Texts of a column as they are stored. */
export interface PackedTexts {
  readonly symbols: readonly PackedWriting[]
  /** By full chunk: how many entries, how many bytes, the greatest byte, and its symbols, counted from 1; 0: none. */
  readonly chunks: Uint32Array
  /** Where every eighth of their entries begins. */
  readonly starts: Uint32Array
  readonly bytes: Uint8Array
  /** Entries behind them, as they are. */
  readonly open: Uint8Array
}

/** Full chunks of a column, and the entries behind them. */
interface TextsToPack {
  readonly chunks: readonly TextChunk[]
  readonly writings: Writings
  /** What the chunks lie in. */
  readonly bytes: Buffer
  /** Where the entry of a number begins there, every eighth of which is known. */
  readonly startOf: (number: number) => number
  readonly open: Uint8Array
}

export function packTexts({ chunks, writings, bytes, startOf, open }: TextsToPack): PackedTexts {
  const used = [...new Set(chunks.map(({ writing }) => writing))].filter((writing) => writing > 0)
  const starts: number[] = []
  let sizeBytes = 0
  for (const { address, end, first, count } of chunks) {
    for (let number = first; number < first + count; number += startsEvery) starts.push(startOf(number) - address + sizeBytes)
    sizeBytes += end - address
  }
  return {
    symbols: used.map((writing) => writings.pack(writing)),
    chunks: Uint32Array.from(
      chunks.flatMap(({ address, end, count, greatestByte, writing }) => [count, end - address, greatestByte, used.indexOf(writing) + 1]),
    ),
    starts: Uint32Array.from(starts),
    bytes: Buffer.concat(chunks.map(({ address, end }) => bytes.subarray(address, end))),
    open: Uint8Array.from(open),
  }
}

/** What is stored of chunks; `symbols` as in `PackedTexts`. */
export function unpackChunks(packed: Uint32Array): readonly { count: number; sizeBytes: number; greatestByte: number; symbols: number }[] {
  return Array.from({ length: packed.length / 4 }, (_, at) => {
    const [count = 0, sizeBytes = 0, greatestByte = 0, symbols = 0] = packed.subarray(at * 4, at * 4 + 4)
    return { count, sizeBytes, greatestByte, symbols }
  })
}
