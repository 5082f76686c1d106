import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PackageReport } from '../../../src-main/contract/model/export.ts'
import { packageComment, type PackageFileName, packageFiles } from '../../../src-main/core/evidence/package-format.ts'
import { manifestPathOf } from '../../../src-main/core/export/manifest.ts'
import { temporaryFolder } from '../export/export-harness.ts'
import { changedArchive, packageOf, packed, type PackageTexts, rightSums, textsOf, verified } from './evidence-fixture.ts'

let sample: Promise<Buffer> | null = null

/** A sound package; made once. */
function samplePackage(): Promise<Buffer> {
  sample ??= changedArchive().then(async (archive) => readFile((await packageOf(archive)).path))
  return sample
}

async function written(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'case.zip')
  await writeFile(path, bytes)
  return path
}

const verifiedBytes = async (bytes: Uint8Array): Promise<PackageReport> => verified(await written(bytes))

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
const endBytes = 22 + packageComment(sha256('')).length

/** A package whose own SHA-256 is made to fit again. */
function rehashed(bytes: Buffer): Buffer {
  const before = bytes.subarray(0, -endBytes)
  return Buffer.concat([bytes.subarray(0, -64), Buffer.from(sha256(before))])
}

/** The texts of the sample, changed; its sums fit again unless the sums were changed. */
async function forged(change: (texts: PackageTexts) => void): Promise<PackageTexts> {
  const texts = await textsOf(await written(await samplePackage()))
  const sums = texts.get('SHA256SUMS')
  change(texts)
  if (texts.get('SHA256SUMS') === sums) texts.set('SHA256SUMS', rightSums(texts))
  return texts
}

const edit = (texts: PackageTexts, name: PackageFileName, how: (text: string) => string): void =>
  void texts.set(name, how(texts.get(name) ?? ''))
const without = (line: number) => (text: string) => text.split('\n').toSpliced(line, 1).join('\n')
const editLine = (line: number, how: (line: string) => string) => (text: string) =>
  text
    .split('\n')
    .map((each, i) => (i === line ? how(each) : each))
    .join('\n')

interface EditedManifest {
  rows: number
  sizeBytes: number
  sha256: string
  counts: { byService: Record<string, number>; byDay: { day: string; count: number }[] }
  files: { name: PackageFileName; sizeBytes: number; sha256: string }[]
}

const editManifest = (texts: PackageTexts, how: (manifest: EditedManifest) => void): void =>
  edit(texts, 'manifest.json', (text) => {
    const manifest = JSON.parse(text) as EditedManifest
    how(manifest)
    return `${JSON.stringify(manifest, null, 2)}\n`
  })

/** Takes the first event out of the events, the pages and the manifest, as if it had never been asked for. */
function takeEventOut(texts: PackageTexts): void {
  const [first = ''] = (texts.get('events.ndjson') ?? '').split('\n')
  const { hash, occurredAt } = JSON.parse(first) as { hash: string; occurredAt: string }
  edit(texts, 'events.ndjson', without(0))
  edit(texts, 'pages.ndjson', (text) =>
    text
      .split('\n')
      .map((line) => {
        if (!line.includes(hash)) return line
        const page = JSON.parse(line) as { payloads: string[]; others: string[] }
        return JSON.stringify({
          ...page,
          payloads: page.payloads.filter((payload) => payload !== hash),
          others: [...page.others, hash].sort(),
        })
      })
      .join('\n'),
  )
  editManifest(texts, (manifest) => {
    manifest.rows--
    manifest.counts.byService = { onehub: manifest.rows }
    for (const day of manifest.counts.byDay) if (day.day === occurredAt.slice(0, 10)) day.count--
    manifest.counts.byDay = manifest.counts.byDay.filter(({ count }) => count > 0)
    for (const file of manifest.files) {
      const text = texts.get(file.name) ?? ''
      Object.assign(file, { sizeBytes: Buffer.byteLength(text), sha256: sha256(text) })
      if (file.name === 'events.ndjson') Object.assign(manifest, { sizeBytes: file.sizeBytes, sha256: file.sha256 })
    }
  })
}

