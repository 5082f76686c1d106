import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { PackageReport } from '../../../src-main/contract/model/export.ts'
import type { Archive } from '../../../src-main/core/cache/archive.ts'
import { openArchive } from '../../../src-main/core/cache/client.ts'
import { packageComment, type PackageFileName, packageFiles, sumsText } from '../../../src-main/core/evidence/package-format.ts'
import type { ExportResult } from '../../../src-main/core/export/run-export.ts'
import { ZipWriter } from '../../../src-main/core/export/zip.ts'
import { verifyPackage } from '../../../src-main/core/verify-package.ts'
import { workerUrl } from '../../support/built.ts'
import { connection, keyHex, page, record, temporaryHome } from '../cache/archive-fixture.ts'
import { runSample, temporaryFolder } from '../export/export-harness.ts'
import { readZip } from '../export/zip-reader.ts'

/** A record nobody can read; its bytes are no text. */
const unreadable = {
  payload: Uint8Array.of(0x7b, 0xff, 0x7d),
  event: null,
  unmappedReason: 'No time.',
  externalId: null,
}

/** An event of a number; a later version of it has another payload. */
const numbered = (i: number, version = 1) =>
  record(
    {
      externalId: String(i),
      occurredAt: new Date(Date.parse('2024-01-01T00:00:00Z') + i * 3_456_000).toISOString(),
      verb: i % 3 === 0 ? 'delete' : 'read',
      object: { kind: 'file', id: `f${i}`, name: `plan ${i}.pdf` },
    },
    JSON.stringify({ id: i, version }),
  )

/** Twelve events in two pages and one that nobody can read; two of the first page changed with the second one, one of them again later. */
export async function changedArchive(): Promise<Archive> {
  const archive = await openArchive({ home: temporaryHome(), keyHex, workerUrl })
  onTestFinished(() => archive.close())
  const { writer } = archive
  await writer.saveConnection(connection)
  await writer.beginRun({ id: 'r1', connection: 'c1', startedAt: '2024-04-10T00:00:00.000Z', trigger: 'test' })
  const six = (from: number) => Array.from({ length: 6 }, (_, i) => numbered(from + i))
  await writer.commitPage(page([...six(0), unreadable]))
  await writer.commitPage(page([numbered(1, 2), ...six(6), numbered(3, 2)], { receivedAt: '2024-04-02T00:00:00.000Z' }))
  await writer.commitPage(page([numbered(3, 3)], { receivedAt: '2024-04-03T00:00:00.000Z' }))
  return archive
}

/** Exports a package of what matches. */
export async function packageOf(archive: Archive, query = ''): Promise<ExportResult> {
  return runSample([], { archive, format: 'package', query, zone: 'Europe/Berlin', path: join(await temporaryFolder(), 'case.zip') })
}

/** Verifies a package. */
export function verified(path: string, signal = new AbortController().signal): Promise<PackageReport> {
  return verifyPackage(path, signal, () => undefined)
}

export type PackageTexts = Map<PackageFileName, string>

/** The files of a package as text. */
export async function textsOf(path: string): Promise<PackageTexts> {
  const parts = readZip(await readFile(path))
  return new Map(packageFiles.map((name) => [name, parts.get(name) ?? '']))
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** `SHA256SUMS` as it should be for these files. */
export function rightSums(texts: ReadonlyMap<PackageFileName, string>): string {
  const files = packageFiles.filter((name) => name !== 'SHA256SUMS').map((name) => ({ name, text: texts.get(name) ?? '' }))
  return sumsText(files.map(({ name, text }) => ({ name, sizeBytes: Buffer.byteLength(text), sha256: sha256(text) })))
}

/** Writes files as a package whose container is sound, whatever they hold; returns its path. */
export async function packed(entries: Iterable<readonly [name: string, text: string]>): Promise<string> {
  const chunks: Uint8Array[] = []
  const zip = new ZipWriter((bytes) => Promise.resolve(void chunks.push(Uint8Array.from(bytes))), { mayBeLarge: true })
  for (const [name, text] of entries) {
    await zip.beginEntry(name)
    await zip.write(Buffer.from(text))
  }
  await zip.end(() => packageComment(createHash('sha256').update(Buffer.concat(chunks)).digest('hex')))
  const path = join(await temporaryFolder(), 'forged.zip')
  await writeFile(path, Buffer.concat(chunks))
  return path
}
