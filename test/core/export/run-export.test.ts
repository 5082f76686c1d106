import { createHash } from 'node:crypto'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportFormatSchema } from '../../../src-main/contract/model/export.ts'
import { defaultExportName } from '../../../src-main/core/export/default-name.ts'
import { exported, namesIn, readerOf, readManifest, runSample, temporaryFolder } from './export-harness.ts'

const events = [
  exported({ id: 'a', occurredAt: '2026-03-29T22:30:00.000Z' }),
  exported({ id: 'b', occurredAt: '2026-03-29T21:30:00.000Z', service: 'lytics' }),
  exported({ id: 'c', occurredAt: '2026-03-28T23:00:00.000Z' }),
  exported({ id: 'd', occurredAt: '2026-03-28T22:59:59.999Z' }),
  exported({ id: 'e', occurredAt: null, mapped: false }),
]

describe('an export', () => {
  it.each(exportFormatSchema.options)('as %s has a manifest that fits it', async (format) => {
    const result = await runSample(events, { format, query: 'has:late OR verb:read', zone: 'Europe/Berlin' })
    const bytes = await readFile(result.path)
    expect(result).toMatchObject({ rows: 5, sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
    const manifest = await readManifest(result)
    expect(manifest).toMatchObject({
      file: `out.${format}`,
      format,
      rows: 5,
      sha256: result.sha256,
      sizeBytes: bytes.length,
      createdAt: '2026-04-01T00:00:00.000Z',
      createdBy: 'Trailview 1.2.3',
      query: { text: 'has:late OR verb:read', zone: 'Europe/Berlin', order: 'newest' },
      counts: {
        byService: { lytics: 1, onehub: 4 },
        byDay: [
          { day: '2026-03-28', count: 1 },
          { day: '2026-03-29', count: 2 },
          { day: '2026-03-30', count: 1 },
        ],
        untimed: 1,
        unmapped: 1,
      },
      reconciliation: { countedBefore: 5, countedAfter: 5, rowsWritten: 5 },
      coverage: [{ connection: 'c1', from: null, state: 'complete' }],
      connections: [{ id: 'c1', name: 'Main office', service: 'onehub' }],
    })
    expect(manifest.query['inWords']).toContain('verb is “read”')
    expect(JSON.stringify(manifest)).not.toContain('hasCredential')
    expect(await namesIn(join(result.path, '..'))).toEqual([`out.${format}`, `out.${format}.manifest.json`])
    expect((await stat(result.path)).mode & 0o077).toBe(0)
  })

  it('says what was collected before its rows were read, not since', async () => {
    const asked: string[] = []
    const reader = readerOf(events)
    const noting: typeof reader = {
      ...reader,
      coverage(connection) {
        asked.push('coverage')
        return reader.coverage(connection)
      },
      lines(...args) {
        asked.push('rows')
        return reader.lines(...args)
      },
    }
    await runSample(events, { reader: noting })
    expect(asked).toEqual(['coverage', 'rows'])
  })

  it('of nothing is still a file with its manifest', async () => {
    const result = await runSample([], { format: 'xlsx' })
    expect(result.rows).toBe(0)
    expect((await readManifest(result)).counts).toEqual({ byService: {}, byDay: [], untimed: 0, unmapped: 0 })
  })

  it('tells its progress from nothing to all', async () => {
    const seen: number[] = []
    await runSample(events, { onProgress: ({ rows, totalRows }) => seen.push(rows, totalRows) })
    expect(seen).toEqual([0, 5, 2, 5, 4, 5, 5, 5])
  })

  it('says so when the archive grew meanwhile', async () => {
    const result = await runSample(events, { reader: readerOf(events, [4, 6]) })
    expect((await readManifest(result)).reconciliation).toMatchObject({ countedBefore: 4, countedAfter: 6, rowsWritten: 5 })
  })

  it('is not kept when its rows are not what the archive counts', async () => {
    const folder = await temporaryFolder()
    await expect(runSample(events, { path: join(folder, 'x.csv'), reader: readerOf(events, [6, 6]) })).rejects.toMatchObject({
      code: 'INTERNAL',
    })
    expect(await namesIn(folder)).toEqual([])
  })
})

describe('the final name', () => {
  it('stays empty when cancelled midway', async () => {
    const folder = await temporaryFolder()
    const abort = new AbortController()
    const running = runSample(events, {
      path: join(folder, 'x.csv'),
      signal: abort.signal,
      onProgress: ({ rows }) => rows === 2 && abort.abort(),
    })
    await expect(running).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
    expect(await namesIn(folder)).toEqual([])
  })

  it('stays empty when reading fails midway', async () => {
    const folder = await temporaryFolder()
    const reader = readerOf(events)
    async function* damaged<Batch>(batches: AsyncIterable<Batch>): AsyncGenerator<Batch> {
      for await (const batch of batches) {
        yield batch
        throw new Error('damaged page')
      }
    }
    const failing: typeof reader = {
      ...reader,
      stream: (...asked) => damaged(reader.stream(...asked)),
      lines: (...asked) => damaged(reader.lines(...asked)),
      evidence: (...asked) => damaged(reader.evidence(...asked)),
    }
    for (const format of exportFormatSchema.options) {
      await expect(runSample(events, { format, path: join(folder, 'x'), reader: failing })).rejects.toThrow('damaged page')
      expect(await namesIn(folder)).toEqual([])
    }
  })

  it('keeps what stands there unless it may be replaced', async () => {
    const path = join(await temporaryFolder(), 'x.csv')
    await writeFile(path, 'precious')
    await expect(runSample(events, { path })).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect(await readFile(path, 'utf8')).toBe('precious')
    await runSample(events, { path, overwrite: true })
    expect((await readFile(path, 'utf8')).startsWith('id,')).toBe(true)
    await runSample(events.slice(1), { path, overwrite: true })
  })

  it('keeps a file that appears there while the export runs', async () => {
    const folder = await temporaryFolder()
    const path = join(folder, 'x.csv')
    let appeared: Promise<void> | null = null
    const running = runSample(events, { path, onProgress: () => void (appeared ??= writeFile(path, 'precious')) })
    await expect(running).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect(await readFile(path, 'utf8')).toBe('precious')
    expect(await namesIn(folder)).toEqual(['x.csv'])
  })

  it.each([
    ['in a folder that does not exist', (folder: string) => join(folder, 'no', 'x.csv'), /folder does not exist/],
    ['of a folder', (folder: string) => join(folder, 'inner'), /is a folder/],
    ['where the system lets nobody write', () => '/sys/x.csv', /cannot be written/],
    ['beneath a file', (folder: string) => join(folder, 'file', 'x.csv'), /cannot be written/],
  ])('%s is refused with a sentence', async (_, pathIn, sentence) => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'inner'))
    await writeFile(join(folder, 'file'), '')
    const refused = runSample(events, { path: pathIn(folder), overwrite: true })
    await expect(refused).rejects.toMatchObject({ code: 'FILE_NOT_WRITABLE' })
    await expect(refused).rejects.toThrow(sentence)
  })
})

describe('the name made from a query', () => {
  it.each([
    ['', 'csv', 'trailview all 2026-04-01 020000.csv'],
    ['verb:delete file:"Q3 / plan*" -x', 'xlsx', 'trailview verb-delete-file-Q3-plan-x 2026-04-01 020000.xlsx'],
    ['../../etc', 'ocsf', 'trailview etc 2026-04-01 020000.ocsf.ndjson'],
  ] as const)('%s as %s', (text, format, name) => {
    expect(defaultExportName({ text, zone: 'Europe/Berlin' }, format, Date.parse('2026-04-01T00:00:00Z'))).toBe(name)
  })
})