describe('verifying a package finds', () => {
  it('any byte that was changed', async () => {
    const bytes = await samplePackage()
    const path = await written(bytes)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, bits) => {
        const changed = Buffer.from(bytes)
        changed[at] = (changed[at] as number) ^ bits
        await writeFile(path, changed)
        const { isSound, findings } = await verified(path)
        expect(isSound).toBe(false)
        for (const sentence of findings) expect(sentence).toMatch(/^\S.*\.$/s)
      }),
      { numRuns: 100 },
    )
  })

  it('any byte of its directory and its end that was changed, although its own SHA-256 fits again', async () => {
    const bytes = await samplePackage()
    const path = await written(bytes)
    const directory = bytes.indexOf(Uint8Array.of(0x50, 0x4b, 1, 2))
    for (let at = directory; at < bytes.length - 64; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] as number) ^ 1
      await writeFile(path, rehashed(changed))
      expect((await verified(path)).isSound, `byte ${at}`).toBe(false)
    }
  })

  it('sizes and places that no file has', async () => {
    const bytes = await samplePackage()
    const path = await written(bytes)
    const directory = bytes.indexOf(Uint8Array.of(0x50, 0x4b, 1, 2))
    for (let at = directory; at < bytes.length - endBytes + 20; at += 3) {
      for (const sizeBytes of [4, 8, 120]) {
        await writeFile(path, rehashed(Buffer.from(bytes).fill(0xff, at, Math.min(at + sizeBytes, bytes.length - endBytes + 20))))
        expect((await verified(path)).isSound, `byte ${at}`).toBe(false)
      }
    }
  })

  it('that it was cut short, wherever, or that something was added', async () => {
    const bytes = await samplePackage()
    for (const size of [0, 1, endBytes, bytes.length >> 1, bytes.length - 1])
      expect(await verifiedBytes(bytes.subarray(0, size))).toMatchObject({ isSound: false, events: 0 })
    expect((await verifiedBytes(Buffer.concat([bytes, Buffer.from('\n')]))).findings).toEqual([
      'The file does not end as an evidence package does: it was cut short, something was added to it, or it is something else.',
    ])
    expect((await verifiedBytes(Buffer.concat([Buffer.from('\n'), bytes]))).isSound).toBe(false)
  })

  const cases: readonly (readonly [what: string, change: (texts: PackageTexts) => void, sentences: readonly RegExp[]])[] = [
    [
      'an event that was taken out',
      (texts) => edit(texts, 'events.ndjson', without(2)),
      [
        /^The manifest tells of 13 events; the package holds 12\.$/,
        /^The counts by service and day/,
        /^A payload of a page is not in the package, of page 2 \(entry 3\): [0-9a-f]{64}\.$/,
        /^events\.ndjson is not the file that manifest\.json vouches for\.$/,
      ],
    ],
    [
      'an event that was taken out everywhere',
      takeEventOut,
      [/^The last entry of the ledger is not the one about this package: the manifest or the ledger was altered\.$/],
    ],
    [
      'an event that stands there twice',
      (texts) => edit(texts, 'events.ndjson', (text) => text.replace(/^.*\n/, '$&$&')),
      [
        /^No page in the package brought the payload of event \w+ \(line [12] of events\.ndjson\)\.$/,
        /^The manifest tells of 13 events; the package holds 14\.$/,
      ],
    ],
    [
      'a payload that was altered',
      (texts) =>
        edit(
          texts,
          'events.ndjson',
          editLine(4, (line) => line.replace('{\\"id\\":', '{\\"Id\\":')),
        ),
      [/^The payload of event \w+ \(line 5 of events\.ndjson\) is not the one that was received\.$/],
    ],
    [
      'a payload that was altered together with its hash',
      (texts) =>
        edit(
          texts,
          'events.ndjson',
          editLine(4, (line) => {
            const event = JSON.parse(line) as { hash: string; raw: string }
            return JSON.stringify({ ...event, hash: sha256('{}'), raw: '{}' })
          }),
        ),
      [
        /^No page in the package brought the payload of event \w+ \(line 5 of events\.ndjson\)\.$/,
        /^A payload of a page is not in the package, of page 2/,
      ],
    ],
    [
      'an event under the id of another one',
      (texts) =>
        edit(
          texts,
          'events.ndjson',
          editLine(0, (line) => line.replace(/"id":"\w+"/, '"id":"0123456789abcdef01234567"')),
        ),
      [
        /^The id of event 0123456789abcdef01234567 \(line 1 of events\.ndjson\) is not the one that its connection and its external id make\.$/,
      ],
    ],
    [
      'events that changed places',
      (texts) => edit(texts, 'events.ndjson', (text) => text.replace(/^(.*\n)(.*\n)/, '$2$1')),
      [/^The time of event \w+ \(line 2 of events\.ndjson\) is not in order\.$/],
    ],
    [
      'a line that can be read in two ways',
      (texts) =>
        edit(
          texts,
          'events.ndjson',
          editLine(0, (line) => line.replace('"mapped":true', '"mapped":false,"mapped":true')),
        ),
      [/^Line 1 of events\.ndjson is not one that Trailview writes\.$/],
    ],
    [
      'a last line without an end',
      (texts) => edit(texts, 'events.ndjson', (text) => text.slice(0, -1)),
      [/^events\.ndjson does not end with a whole line\.$/],
    ],
    [
      'bytes that are shown as another text',
      (texts) =>
        edit(
          texts,
          'events.ndjson',
          editLine(12, (line) => line.replace('{\ufffd}', '{x}')),
        ),
      [/^The payload of event \w+ \(line 13 of events\.ndjson\) is shown as another text than its bytes are\.$/],
    ],
    [
      'an earlier payload that is missing',
      (texts) => edit(texts, 'revisions.ndjson', without(3)),
      [/^Line 4 of revisions\.ndjson does not follow from the line before it\.$/, /^A payload of a page is not in the package, of page 2/],
    ],
    [
      'the newest payload of a changed event that is missing',
      (texts) => edit(texts, 'revisions.ndjson', without(4)),
      [
        /^The payloads in revisions\.ndjson are not those of event \w+( \(line \d+ of events\.ndjson\))?\.$/,
        /^A payload of a page is not in the package, of page 3/,
      ],
    ],
    [
      'a page with another payload',
      (texts) => edit(texts, 'pages.ndjson', (text) => text.replace(/"payloads":\["...../, '"payloads":["00000')),
      [
        /^The payloads of page 1 are not those that entry 2 of the ledger tells of\.$/,
        /^A payload of a page is not in the package, of page 1 \(entry 2\): 00000/,
      ],
    ],
    [
      'a page that the ledger does not know',
      (texts) => edit(texts, 'pages.ndjson', (text) => text.replace('"entry":4', '"entry":5')),
      [/^Page 3 is of entry 5 of the ledger, which tells of something else\.$/],
    ],
    [
      'an altered entry of the ledger',
      (texts) => edit(texts, 'ledger.ndjson', (text) => text.replace('example.test', 'example.text')),
      [/^The ledger's entries 1 to 4 do not lead to the hash that the manifest names: one of them was altered\.$/],
    ],
    [
      'an entry that is missing in the ledger',
      (texts) => edit(texts, 'ledger.ndjson', without(0)),
      [/^Line 1 of ledger\.ndjson is entry 2: entries are missing, or were added\.$/],
    ],
    [
      'a ledger without its end',
      (texts) => edit(texts, 'ledger.ndjson', without(4)),
      [/^The last entry of the ledger is not the one about this package/],
    ],
    [
      'an entry about another search',
      (texts) => edit(texts, 'ledger.ndjson', (text) => text.replace('\\"query\\":\\"\\"', '\\"query\\":\\"x\\"')),
      [/^The last entry of the ledger is not the one about this package/],
    ],
    [
      'counts that were altered',
      (texts) => editManifest(texts, ({ counts }) => (counts.byService = { onehub: 12, lytics: 1 })),
      [
        /^The counts by service and day in the manifest are not those of the events\.$/,
        /^The last entry of the ledger is not the one about this package/,
      ],
    ],
    [
      'a manifest that is none',
      (texts) => edit(texts, 'manifest.json', () => '{}'),
      [/^manifest\.json is not a manifest of a package that this version of Trailview can read\.$/],
    ],
    [
      'a sum of a file that is another one',
      (texts) => edit(texts, 'SHA256SUMS', (text) => text.replace(/^.{64}/, sha256('other'))),
      [/^README\.txt does not have the SHA-256 that SHA256SUMS tells: one of the two was altered\.$/],
    ],
    [
      'a file that the sums leave out',
      (texts) => edit(texts, 'SHA256SUMS', without(2)),
      [/^revisions\.ndjson does not have the SHA-256 that SHA256SUMS tells/, /^SHA256SUMS does not list exactly the other files/],
    ],
    [
      'other instructions',
      (texts) => edit(texts, 'README.txt', (text) => text.replace('unzip PACKAGE', 'run PACKAGE')),
      [/^README\.txt is not the file that manifest\.json vouches for\.$/],
    ],
  ]
  it.each(cases)('%s, although all sums fit', async (_what, change, sentences) => {
    const report = await verified(await packed(await forged(change)))
    expect(report.isSound).toBe(false)
    for (const sentence of sentences) expect(report.findings).toContainEqual(expect.stringMatching(sentence))
  })

  it('whatever is written into one of its files, although all sums fit', async () => {
    const path = await written(await samplePackage())
    const texts = await textsOf(path)
    // What stands in the ledger after the moment of the events is told by its last hash alone.
    const files = packageFiles.filter((name) => name !== 'ledger.ndjson')
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom('', '"', '\\', '[', '\n', '{"__proto__":1}', '0', 'null', '\ufffd'),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), fc.nat(), fc.nat(40), piece, async (name, place, cut, put) => {
        const text = texts.get(name) ?? ''
        const at = place % (text.length + 1)
        const changed = text.slice(0, at) + put + text.slice(at + cut)
        fc.pre(Buffer.from(changed).toString() !== text)
        const others = new Map(texts).set(name, changed)
        if (name !== 'SHA256SUMS') others.set('SHA256SUMS', rightSums(others))
        expect((await verified(await packed(others))).isSound, changed).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  it('another file, one too many, one twice, none, and one with a path for a name', async () => {
    const files = [...(await forged(() => undefined))]
    const [first = ['README.txt', ''] as const, ...others] = files
    const lists: readonly (readonly (readonly [string, string])[])[] = [
      [...files, ['more.txt', '']],
      [...files, first],
      others,
      [],
      [['../../README.txt', first[1]], ...others],
      [...others, first],
    ]
    for (const list of lists) {
      const { isSound, findings } = await verified(await packed(list))
      expect(isSound).toBe(false)
      expect(findings.join('\n')).toMatch(/^The (directory of the ZIP file is damaged|package does not hold exactly the files)/)
    }
  })

  it('a file that unpacks to more than it says, and stops there', async () => {
    const bytes = Buffer.from(await samplePackage())
    const directory = bytes.indexOf(Uint8Array.of(0x50, 0x4b, 1, 2))
    const at = bytes.indexOf('events.ndjson', directory) - 46
    const plainBytes = bytes.readUInt32LE(at + 24)
    const packedBytes = bytes.readUInt32LE(at + 20)
    const descriptor = bytes.readUInt32LE(at + 42) + 30 + 'events.ndjson'.length + 20 + packedBytes
    bytes.writeUInt32LE(100, at + 24)
    expect(Number(bytes.readBigUInt64LE(descriptor + 16))).toBe(plainBytes)
    bytes.writeBigUInt64LE(100n, descriptor + 16)
    const { findings, events } = await verifiedBytes(rehashed(bytes))
    expect(findings).toContain("events.ndjson unpacks to another size than the package's directory says.")
    expect(events).toBe(0)
  })

  it('that the manifest beside it tells of another file', async () => {
    const path = await written(await samplePackage())
    await writeFile(manifestPathOf(path), JSON.stringify({ sha256: sha256('') }))
    expect((await verified(path)).findings).toEqual([
      `The manifest beside the package, ${manifestPathOf(path)}, tells of a file with another SHA-256.`,
    ])
  })
})

describe('verifying a package', () => {
  it('that was made anew with all its hashes finds nothing: only the hashes that were told elsewhere show it', async () => {
    const told = await verifiedBytes(await samplePackage())
    const texts = await forged((all) => {
      takeEventOut(all)
      edit(all, 'ledger.ndjson', (text) =>
        text.replace(/\\"manifest\\":\\"\w+/, `\\"manifest\\":\\"${sha256(all.get('manifest.json') ?? '')}`),
      )
    })
    const report = await verified(await packed(texts))
    expect(report).toMatchObject({ isSound: true, events: 12 })
    expect(report.ledgerHash).not.toBe(told.ledgerHash)
    expect(report.sha256).not.toBe(told.sha256)
  })

  it('says in a sentence what is no file, and stops when it is not wanted any more', async () => {
    const folder = await temporaryFolder()
    await expect(verified(folder)).rejects.toMatchObject({ code: 'FILE_NOT_READABLE' })
    await expect(verified(join(folder, 'none'))).rejects.toMatchObject({
      code: 'FILE_NOT_READABLE',
      message: `${join(folder, 'none')} cannot be read: there is no such file.`,
    })
    const path = await written(await samplePackage())
    await expect(verified(path, AbortSignal.abort())).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
  })

  it('takes every file of a package for what it is', async () => {
    const texts = await forged(() => undefined)
    expect([...texts.keys()]).toEqual(packageFiles)
    expect(await verified(await packed(texts))).toMatchObject({ isSound: true })
  })
})
