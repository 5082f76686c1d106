import { type ExportCounts, Tally } from '../export/tally.ts'
import type { ByteSink } from '../export/writer.ts'
import type { LedgerHead } from '../ledger/ledger.ts'
import type { EvidencePart, ProofLines } from './evidence-part.ts'
import type { PackageFile } from './package-format.ts'
import { PackageWriter } from './package-writer.ts'
import { readmeText } from './readme-text.ts'

const proofs = ['events', 'revisions', 'pages'] as const

/** The ledger that a package is entered into. */
export interface PackageLedger {
  /** Enters the manifest's SHA-256 (hex); resolves to how far the ledger goes with that. */
  enter(manifestSha256: string): Promise<LedgerHead>
  /** The entries up to a number. */
  lines(entries: number): AsyncIterable<ProofLines>
}

/** A package with its events and all that proves them; manifest and ledger are still to come. */
export interface OpenPackage {
  readonly counts: ExportCounts
  readonly inexactPayloads: number
  /** The files so far. */
  readonly files: readonly PackageFile[]
  /** How far the ledger went at the moment the events are of. */
  readonly moment: LedgerHead
  /**
   * Ends the package. The last entry of the ledger in it holds the manifest's hash, and the manifest those of the files before it: whoever
   * knows that entry's hash, to which this resolves, knows what the package says.
   */
  seal(manifest: string, ledger: PackageLedger): Promise<LedgerHead>
}

/**
 * Begins an evidence package, a ZIP file that is written front to back. Days are counted in the zone. `advance` hears of events; what it
 * throws ends the package.
 */
export async function beginPackage(
  sink: ByteSink,
  zone: string,
  evidence: AsyncIterable<EvidencePart>,
  advance: (rows: number) => void,
): Promise<OpenPackage> {
  const container = new PackageWriter(sink)
  await container.file('README.txt', Buffer.from(readmeText))
  const tally = new Tally(zone)
  let inexactPayloads = 0
  let moment: LedgerHead | null = null
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
    }
    advance(part.kind === 'events' ? part.lines.rows : 0)
  }
  if (moment === null) throw new Error('the evidence has no moment')
  await beginUpTo('pages')
  return {
    counts: tally.counts(),
    inexactPayloads,
    files: container.finished(),
    moment,
    async seal(manifest, { enter, lines }) {
      const { sha256 } = await container.file('manifest.json', Buffer.from(manifest))
      const head = await enter(sha256)
      await container.begin('ledger.ndjson')
      for await (const { bytes } of lines(head.entries)) await container.write(bytes)
      await container.end()
      return head
    },
  }
}
