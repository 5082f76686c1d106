import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { CoverageSpan } from '../../../src-main/contract/model/coverage.ts'
import { exportFormatSchema } from '../../../src-main/contract/model/export.ts'
import type { Archive } from '../../../src-main/core/cache/archive.ts'
import { openArchive } from '../../../src-main/core/cache/client.ts'
import { workerUrl } from '../../support/built.ts'
import { connection, keyHex, page, record, temporaryHome } from '../cache/archive-fixture.ts'
import { readCsv } from './csv-reader.ts'
import { readManifest, runSample, temporaryFolder } from './export-harness.ts'

const notText = Uint8Array.of(0x7b, 0xff, 0x7d)

/** An archive of 2,500 events over 100 days, one of them with a formula for a name, and two records nobody can read. */
async function filledArchive(): Promise<Archive> {
  const archive = await openArchive({ home: temporaryHome(), keyHex, workerUrl })
  onTestFinished(() => archive.close())
  await archive.writer.saveConnection(connection)
  const records = Array.from({ length: 2_500 }, (_, i) =>
    record({
      externalId: String(i),
      occurredAt: new Date(Date.parse('2024-01-01T00:00:00Z') + i * 3_456_000).toISOString(),
      verb: i % 3 === 0 ? 'delete' : 'read',
      object: { kind: 'file', id: `f${i % 50}`, name: i === 7 ? '=cmd|x' : `plan ${i % 50}.pdf` },
    }),
  )
  const unreadable = ['not json', notText].map((payload) => ({
    payload: Buffer.from(payload),
    event: null,
    unmappedReason: 'No time.',
    externalId: null,
  }))
  await archive.writer.beginRun({ id: 'r1', connection: 'c1', startedAt: '2024-04-10T00:00:00.000Z', trigger: 'test' })
  await archive.writer.commitPage(page([...records, ...unreadable]))
  return archive
}

it('takes everything that matches out of an archive, in order, byte for byte', async () => {
  const { reader } = await filledArchive()
  const result = await runSample([], { reader, format: 'ndjson', path: join(await temporaryFolder(), 'all.ndjson') })
  expect(result.rows).toBe(2_502)
  const lines = (await readFile(result.path, 'utf8')).trimEnd().split('\n')
  const read = lines.map(
    (line) =>
      JSON.parse(line) as {
        readonly id: string
        readonly occurredAt: string | null
        readonly hash: string
        readonly raw: string
        readonly rawBase64?: string
      },
  )
  for (const { hash, raw, rawBase64 } of read) {
    const bytes = rawBase64 === undefined ? Buffer.from(raw) : Buffer.from(rawBase64, 'base64')
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(hash)
  }
  expect(read.filter(({ rawBase64 }) => rawBase64 !== undefined)).toHaveLength(1)
  expect(new Set(read.map(({ id }) => id)).size).toBe(2_502)
  const times = read.map(({ occurredAt }) => occurredAt ?? '')
  expect(times).toEqual([...times].sort().reverse())
})

it('writes as many rows as the archive counts, whatever the format', async () => {
  const archive = await filledArchive()
  const folder = await temporaryFolder()
  for (const format of exportFormatSchema.options) {
    const result = await runSample([], {
      archive,
      format,
      query: 'verb:delete file:plan*',
      zone: 'Asia/Tokyo',
      path: join(folder, `deleted.${format}`),
    })
    const manifest = await readManifest(result)
    expect(manifest.reconciliation).toMatchObject({ countedBefore: result.rows, rowsWritten: result.rows })
    expect(result.rows).toBe(834)
    expect(manifest.counts).toMatchObject({ byService: { onehub: 834 }, untimed: 0, unmapped: 0 })
    const { byDay } = manifest.counts as { readonly byDay: readonly { readonly count: number }[] }
    expect(byDay.reduce((sum, { count }) => sum + count, 0)).toBe(834)
  }
})

it('disarms the formula that came from a service', async () => {
  const { reader } = await filledArchive()
  const result = await runSample([], { reader, query: 'file:"=cmd*"' })
  const [header, row] = readCsv(await readFile(result.path, 'utf8'))
  expect(row?.[header?.indexOf('object.name') ?? -1]).toBe("'=cmd|x")
})

it.each(['csv', 'package'] as const)('tells in the manifest of a %s what is known of connections that were removed', async (format) => {
  const archive = await filledArchive()
  const { reader, writer } = archive
  const claim = { from: '2024-01-01T00:00:00.000Z', to: '2024-04-10T00:00:00.000Z', findsGone: false, goneNotBefore: null }
  await writer.saveConnection({ ...connection, id: 'purged', name: 'Purged' })
  await writer.saveConnection({ ...connection, id: 'stays', name: 'Stays' })
  await writer.commitPage(page([], { stream: 'activity', claim }))
  await writer.removeConnection('purged', true)
  await writer.removeConnection('c1', false)
  const result = await runSample([], { archive, format, query: 'connection:c1' })
  expect(result.rows).toBe(2_502)
  const { connections, coverage } = await readManifest(result)
  const [removed] = await writer.removedConnections()
  expect(connections).toEqual([
    { id: 'stays', name: 'Stays', service: 'onehub' },
    { id: 'c1', name: 'Test', service: 'onehub', removedAt: removed?.removedAt },
  ])
  expect(Date.parse(removed?.removedAt ?? '')).not.toBeNaN()
  const states = (id: string) =>
    (coverage as readonly CoverageSpan[]).filter((span) => span.connection === id && span.stream === 'activity')
  expect(states('c1')).toMatchObject([
    { to: claim.from, state: 'never' },
    { from: claim.from, to: claim.to, state: 'complete' },
  ])
  expect(states('stays')).toMatchObject([{ from: null, state: 'never' }])
  expect(states('purged')).toEqual([])
  // Saved again, it is no removed connection any more.
  await writer.saveConnection(connection)
  expect(await writer.removedConnections()).toEqual([])
  expect((await reader.connections()).map(({ id }) => id)).toEqual(['c1', 'stays'])
})
