// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- an ambient declaration is no module that could be imported
/// <reference path="./web-assembly.d.ts" />
import { textSearchModule } from './text-search.wasm.ts'

/** Ends an entry of a text. */
export const endOfEntry = 0xff
/** What may be read past the end of the text. */
const slackBytes = 64
const pageBytes = 65_536
/** Bytes that are looked at to learn which are rare. */
const sampleBytes = 4_096

interface SearchExports {
  readonly memory: WebAssembly.Memory
  find(textBytes: number, needle: number, needleBytes: number, offsetA: number, offsetB: number, bits: number): void
}

let exports: SearchExports | null = null

/** Made at first use, once a thread. */
function search(): SearchExports {
  exports ??= new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(textSearchModule, 'base64'))).exports as unknown as SearchExports
  return exports
}

/** Text that is searched at a time: it stays in a near cache. */
export const windowBytes = 128 * 1024

/** What is looked for: bytes, and the two places among them that are compared first. */
export interface Needle {
  readonly bytes: Uint8Array
  readonly offsets: readonly [number, number]
}

/** A needle for a text, which tells by its beginning which bytes are rare. It may begin or end with the byte that ends entries. */
export function needleFor(bytes: Uint8Array, text: Uint8Array): Needle {
  const having = new Uint32Array(256)
  for (const byte of text.subarray(0, sampleBytes)) having[byte] = (having[byte] as number) + 1
  const byRarity = [...bytes.keys()].sort((a, b) => (having[bytes[a] as number] as number) - (having[bytes[b] as number] as number))
  const [rarest = 0, second = rarest] = byRarity
  return { bytes, offsets: [rarest, second] }
}

/**
 * Adds to `bits`, from its first word on, the entries of a text that hold the needle. `text` holds at most `entries` entries, each of which
 * ends with 0xFF, as does what lies before the first.
 */
export function markEntries(text: Uint8Array, entries: number, needle: Needle, bits: Uint32Array): void {
  const { memory, find } = search()
  const { bytes, offsets } = needle
  const textBytes = text.length + 1
  const needleAt = textBytes + bytes.length + slackBytes
  const bitsAt = Math.ceil((needleAt + bytes.length) / 4) * 4
  const words = (entries + 31) >>> 5
  const missingBytes = bitsAt + words * 4 - memory.buffer.byteLength
  if (missingBytes > 0) memory.grow(Math.ceil(missingBytes / pageBytes))
  const all = new Uint8Array(memory.buffer)
  const found = new Uint32Array(memory.buffer, bitsAt, words).fill(0)
  all[0] = endOfEntry
  all.set(text, 1)
  all.set(bytes, needleAt)
  find(textBytes, needleAt, bytes.length, offsets[0], offsets[1], bitsAt)
  for (let word = 0; word < words; word++) bits[word] = (bits[word] as number) | (found[word] as number)
}
