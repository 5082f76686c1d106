import { createHash } from 'node:crypto'
import { type ExportCounts, Tally } from '../export/tally.ts'
import type { ByteSink } from '../export/writer.ts'
import { ZipWriter } from '../export/zip.ts'
import type { LedgerHead } from '../ledger/ledger.ts'
import type { EvidencePart, ProofLines } from './evidence-part.ts'
import { packageComment, type PackageFile, type PackageFileName, sumsText } from './package-format.ts'
import { readmeText } from './readme-text.ts'

/** What a package holds before its manifest. */
export interface PackageContents {
  readonly counts: ExportCounts
  readonly inexactPayloads: number
  readonly files: readonly PackageFile[]
  /** How far the ledger went at the moment the events are of. */
  readonly moment: LedgerHead
}

/** Where the parts of a package come from. */
export interface PackageSource {
  readonly evidence: AsyncIterable<EvidencePart>
  /** Events were written; throwing ends the package. */
  advance(rows: number): void
  /** The text of the manifest. */
  manifest(contents: PackageContents): Promise<string>
  /** Enters the manifest's SHA-256 (hex) into the archive's ledger; resolves to how far the ledger goes with that. */
  enter(manifestSha256: string): Promise<LedgerHead>
  /** The ledger's entries up to a number. */
  ledger(entries: number): AsyncIterable<ProofLines>
}

/**
 * Writes an evidence package, a ZIP file, front to back. The last entry of the ledger in it holds the manifest's hash, and the manifest those of
 * all other files: whoever knows the ledger's last hash knows what the package says. Days are counted in the zone. Resolves to that last hash.
 */
export async function writePackage(sink: ByteSink, zone: string, source: PackageSource): Promise<LedgerHead> {
  const container = new PackageWriter(sink)
  await container.file('README.txt', Buffer.from(readmeText))
  const contents = await writeEvidence(container, zone, source)
  const manifest = Buffer.from(await source.manifest(contents))
  const { sha256 } = await container.file('manifest.json', manifest)
  const head = await source.enter(sha256)
  await container.begin('ledger.ndjson')
  for await (const { bytes } of source.ledger(head.entries)) {
    source.advance(0)
    await container.write(bytes)
  }
  await container.end()
  return head
}

async function writeEvidence(container: PackageWriter, zone: string, { evidence, advance }: PackageSource): Promise<PackageContents> {
  const tally = new Tally(zone)
  let inexactPayloads = 0
  let moment: LedgerHead | null = null
  const proofs = ['events', 'revisions', 'pages'] as const
  let begun = 0
  /** Files without a line are in the package as well. */
  const beginUpTo = async (kind: (typeof proofs)[number]): Promise<void> => {
    for (; begun <= proofs.indexOf(kind); begun++) await container.begin(`${proofs[begun] ?? kind}.ndjson`)
  }
  for await (const part of evidence) {
    if (part.kind === 'moment') {
      moment = part.ledger
      continue
    }
    await beginUpTo(part.kind)
    await container.write(part.lines.bytes)
    if (part.kind === 'events') {
      tally.addCounts(part.lines.counts)
      inexactPayloads += part.lines.inexactPayloads
      advance(part.lines.rows)
    } else advance(0)
  }
  if (moment === null) throw new Error('the evidence has no moment')
  await beginUpTo('pages')
  return { counts: tally.counts(), inexactPayloads, files: container.finished(), moment }
}

/** The ZIP file of a package, which keeps the hash of each file and of itself. */
class PackageWriter {
  readonly #zip: ZipWriter
  readonly #whole = createHash('sha256')
  readonly #files: PackageFile[] = []
  #open: { readonly name: PackageFileName; readonly hash: ReturnType<typeof createHash>; sizeBytes: number } | null = null

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
