import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packBlock } from '../../../src-main/core/cache/blocks.ts'
import { Unzstd, workBytes } from '../../../src-main/core/cache/engine/unzstd.ts'
import { LineBytes, roomAt } from '../../../src-main/core/export/line-bytes.ts'

const workAt = roomAt + 64
const packedAt = workAt + workBytes + 64
const outAt = packedAt + 1_000_000
const { memory, wasmMemory } = new LineBytes()
const unzstd = new Unzstd(wasmMemory, workAt)
/** More than is written beyond the end of what is asked for. */
const slackBytes = 16

/** What a frame is unpacked to; null: refused. */
function unpacked(packed: Uint8Array, sizeBytes: number): Uint8Array | null {
  memory.set(packed, packedAt)
  const isUnpacked = unzstd.unpack(packedAt, packedAt + packed.length, outAt, outAt + sizeBytes)
  return isUnpacked ? Uint8Array.from(memory.subarray(outAt, outAt + sizeBytes)) : null
}

/** Made from what is chosen: of random bytes no shrinking could make less. */
const choices = (seed: number) => (count: number) => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return Math.floor((seed / 2 ** 32) * count)
}

const words = ['{"id":', '"name":"plan ', '.pdf"', ',"kind":"file"', 'aaaaaaaaaaaaaaaaaaaa', 'ä', '\u0000', 'https://host/files/', '"},']

/** Payloads as services send them, bytes that cannot be packed, few kinds of bytes, and what repeats itself at every distance. */
const anyBytes = fc.tuple(fc.integer({ min: 1 }), fc.nat(3), fc.oneof(fc.nat(3_000), fc.nat(400_000))).map(([seed, kind, sizeBytes]) => {
  const choose = choices(seed)
  if (kind === 0) {
    const parts: string[] = []
    for (let size = 0; size < sizeBytes; size += parts.at(-1)?.length ?? 0)
      parts.push(words[choose(words.length)] ?? '', String(choose(1e6)))
    return Buffer.from(parts.join('')).subarray(0, sizeBytes)
  }
  const bytes = Buffer.alloc(sizeBytes)
  for (let at = 0; at < sizeBytes; at++) {
    if (kind === 1) bytes[at] = choose(256)
    else if (kind === 2) bytes[at] = choose(choose(40) + 1)
    else bytes[at] = at > 200 && choose(50) > 0 ? (bytes[at - (seed % 200) - 1] as number) : choose(256)
  }
  return bytes
})
const anyLevel = fc.constantFrom(-5, 1, 3, 9, 19)

test('what was packed is unpacked, byte for byte', () => {
  fc.assert(
    fc.property(anyBytes, anyLevel, (bytes, level) => {
      const packed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } })
      const result = unpacked(packed, bytes.length)
      expect(result).not.toBeNull()
      expect(Buffer.compare(result ?? Buffer.alloc(0), bytes)).toBe(0)
      expect(unpacked(packed, bytes.length + 1)).toBeNull()
      if (bytes.length > 0) expect(unpacked(packed, bytes.length - 1)).toBeNull()
    }),
    { numRuns: 150 },
  )
}, 30_000)

test('blocks as they are stored are unpacked', () => {
  const payloads = Array.from({ length: 64 }, (_, i) =>
    Buffer.from(JSON.stringify({ id: i, name: `plan ${i * 7}`, kind: 'file', host: 'https://host' })),
  )
  const { data } = packBlock(payloads)
  expect(Buffer.from(unpacked(data, Buffer.concat(payloads).length) ?? [])).toEqual(Buffer.concat(payloads))
})

test('damage is refused or gives other bytes, and never reaches beyond the room', () => {
  fc.assert(
    fc.property(
      anyBytes,
      anyLevel,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      fc.nat(),
      (bytes, level, damage, cut) => {
        const packed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } })
        for (const [at, value] of damage) packed[at % Math.min(packed.length, 400)] = value
        memory.fill(0xee, outAt, outAt + bytes.length + 1_000)
        unpacked(packed.subarray(0, packed.length - (cut % 3)), bytes.length)
        const beyond = memory.subarray(outAt + bytes.length + slackBytes, outAt + bytes.length + 1_000)
        expect(beyond.every((byte) => byte === 0xee)).toBe(true)
      },
    ),
    { numRuns: 300 },
  )
}, 30_000)

test('frames of another kind are refused', () => {
  const bytes = Buffer.from('some text '.repeat(100))
  expect(unpacked(zstdCompressSync(bytes, { params: { [constants.ZSTD_c_checksumFlag]: 1 } }), bytes.length)).toBeNull()
  expect(unpacked(bytes, bytes.length)).toBeNull()
  expect(unpacked(Buffer.alloc(0), 0)).toBeNull()
})
