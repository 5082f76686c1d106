import type { FileHandle } from 'node:fs/promises'
import {
  dataDescriptor,
  directoryEnd,
  directoryEntry,
  full32,
  largeDirectoryEnd,
  localHeader,
  type ZipEntry,
} from '../export/zip-records.ts'
import type { Findings } from '../ledger/findings.ts'
import { packageComment, type PackageFileName, packageFiles } from './package-format.ts'

/** A file in a package: where its packed bytes lie. */
export interface PackedFile extends ZipEntry {
  readonly name: PackageFileName
  readonly dataOffset: number
}

/** How a package lies in its ZIP file. */
export interface PackageStructure {
  readonly files: ReadonlyMap<PackageFileName, PackedFile>
  /** Where the end record begins, and the SHA-256 (hex) that it tells of everything before. */
  readonly endOffset: number
  readonly sha256: string
}

const commentBytes = packageComment('0'.repeat(64)).length
const endBytes = 22 + commentBytes
const largeEndBytes = 76
/** More than an entry of the directory of a package needs, and all of them. */
const mostEntryBytes = 128
const mostDirectoryBytes = 4_096

/**
 * Reads how the file is laid out. There is one way to write a package, so each header is compared with the one that would be written: nothing can be
 * added, hidden, or lie twice. Null when that tells of no package, or not where its files are; the findings say why.
 */
export async function readStructure(handle: FileHandle, sizeBytes: number, findings: Findings): Promise<PackageStructure | null> {
  const endOffset = sizeBytes - endBytes
  const end = await readAt(handle, endOffset, endBytes)
  const [, sha256] = /: ([0-9a-f]{64})$/.exec(end.toString('latin1')) ?? []
  if (endOffset < 0 || sha256 === undefined || end.readUInt32LE(0) !== 0x0605_4b50) {
    findings.add('The file does not end as an evidence package does: it was cut short, something was added to it, or it is something else.')
    return null
  }
  const directory = await readDirectory(handle, endOffset, end, sha256)
  if (directory === null) {
    findings.add('The directory of the ZIP file is damaged, or was not written by Trailview: where its files are cannot be told.')
    return null
  }
  const entries = entriesOf(directory.bytes)
  if (entries === null) {
    findings.add(`The package does not hold exactly the files ${packageFiles.join(', ')}, in this order and as Trailview writes them.`)
    return null
  }
  const files = new Map<PackageFileName, PackedFile>()
  let at = 0
  for (const entry of entries) {
    const header = localHeader(entry)
    const dataOffset = at + header.length
    const descriptor = dataDescriptor(entry)
    if (entry.offset !== at || dataOffset + entry.packedBytes + descriptor.length > directory.offset) break
    files.set(entry.name, { ...entry, dataOffset })
    const isKept =
      header.equals(await readAt(handle, at, header.length)) &&
      descriptor.equals(await readAt(handle, dataOffset + entry.packedBytes, descriptor.length))
    if (!isKept) findings.add(`What the ZIP file says before or after ${entry.name} differs from its directory.`)
    at = dataOffset + entry.packedBytes + descriptor.length
  }
  if (files.size === packageFiles.length && at === directory.offset) return { files, endOffset, sha256 }
  findings.add('The files in the ZIP file do not lie one behind the other: its directory was altered, or something was put between them.')
  return null
}

/** The directory's bytes and where they begin; null where its end is not as it would be written. */
async function readDirectory(
  handle: FileHandle,
  endOffset: number,
  end: Buffer,
  sha256: string,
): Promise<{ readonly bytes: Buffer; readonly offset: number } | null> {
  const sizeBytes = end.readUInt32LE(12)
  let offset = end.readUInt32LE(16)
  if (offset === full32 && endOffset >= largeEndBytes) {
    offset = numberAt(await readAt(handle, endOffset - largeEndBytes, largeEndBytes), 48)
  }
  const count = packageFiles.length
  const large = largeDirectoryEnd(count, sizeBytes, offset)
  if (sizeBytes > mostDirectoryBytes || offset + sizeBytes + large.length !== endOffset) return null
  const expected = Buffer.concat([large, directoryEnd(count, sizeBytes, offset, packageComment(sha256))])
  if (!expected.equals(await readAt(handle, endOffset - large.length, expected.length))) return null
  return { bytes: await readAt(handle, offset, sizeBytes), offset }
}

/** The entries of a directory; null unless they are those of a package, as they would be written. */
function entriesOf(directory: Buffer): readonly (ZipEntry & { readonly name: PackageFileName })[] | null {
  let at = 0
  const entries = packageFiles.map((name) => {
    const entry = { name, ...numbersOf(directory.subarray(at), name), isLarge: true }
    at += directoryEntry(entry).length
    return entry
  })
  return Buffer.concat(entries.map(directoryEntry)).equals(directory) ? entries : null
}

/** The numbers of the entry that the bytes begin with; any where they are too few for one, as comparing them will tell. */
function numbersOf(bytes: Buffer, name: string): Pick<ZipEntry, 'crc' | 'packedBytes' | 'plainBytes' | 'offset'> {
  const padded = Buffer.concat([bytes, Buffer.alloc(mostEntryBytes)])
  let largeAt = 46 + name.length + 4
  const number = (at: number): number => {
    const value = padded.readUInt32LE(at)
    if (value !== full32) return value
    largeAt += 8
    return numberAt(padded, largeAt - 8)
  }
  // In the order in which large ones follow.
  const plainBytes = number(24)
  const packedBytes = number(20)
  return { crc: padded.readUInt32LE(16), packedBytes, plainBytes, offset: number(42) }
}

/** A number of 64 bits as far as it can be one; of a larger one another number is made, and comparing tells. */
const numberAt = (bytes: Buffer, at: number): number => Number(BigInt.asUintN(53, bytes.readBigUInt64LE(at)))

/** The bytes at a place; fewer are filled up with zeros. */
async function readAt(handle: FileHandle, position: number, sizeBytes: number): Promise<Buffer> {
  const bytes = Buffer.alloc(sizeBytes)
  if (position >= 0) await handle.read(bytes, 0, sizeBytes, position)
  return bytes
}
