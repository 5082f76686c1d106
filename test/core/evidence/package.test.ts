import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { packageFiles } from '../../../src-main/core/evidence/package-format.ts'
import { readManifest, runSample, temporaryFolder } from '../export/export-harness.ts'
import { changedArchive, packageOf, rightSums, textsOf, verified } from './evidence-fixture.ts'

const run = promisify(execFile)

function has(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

interface Line {
  readonly id: string
  readonly revision: number
  readonly hash: string
  readonly raw: string
  readonly rawBase64?: string
}

const linesOf = <T = Line>(text: string | undefined): readonly T[] =>
  (text ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)

/** Puts the files of a package into a folder, as unpacking does. */
async function unpacked(path: string): Promise<string> {
  const folder = await temporaryFolder()
  for (const [name, text] of await textsOf(path)) await writeFile(join(folder, name), text)
  return folder
}

describe('an evidence package', () => {
  it('is sound, and says of itself what the manifest beside it says', async () => {
    const result = await packageOf(await changedArchive())
    expect(result.rows).toBe(13)
    const report = await verified(result.path)
    expect(report).toMatchObject({
      isSound: true,
      findings: [],
      sha256: result.sha256,
      events: 13,
      revisions: 5,
      pages: 3,
      ledgerEntries: 5,
    })
    expect(await readManifest(result)).toMatchObject({ format: 'package', ledger: { entries: 5, hash: report.ledgerHash } })
  })

  it('has the events as an NDJSON export has them, and every payload they ever had', async () => {
    const archive = await changedArchive()
    const texts = await textsOf((await packageOf(archive)).path)
    const ndjson = await runSample([], { archive, format: 'ndjson', path: join(await temporaryFolder(), 'all.ndjson') })
    expect(texts.get('events.ndjson')).toBe(await readFile(ndjson.path, 'utf8'))

    const revisions = linesOf(texts.get('revisions.ndjson'))
    expect(revisions.map(({ revision, raw }) => [revision, raw])).toEqual([
      [1, '{"id":1,"version":1}'],
      [2, '{"id":1,"version":2}'],
      [1, '{"id":3,"version":1}'],
      [2, '{"id":3,"version":2}'],
      [3, '{"id":3,"version":3}'],
    ])
    for (const { raw, rawBase64, hash } of [...linesOf(texts.get('events.ndjson')), ...revisions]) {
      const payload = rawBase64 === undefined ? raw : Buffer.from(rawBase64, 'base64')
      expect(createHash('sha256').update(payload).digest('hex')).toBe(hash)
    }
  })

  it('of some events names the others of their pages by hash only', async () => {
    const result = await packageOf(await changedArchive(), 'file:"plan 1.pdf"')
    const pages = linesOf<{ payloads: string[]; others: string[] }>((await textsOf(result.path)).get('pages.ndjson'))
    expect(pages.map(({ payloads, others }) => [payloads.length, others.length])).toEqual([
      [1, 6],
      [1, 7],
    ])
    expect(await verified(result.path)).toMatchObject({ isSound: true, events: 1, revisions: 2 })
  })

  it('of nothing is sound too', async () => {
    const result = await packageOf(await changedArchive(), 'actor:nobody')
    expect(await verified(result.path)).toMatchObject({ isSound: true, events: 0, pages: 0, ledgerEntries: 5 })
  })

  it('is of one moment, and is in the ledger of what is collected later', async () => {
    const archive = await changedArchive()
    const first = await packageOf(archive, 'verb:delete')
    const second = await packageOf(archive)
    const [before, after] = [await textsOf(first.path), await textsOf(second.path)]
    expect(after.get('ledger.ndjson')?.startsWith(before.get('ledger.ndjson') ?? '-')).toBe(true)
    const again = await textsOf((await packageOf(archive)).path)
    for (const name of ['README.txt', 'events.ndjson', 'revisions.ndjson', 'pages.ndjson'] as const)
      expect(again.get(name)).toBe(after.get(name))
  })

  it('checks with sha256sum, and holds these files only', async () => {
    const { path } = await packageOf(await changedArchive())
    const folder = await unpacked(path)
    const { stdout } = await run('sha256sum', ['-c', 'SHA256SUMS'], { cwd: folder })
    expect(stdout.trim().split('\n')).toEqual(packageFiles.slice(0, -1).map((name) => `${name}: OK`))
    const texts = await textsOf(path)
    expect(texts.get('SHA256SUMS')).toBe(rightSums(texts))
  })

  it.skipIf(!has('python3', '--version'))('checks with the script in its README (where there is Python)', async () => {
    const { path } = await packageOf(await changedArchive())
    const folder = await unpacked(path)
    const readme = await readFile(join(folder, 'README.txt'), 'utf8')
    const script = /^ {4}import base64[^]*^ {4}print.*$/m.exec(readme)?.[0] ?? ''
    await writeFile(join(folder, 'check.py'), script.replaceAll(/^ {4}/gm, ''))
    const { ledgerHash } = await verified(path)
    expect((await run('python3', ['check.py'], { cwd: folder })).stdout).toBe(
      `13 events are sound. Last entry of the ledger: 5, ${ledgerHash ?? ''}\n`,
    )
    await writeFile(join(folder, 'events.ndjson'), (await readFile(join(folder, 'events.ndjson'), 'utf8')).split('\n').slice(1).join('\n'))
    await expect(run('python3', ['check.py'], { cwd: folder })).rejects.toThrow('AssertionError: events.ndjson')
  })

  it.skipIf(!has('unzip', '-v'))('unpacks with unzip (where there is one)', async () => {
    const { path } = await packageOf(await changedArchive())
    expect((await run('unzip', ['-t', path])).stdout).toContain('No errors detected')
  })
})

describe('an archive that is not what its ledger says', () => {
  it('gives no package', async () => {
    const archive = await changedArchive()
    await archive.writer.appendLedger('page', { run: 'r1', commit: 1, added: 1, changed: 0, stored: '' }, '2024-04-04T00:00:00.000Z')
    await expect(packageOf(archive)).rejects.toMatchObject({ code: 'ARCHIVE_DAMAGED' })
  })
})
