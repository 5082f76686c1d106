import { createHash } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { TrailviewError } from '../../contract/errors.ts'
import type { Findings } from '../ledger/findings.ts'
import type { PackageFile, PackageFileName } from './package-format.ts'
import { type PackageStructure, readStructure } from './package-structure.ts'

const chunkBytes = 256 * 1024

/** Reads a package that may be damaged, or made to do harm: nothing of it is held but a chunk, and no more is unpacked than its directory says. */
export class PackageReader {
  readonly path: string
  readonly sizeBytes: number
  readonly #handle: FileHandle
  readonly #findings: Findings
  readonly #signal: AbortSignal
  readonly #onRead: (sizeBytes: number) => void
  readonly #read = new Map<PackageFileName, PackageFile>()

  /** `onRead` is told of bytes of the file as they are read. Rejects with FILE_NOT_READABLE. */
  static async open(path: string, findings: Findings, signal: AbortSignal, onRead: (sizeBytes: number) => void): Promise<PackageReader> {
    try {
      const handle = await open(path, 'r')
      const stats = await handle.stat()
      if (stats.isFile()) return new PackageReader(path, stats.size, handle, findings, signal, onRead)
      await handle.close()
    } catch (cause) {
      throw new TrailviewError('FILE_NOT_READABLE', `${path} cannot be read: ${reasonOf(cause)}.`, { cause, details: { path } })
    }
    throw new TrailviewError('FILE_NOT_READABLE', `${path} is no file; give the path of an evidence package.`, { details: { path } })
  }

  private constructor(
    path: string,
    sizeBytes: number,
    handle: FileHandle,
    findings: Findings,
    signal: AbortSignal,
    onRead: (sizeBytes: number) => void,
  ) {
    this.path = path
    this.sizeBytes = sizeBytes
    this.#handle = handle
    this.#findings = findings
    this.#signal = signal
    this.#onRead = onRead
  }

  /** How the package is laid out; null where that cannot be told. */
  structure(): Promise<PackageStructure | null> {
    return readStructure(this.#handle, this.sizeBytes, this.#findings)
  }

  /** SHA-256 of the whole file and of what lies before a place, hex. */
  async hashes(before: number): Promise<{ readonly whole: string; readonly before: string }> {
    const hash = createHash('sha256')
    for await (const bytes of this.#bytes(0, before)) hash.update(bytes)
    const first = hash.copy().digest('hex')
    for await (const bytes of this.#bytes(before, this.sizeBytes)) hash.update(bytes)
    return { whole: hash.digest('hex'), before: first }
  }

  /** The bytes of a file in the package. Where it cannot be read to its end, that is a finding, and `wasRead` does not tell of it. */
  async *content({ files }: PackageStructure, name: PackageFileName): AsyncGenerator<Buffer> {
    const entry = files.get(name)
    if (entry === undefined) return
    const hash = createHash('sha256')
    let crc = 0
    let sizeBytes = 0
    const inflate = createInflateRaw({ chunkSize: chunkBytes })
    const unpacked: AsyncIterable<Buffer> = pipeline(
      this.#bytes(entry.dataOffset, entry.dataOffset + entry.packedBytes),
      inflate,
      () => undefined,
    )
    try {
      for await (const bytes of unpacked) {
        sizeBytes += bytes.length
        if (sizeBytes > entry.plainBytes) break
        crc = crc32(bytes, crc)
        hash.update(bytes)
        yield bytes
      }
    } catch (error) {
      if (this.#signal.aborted) throw error
      this.#findings.add(`${name} cannot be unpacked: its packed bytes are damaged.`)
      return
    }
    if (sizeBytes !== entry.plainBytes) this.#findings.add(`${name} unpacks to another size than the package's directory says.`)
    else if (crc !== entry.crc) this.#findings.add(`${name} unpacks to something else than the package's directory says.`)
    if (sizeBytes === entry.plainBytes) this.#read.set(name, { name, sizeBytes, sha256: hash.digest('hex') })
  }

  /** Size and hash of a file that was read to its end. */
  wasRead(name: PackageFileName): PackageFile | undefined {
    return this.#read.get(name)
  }

  /** A file in the package as text; null where it cannot be read, or has more than so many bytes. */
  async text(structure: PackageStructure, name: PackageFileName, mostBytes: number): Promise<string | null> {
    if ((structure.files.get(name)?.plainBytes ?? 0) > mostBytes) {
      this.#findings.add(`${name} is larger than ${mostBytes} bytes, more than Trailview writes; it was not read.`)
      return null
    }
    const chunks: Buffer[] = []
    for await (const bytes of this.content(structure, name)) chunks.push(bytes)
    return this.wasRead(name) === undefined ? null : Buffer.concat(chunks).toString()
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async *#bytes(from: number, to: number): AsyncGenerator<Buffer> {
    for (let at = from; at < to;) {
      if (this.#signal.aborted) throw new TrailviewError('CALL_CANCELLED', 'Verifying was stopped.')
      const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafe(Math.min(chunkBytes, to - at)), 0, undefined, at)
      if (bytesRead === 0) return
      at += bytesRead
      this.#onRead(bytesRead)
      yield buffer.subarray(0, bytesRead)
    }
  }
}

function reasonOf(error: unknown): string {
  switch (error instanceof Error && 'code' in error ? error.code : null) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'there is no such file'
    case 'EACCES':
    case 'EPERM':
      return 'this user has no right to'
    default:
      return error instanceof Error ? error.message : String(error)
  }
}
