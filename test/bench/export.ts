import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEvent } from '../../src-main/contract/model/audit-event.ts'
import { exportFormatSchema } from '../../src-main/contract/model/export.ts'
import { LineBytes } from '../../src-main/core/export/line-bytes.ts'
import { type LineBatch, type LineFormatName, Lines } from '../../src-main/core/export/lines.ts'
import { runExport, type ExportDeps } from '../../src-main/core/export/run-export.ts'
import type { ExportedEvent } from '../../src-main/core/export/writer.ts'

/**
 * Rows a second of each format, from events in memory to a file on disk: `node test/bench/export.ts [events] [format…]`.
 * Payloads have about 740 bytes.
 */
const [eventsText = '1000000', ...formats] = process.argv.slice(2)
/** An evidence package takes an archive. */
const memoryFormatSchema = exportFormatSchema.exclude(['package'])
const total = Number(eventsText)
const batchSize = 1_000
const lineBytes = new LineBytes()
const startMs = Date.parse('2024-01-01T00:00:00Z')

const folder = await mkdtemp(join(tmpdir(), 'trailview-bench-'))
try {
  for (const format of formats.length > 0 ? formats.map((name) => memoryFormatSchema.parse(name)) : memoryFormatSchema.options) {
    let peakBytes = 0
    const path = join(folder, `events.${format}`)
    const startedAt = performance.now()
    const cpuBefore = process.cpuUsage()
    await runExport(
      {
        query: { text: '', zone: 'Europe/Berlin' },
        parsed: { tree: { kind: 'all' }, inWords: 'all events' },
        format,
        path,
        overwrite: false,
        order: 'newest',
      },
      deps(),
      new AbortController().signal,
      () => (peakBytes = Math.max(peakBytes, process.memoryUsage.rss())),
    )
    const seconds = (performance.now() - startedAt) / 1000
    const cpu = process.cpuUsage(cpuBefore)
    const { size } = await stat(path)
    console.log(
      `${format.padEnd(6)} ${Math.round(total / seconds).toLocaleString('en')} rows/s, ${((cpu.user + cpu.system) / total).toFixed(1)} µs of CPU a row, ${Math.round(size / total)} bytes a row, peak memory ${Math.round(peakBytes / 1e6)} MB`,
    )
    await rm(path)
  }
} finally {
  await rm(folder, { recursive: true })
}

function deps(): ExportDeps {
  return {
    reader: {
      stream: () => batches(),
      lines: (query, _order, format) => lineBatches(query.zone, format),
      evidence: noArchive,
      ledger: noArchive,
      count: () => Promise.resolve({ total, exact: true }),
      coverage: () => Promise.resolve([]),
      page: () => Promise.resolve({ events: [], next: null }),
      connections: () => Promise.resolve([]),
    },
    writer: { appendLedger: noArchive, removedConnections: () => Promise.resolve([]) },
    appVersion: '0.0.0',
    now: Date.now,
  }
}

function noArchive(): never {
  throw new Error('there is no archive behind these events')
}

async function* lineBatches(zone: string, format: LineFormatName): AsyncGenerator<LineBatch> {
  for await (const batch of batches()) {
    const lines = new Lines(lineBytes, format, zone)
    for (const event of batch) lines.add(event)
    yield lines.take()
  }
}

async function* batches(): AsyncGenerator<readonly ExportedEvent[]> {
  const batch = Array.from({ length: batchSize }, (_, i) => exportedEvent(i))
  for (let from = 0; from < total; from += batchSize) {
    const occurredAt = new Date(startMs + (total - from) * 1_000).toISOString()
    yield batch.slice(0, total - from).map(({ event, payload }) => ({ event: { ...event, occurredAt }, payload }))
  }
}

function exportedEvent(i: number): ExportedEvent {
  const event: AuditEvent = {
    id: `f3c9a1${i.toString(16).padStart(18, '0')}`,
    connection: 'c-1',
    service: 'onehub',
    externalId: String(5_063_247 + i),
    occurredAt: null,
    occurredAtOriginal: '2016-01-18T11:16:53-08:00',
    collectedAt: '2026-01-01T00:00:00.000Z',
    actor: { id: String(i % 97), name: `Matthew Anderson ${i % 97}`, email: `matthew.${i % 97}@example.org`, kind: 'user' },
    action: 'viewed',
    verb: 'read',
    object: { kind: 'file', id: String(849_607 + i), name: `plan, part "${i}".pdf` },
    workspace: { kind: 'workspace', id: '4137', name: 'Testing the API' },
    related: [{ kind: 'folder', id: '17', name: 'Plans' }],
    outcome: 'unknown',
    summary: `Matthew Anderson viewed the plan, part "${i}".pdf File (7 KB) in the Testing the API Workspace`,
    revision: 1,
    hash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    mapped: true,
  }
  const payload = JSON.stringify({ item: { ...event, detail: `<a href="/files/${i}">plan</a>`, note: 'ä' } })
  return { event, payload: Buffer.from(payload) }
}
