import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { AuditEvent } from '../../../src-main/contract/model/audit-event.ts'
import type { ExportFormat } from '../../../src-main/contract/model/export.ts'
import { parseQuery } from '../../../src-main/core/query/parse.ts'
import { LineBytes } from '../../../src-main/core/export/line-bytes.ts'
import { type LineBatch, type LineFormatName, Lines } from '../../../src-main/core/export/lines.ts'
import type { ExportProgress } from '../../../src-main/core/export/row-count.ts'
import { runExport, type ExportDeps, type ExportResult } from '../../../src-main/core/export/run-export.ts'
import type { ExportedEvent } from '../../../src-main/core/export/writer.ts'
import { oracleEvent } from '../query/query-samples.ts'

/** A folder of its own for one test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trailview-export-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** An event with a payload of the given bytes or text, and its true hash. */
export function exported(event: Partial<AuditEvent> = {}, payload: string | Uint8Array = '{"id":501}'): ExportedEvent {
  const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload
  return { event: { ...oracleEvent(event).event, hash: createHash('sha256').update(bytes).digest('hex') }, payload: bytes }
}

const lineBytes = new LineBytes()

/** Lines of events, all in one batch. */
export function linesOf(format: LineFormatName, zone: string, events: Iterable<ExportedEvent>): LineBatch {
  const lines = new Lines(lineBytes, format, zone)
  for (const event of events) lines.add(event)
  return lines.take()
}

/** An archive's reader over events in memory, in batches of two. */
export function readerOf(events: readonly ExportedEvent[], counts: readonly number[] = []): ExportDeps['reader'] {
  let counted = 0
  return {
    count: () => Promise.resolve({ total: counts[counted++] ?? events.length, exact: true }),
    async *stream() {
      for (let at = 0; at < events.length; at += 2) yield await Promise.resolve(events.slice(at, at + 2))
    },
    async *lines({ zone }, _order, format) {
      for (let at = 0; at < events.length; at += 2) yield await Promise.resolve(linesOf(format, zone, events.slice(at, at + 2)))
    },
    // Nothing proves events in memory: a package of them is whole, and not sound.
    async *evidence({ zone }) {
      yield await Promise.resolve({ kind: 'moment', ledger: { entries: 0, hash: '' } })
      for (let at = 0; at < events.length; at += 2) yield { kind: 'events', lines: linesOf('ndjson', zone, events.slice(at, at + 2)) }
    },
    async *ledger() {
      yield* await Promise.resolve([])
    },
    coverage: () => {
      const to = '2026-03-01T00:00:00.000Z'
      return Promise.resolve([{ connection: 'c1', stream: 'activity', from: null, to, state: 'complete', since: to }])
    },
    page: () => Promise.resolve({ events: [], next: null }),
    connections: () =>
      Promise.resolve([
        {
          id: 'c1',
          service: 'onehub',
          name: 'Main office',
          baseUrl: 'https://host',
          options: {},
          createdAt: '',
          intervalMinutes: null,
          collectOnStart: false,
          hasCredential: true,
        },
      ]),
  }
}

export interface RunOptions {
  readonly format?: ExportFormat
  readonly path?: string
  readonly overwrite?: boolean
  readonly query?: string
  readonly zone?: string
  /** A real archive to export from, instead of the events. */
  readonly archive?: Pick<ExportDeps, 'reader' | 'writer'>
  readonly reader?: ExportDeps['reader']
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ExportProgress) => void
}

/** Exports the events into a folder of the test's own. */
export async function runSample(events: readonly ExportedEvent[], options: RunOptions = {}): Promise<ExportResult> {
  const { format = 'csv', overwrite = false, zone = 'UTC', query = '' } = options
  const path = options.path ?? join(await temporaryFolder(), `out.${format}`)
  const parsed = parseQuery(query, { zone, nowMs: 0 })
  const archive = options.archive ?? {
    reader: options.reader ?? readerOf(events),
    writer: { appendLedger: () => Promise.resolve({ entries: 0, hash: '' }), removedConnections: () => Promise.resolve([]) },
  }
  const deps = { ...archive, appVersion: '1.2.3', now: () => Date.parse('2026-04-01T00:00:00Z') }
  return runExport(
    { query: { text: query, zone }, parsed, format, path, overwrite, order: 'newest' },
    deps,
    options.signal ?? new AbortController().signal,
    options.onProgress ?? (() => undefined),
  )
}

const manifestSchema = z.looseObject({
  file: z.string(),
  rows: z.number(),
  sha256: z.string(),
  sizeBytes: z.number(),
  createdBy: z.string(),
  query: z.record(z.string(), z.string()),
  counts: z.unknown(),
  reconciliation: z.looseObject({ sentence: z.string() }),
  coverage: z.array(z.unknown()),
  connections: z.array(z.unknown()),
  notes: z.array(z.string()),
})

/** The manifest of an export, checked for its shape. */
export async function readManifest(result: ExportResult): Promise<z.infer<typeof manifestSchema>> {
  return manifestSchema.parse(JSON.parse(await readFile(result.manifestPath, 'utf8')))
}

/** Names of everything in a folder, hidden files included. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder)).sort()
}
