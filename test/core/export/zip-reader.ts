import { crc32, inflateRawSync } from 'node:zlib'

/** Reads a ZIP file by its directory and checks every size and checksum. */
export function readZip(file: Buffer): ReadonlyMap<string, string> {
  const end = file.lastIndexOf(Uint8Array.of(0x50, 0x4b, 5, 6))
  if (end < 0 || end + 22 + file.readUInt16LE(end + 20) !== file.length) throw new Error('no end of directory')
  const parts = new Map<string, string>()
  let at = file.readUInt32LE(end + 16)
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    if (file.readUInt32LE(at) !== 0x0201_4b50) throw new Error('no directory entry')
    const [crc, packed, plain, nameLength] = [
      file.readUInt32LE(at + 16),
      file.readUInt32LE(at + 20),
      file.readUInt32LE(at + 24),
      file.readUInt16LE(at + 28),
    ]
    const name = file.toString('utf8', at + 46, at + 46 + nameLength)
    const local = file.readUInt32LE(at + 42)
    if (file.readUInt32LE(local) !== 0x0403_4b50) throw new Error('no local header')
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
    const bytes = inflateRawSync(file.subarray(from, from + packed))
    if (bytes.length !== plain || crc32(bytes) !== crc) throw new Error(`${name} is damaged`)
    parts.set(name, bytes.toString('utf8'))
    at += 46 + nameLength
  }
  return parts
}
