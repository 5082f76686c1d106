import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { packageComment, packageFiles } from '../../../src-main/core/evidence/package-format.ts'
import { readStructure } from '../../../src-main/core/evidence/package-structure.ts'
import { dataDescriptor, directoryEnd, directoryEntry, largeDirectoryEnd, localHeader } from '../../../src-main/core/export/zip-records.ts'
import { collectFindings } from '../../../src-main/core/ledger/findings.ts'
import { temporaryFolder } from '../export/export-harness.ts'

const gib = 2 ** 30

it('the layout of a package of many gigabytes is read as it was written', async () => {
  // Of the packed bytes there are none: the file has holes.
  const handle = await open(join(await temporaryFolder(), 'large.zip'), 'w+')
  onTestFinished(() => handle.close())
  let offset = 0
  const put = async (bytes: Buffer): Promise<void> => {
    await handle.write(bytes, 0, bytes.length, offset)
    offset += bytes.length
  }
  const entries = []
  for (const [i, name] of packageFiles.entries()) {
    const entry = { name, crc: i, packedBytes: i === 1 ? 5 * gib : 1_000, plainBytes: i % 2 === 1 ? 9 * gib : 2_000, offset, isLarge: true }
    entries.push(entry)
    await put(localHeader(entry))
    offset += entry.packedBytes
    await put(dataDescriptor(entry))
  }
  const directoryOffset = offset
  for (const entry of entries) await put(directoryEntry(entry))
  const directoryBytes = offset - directoryOffset
  await put(largeDirectoryEnd(entries.length, directoryBytes, directoryOffset))
  const endOffset = offset
  const sha256 = 'ab'.repeat(32)
  await put(directoryEnd(entries.length, directoryBytes, directoryOffset, packageComment(sha256)))

  const findings = collectFindings()
  const structure = await readStructure(handle, offset, findings)
  expect(findings.sentences()).toEqual([])
  expect(structure).toMatchObject({ endOffset, sha256 })
  expect([...(structure?.files.values() ?? [])]).toEqual(
    entries.map((entry) => ({ ...entry, dataOffset: entry.offset + localHeader(entry).length })),
  )
})
