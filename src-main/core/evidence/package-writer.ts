import { createHash, type Hash } from 'node:crypto'
import type { ByteSink } from '../export/writer.ts'
import { ZipWriter } from '../export/zip.ts'
import { packageComment, type PackageFile, type PackageFileName, sumsText } from './package-format.ts'

/** The ZIP file of a package, which keeps the hash of each file and of itself. */
export class PackageWriter {
  readonly #zip: ZipWriter
  readonly #whole = createHash('sha256')
  readonly #files: PackageFile[] = []
  #open: { readonly name: PackageFileName; readonly hash: Hash; sizeBytes: number } | null = null

  constructor(sink: ByteSink) {
    const put: ByteSink = (bytes) => {
      this.#whole.update(bytes)
      return sink(bytes)
    }
    this.#zip = new ZipWriter(put, { mayBeLarge: true })
  }

  async begin(name: PackageFileName): Promise<void> {
    this.#close()
    this.#open = { name, hash: createHash('sha256'), sizeBytes: 0 }
    await this.#zip.beginEntry(name)
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#open === null) throw new Error('no file is open')
    this.#open.hash.update(bytes)
    this.#open.sizeBytes += bytes.byteLength
    await this.#zip.write(bytes)
  }

  async file(name: PackageFileName, bytes: Uint8Array): Promise<PackageFile> {
    await this.begin(name)
    await this.write(bytes)
    const [file] = this.finished().slice(-1)
    if (file === undefined) throw new Error('no file was written')
    return file
  }

  /** The files so far; the last one is complete with this. */
  finished(): readonly PackageFile[] {
    this.#close()
    return [...this.#files]
  }

  /** Adds the sums of all files and ends the ZIP file. */
  async end(): Promise<void> {
    await this.file('SHA256SUMS', Buffer.from(sumsText(this.finished())))
    await this.#zip.end(() => packageComment(this.#whole.copy().digest('hex')))
  }

  #close(): void {
    if (this.#open === null) return
    const { name, hash, sizeBytes } = this.#open
    this.#files.push({ name, sizeBytes, sha256: hash.digest('hex') })
    this.#open = null
  }
}
