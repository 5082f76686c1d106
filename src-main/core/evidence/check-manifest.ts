import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { canonicalJson } from '../ledger/canonical-json.ts'
import type { Findings } from '../ledger/findings.ts'
import { manifestPathOf } from '../export/manifest.ts'
import type { ExportCounts } from '../export/tally.ts'
import { type PackageFile, packageFiles, sumsText } from './package-format.ts'
import { manifestSchema, type PackageManifest } from './package-lines.ts'

/** The files that the manifest vouches for. */
const vouchedFiles = packageFiles.slice(0, packageFiles.indexOf('manifest.json'))

/** The manifest in a package; null where it is none. */
export function readManifest(text: string, findings: Findings): PackageManifest | null {
  const manifest = manifestSchema.safeParse(parsed(text)).data
  if (manifest !== undefined) return manifest
  findings.add('manifest.json is not a manifest of a package that this version of Trailview can read.')
  return null
}

/** Compares the manifest with what was read. Files that could not be read are findings already, and undefined here. */
export function checkManifest(
  manifest: PackageManifest,
  files: readonly (PackageFile | undefined)[],
  found: { readonly events: number; readonly counts: ExportCounts } | null,
  findings: Findings,
): void {
  if (canonicalJson(manifest.files.map(({ name }) => name)) !== canonicalJson(vouchedFiles))
    findings.add(`manifest.json does not vouch for exactly the files ${vouchedFiles.join(', ')}.`)
  for (const { name, sizeBytes, sha256 } of manifest.files) {
    const file = files.find((other) => other?.name === name)
    if (file !== undefined && (file.sha256 !== sha256 || file.sizeBytes !== sizeBytes))
      findings.add(`${name} is not the file that manifest.json vouches for.`)
  }
  const events = files.find((file) => file?.name === 'events.ndjson')
  if (events !== undefined && (events.sha256 !== manifest.sha256 || events.sizeBytes !== manifest.sizeBytes))
    findings.add('The size or SHA-256 that manifest.json tells of events.ndjson is another one.')
  if (found === null) return
  if (found.events !== manifest.rows) findings.add(`The manifest tells of ${manifest.rows} events; the package holds ${found.events}.`)
  if (canonicalJson({ ...found.counts }) !== canonicalJson(manifest.counts))
    findings.add('The counts by service and day in the manifest are not those of the events.')
}

/** Compares the sums with the hashes of the files; one that could not be read is a finding already. */
export function checkSums(text: string, files: readonly PackageFile[], findings: Findings): void {
  if (text === sumsText(files)) return
  const listed = new Map(text.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]))
  for (const { name, sha256 } of files)
    if (listed.get(name) !== sha256) findings.add(`${name} does not have the SHA-256 that SHA256SUMS tells: one of the two was altered.`)
  if (files.length === packageFiles.length - 1) findings.add('SHA256SUMS does not list exactly the other files, as Trailview writes them.')
}

/** The manifest that the export left beside the package, if it is still there, tells of this very file. */
export async function checkBeside(path: string, sha256: string, findings: Findings): Promise<void> {
  const beside = manifestPathOf(path)
  const text = await readFile(beside, 'utf8').catch(() => null)
  if (text === null) return
  const told = z.object({ sha256: z.string() }).safeParse(parsed(text)).data
  if (told?.sha256 !== sha256) findings.add(`The manifest beside the package, ${beside}, tells of a file with another SHA-256.`)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
