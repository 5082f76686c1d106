import { zstdCompressSync, zstdDecompressSync, constants } from 'node:zlib'

/** Payloads in one block: together they compress to less than half of what they do alone. */
export const blockSlots = 64
/** Most bytes that are unpacked without growing. */
const oneGoBytes = 4 * 1024 * 1024
/** How far back a payload is compared, as a power of two: without it the compressor makes room for four times as much. */
const windowLog = 17
const codecNone = 0
const codecZstd = 1

/** A row of the block table but for its number. */
export interface StoredBlock {
  readonly codec: number
  readonly lengths: Uint8Array
  readonly data: Uint8Array
}

/** Packs payloads, byte for byte recoverable. */
export function packBlock(payloads: readonly Uint8Array[]): StoredBlock {
  const joined = Buffer.concat(payloads)
  const lengths = encodeVarints(payloads.map((payload) => payload.length))
  const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_windowLog]: windowLog }
  const packed = zstdCompressSync(joined, { params })
  return packed.length < joined.length ? { codec: codecZstd, lengths, data: packed } : { codec: codecNone, lengths, data: joined }
}

/** Payloads of a block one after the other, and where each of them ends. */
export interface JoinedPayloads {
  readonly bytes: Uint8Array
  readonly ends: readonly number[]
}

/** All payloads of a block, in order. Throws when the block is not what `packBlock` made. */
export function unpackBlock(block: StoredBlock): readonly Uint8Array[] {
  const { bytes, ends } = joinedPayloads(block)
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end))
}

/** Whether the data are packed, and not the payloads themselves. */
export const isPacked = ({ codec }: StoredBlock): boolean => codec === codecZstd

/** Sizes of the payloads in bytes, in order. */
export const payloadLengths = ({ lengths }: StoredBlock): readonly number[] => decodeVarints(lengths)

/** The same, not taken apart. */
export function joinedPayloads(block: StoredBlock): JoinedPayloads {
  const lengths = payloadLengths(block)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const joined = isPacked(block) ? unpack(block.data, total) : block.data
  if (joined.length !== total) throw new RangeError(`a block of ${total} bytes unpacked to ${joined.length}`)
  let end = 0
  return { bytes: joined, ends: lengths.map((length) => (end += length)) }
}

/** In one go where the size allows: put together of small pieces it takes a quarter longer. */
function unpack(data: Uint8Array, sizeBytes: number): Uint8Array {
  return zstdDecompressSync(data, { chunkSize: Math.min(sizeBytes + 64, oneGoBytes), maxOutputLength: Math.max(sizeBytes, 1) })
}

function encodeVarints(values: readonly number[]): Uint8Array {
  const bytes: number[] = []
  for (let value of values) {
    for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80)
    bytes.push(value)
  }
  return Uint8Array.from(bytes)
}

function decodeVarints(bytes: Uint8Array): readonly number[] {
  const values: number[] = []
  let value = 0
  let scale = 1
  for (const byte of bytes) {
    value += (byte & 0x7f) * scale
    if (byte & 0x80) {
      scale *= 0x80
    } else {
      values.push(value)
      value = 0
      scale = 1
    }
  }
  return values
}
