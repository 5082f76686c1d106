import type { PackageReport } from '../contract/model/export.ts'
import { checkBeside, checkManifest, checkSums, readManifest } from './evidence/check-manifest.ts'
import { checkPages } from './evidence/check-pages.ts'
import { type Balances, checkEvents, checkRevisions } from './evidence/check-payloads.ts'
import { Matching } from './evidence/matching.ts'
import { evidenceFacts, type PackageFileName, packageFiles } from './evidence/package-format.ts'
import type { PackageManifest } from './evidence/package-lines.ts'
import { PackageReader } from './evidence/package-reader.ts'
import type { PackageStructure } from './evidence/package-structure.ts'
import { canonicalJson } from './ledger/canonical-json.ts'
import { collectFindings, type Findings } from './ledger/findings.ts'
import { isKnownZone } from './query/local-time.ts'

/** Texts in a package that are read whole: more than this is none that Trailview wrote. */
const mostTextBytes = 64 * 1024 * 1024

/** How far the verification is, in bytes of the file: each is read twice. */
export interface PackageProgress {
  readonly done: number
  readonly total: number
}

/**
 * Reads an evidence package and says all that does not fit: the layout of the file, the sums, each payload against its hash, the order and counts
 * of the events, the chain of the ledger, and that its pages brought exactly these payloads. Needs no archive. Rejects with FILE_NOT_READABLE or
 * CALL_CANCELLED.
 */
export async function verifyPackage(
  path: string,
  signal: AbortSignal,
  onProgress: (progress: PackageProgress) => void,
): Promise<PackageReport> {
  const findings = collectFindings()
  let done = 0
  const reader = await PackageReader.open(path, findings, signal, (bytes) => {
    done += bytes
    onProgress({ done: Math.min(done, reader.sizeBytes * 2), total: reader.sizeBytes * 2 })
  })
  try {
    const structure = await reader.structure()
    const hashes = await reader.hashes(structure?.endOffset ?? 0)
    if (structure !== null && hashes.before !== structure.sha256)
      findings.add('The file was altered after it was written: it does not have the SHA-256 that it tells of itself at its end.')
    await checkBeside(path, hashes.whole, findings)
    const checked = structure === null ? nothing : await checkContents(reader, structure, findings)
    const sentences = findings.sentences()
    return { isSound: sentences.length === 0, findings: sentences, sha256: hashes.whole, ...checked }
  } finally {
    await reader.close()
  }
}

type Contents = Omit<PackageReport, 'isSound' | 'findings' | 'sha256'>

const nothing: Contents = { about: null, events: 0, revisions: 0, pages: 0, ledgerEntries: 0, ledgerHash: null }

async function checkContents(
  reader: PackageReader,
  structure: PackageStructure,
  findings: ReturnType<typeof collectFindings>,
): Promise<Contents> {
  const manifestText = await reader.text(structure, 'manifest.json', mostTextBytes)
  const manifest = manifestText === null ? null : readManifest(manifestText, findings)
  const sums = await reader.text(structure, 'SHA256SUMS', mostTextBytes)
  await reader.text(structure, 'README.txt', mostTextBytes)

  const zone = zoneOf(manifest, findings.add)
  const matchings = { payloads: new Matching(), newest: new Matching() }
  const walk = (balances: Balances, told: Pick<typeof findings, 'of'>): ReturnType<typeof walkFiles> =>
    walkFiles(reader, structure, { manifest, zone }, balances, told)
  const { events, counts, revisions, pages, head } = await walk(matchings, findings)

  const files = packageFiles.map((name) => reader.wasRead(name))
  const read = files.filter((file) => file !== undefined)
  const hasEvents = reader.wasRead('events.ndjson') !== undefined
  if (manifest !== null) checkManifest(manifest, files, hasEvents ? { events, counts } : null, findings)
  if (sums !== null)
    checkSums(
      sums,
      read.filter(({ name }) => name !== 'SHA256SUMS'),
      findings,
    )
  // Where a file could not be read to its end, what is missing in it is no further finding.
  if (read.length === packageFiles.length) await nameDifferences(matchings, (balances) => walk(balances, { of: () => unheard }), findings)

  const about = manifest && {
    query: manifest.query.text,
    inWords: manifest.query.inWords,
    zone: manifest.query.zone,
    createdAt: manifest.createdAt,
  }
  return { about, events, revisions, pages, ledgerEntries: head.entries, ledgerHash: head.hash }
}

/** Reads the large files, each front to back. */
async function walkFiles(
  reader: PackageReader,
  structure: PackageStructure,
  { manifest, zone }: { readonly manifest: PackageManifest | null; readonly zone: string },
  balances: Balances,
  findings: Pick<ReturnType<typeof collectFindings>, 'of'>,
) {
  const content = (name: PackageFileName): AsyncIterable<Buffer> => reader.content(structure, name)
  const order = manifest?.query.order ?? 'newest'
  const checked = await checkEvents(content('events.ndjson'), { order, zone }, findings.of('events'), balances)
  const revisions = await checkRevisions(content('revisions.ndjson'), findings.of('revisions'), balances)
  const ledger = await checkPages(
    { ledger: content('ledger.ndjson'), pages: content('pages.ndjson') },
    { moment: manifest?.moment ?? null, lastFacts: lastFactsOf(manifest, reader) },
    { pages: findings.of('pages'), ledger: findings.of('the ledger') },
    balances.payloads,
  )
  return { ...checked, revisions, ...ledger }
}

function lastFactsOf(manifest: PackageManifest | null, reader: PackageReader): string | null {
  const sha256 = reader.wasRead('manifest.json')?.sha256
  return manifest === null || sha256 === undefined ? null : canonicalJson(evidenceFacts(manifest.query, sha256))
}

/** Where something is not even, reads the files once more to say of which events and pages. */
async function nameDifferences(
  { payloads, newest }: { readonly payloads: Matching; readonly newest: Matching },
  walk: (balances: Balances) => Promise<unknown>,
  findings: ReturnType<typeof collectFindings>,
): Promise<void> {
  if (payloads.isEven && newest.isEven) return
  const differences = { payloads: payloads.differences(), newest: newest.differences() }
  await walk(differences)
  const { given, taken } = differences.payloads.left
  for (const about of given) findings.of('unproven payloads').add(`No page in the package brought the payload of ${about}.`)
  for (const about of taken) findings.of('missing payloads').add(`A payload of a page is not in the package, of ${about}.`)
  const changed = differences.newest.left
  for (const about of [...changed.given, ...changed.taken])
    findings.of('changed events').add(`The payloads in revisions.ndjson are not those of ${about}.`)
}

/** What is read a second time was heard of before. */
const unheard: Findings = { add: () => undefined }

function zoneOf(manifest: PackageManifest | null, addFinding: (sentence: string) => void): string {
  if (manifest === null) return 'UTC'
  const { zone } = manifest.query
  if (isKnownZone(zone)) return zone
  addFinding(`The manifest names a time zone that is not known here, ${zone}: its counts by day cannot be checked.`)
  return 'UTC'
}
