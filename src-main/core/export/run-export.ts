import { TrailviewError } from '../../contract/errors.ts'
import type { ExportFormat } from '../../contract/model/export.ts'
import type { EventOrder, Query } from '../../contract/model/query.ts'
import type { ArchiveReader } from '../cache/archive.ts'
import { readCoverage } from '../collect/read-coverage.ts'
import type { ParseResult } from '../query/tree.ts'
import { type LineBatch, lineFormats, type LineFormatName } from './lines.ts'
import { manifestPathOf, manifestText, type Reconciliation } from './manifest.ts'
import { OutputFile, refuseUnlessFree } from './output-file.ts'
import { type ExportCounts, Tally } from './tally.ts'
import type { ExportedEvent } from './writer.ts'
import { xlsxWriter } from './xlsx.ts'

export interface ExportRequest {
  readonly query: Query
  /** The query as it was parsed; it has no problems. */
  readonly parsed: Pick<ParseResult, 'tree' | 'inWords'>
  readonly format: ExportFormat
  /** Absolute. */
  readonly path: string
  readonly overwrite: boolean
  readonly order: EventOrder
}

export interface ExportDeps {
  readonly reader: Pick<ArchiveReader, 'stream' | 'lines' | 'count' | 'coverage' | 'connections' | 'page'>
  readonly appVersion: string
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number
}

export interface ExportProgress {
  readonly rows: number
  /** Exact count of the matches when the export began. */
  readonly totalRows: number
}

export interface ExportResult {
  readonly path: string
  readonly manifestPath: string
  readonly rows: number
  readonly sha256: string
  readonly sizeBytes: number
}

/**
 * Writes every match to a file, and a manifest beside it. Memory stays constant; either both files appear whole or neither does.
 * Rejects with FILE_EXISTS, FILE_NOT_WRITABLE, DISK_FULL, CALL_CANCELLED, or INTERNAL when the rows do not reconcile with the archive's count.
 */
export async function runExport(
  request: ExportRequest,
  deps: ExportDeps,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportResult> {
  const { path, overwrite } = request
  const manifestPath = manifestPathOf(path)
  await refuseUnlessFree(manifestPath, overwrite)
  const file = await OutputFile.open(path, overwrite)
  let manifest: OutputFile | null = null
  try {
    // Before the rows: what is collected while they are written is not among them.
    const coverage = await readCoverage(deps.reader, null, deps.now())
    const written = await writeRows(request, deps, file, signal, onProgress)
    const { sha256, sizeBytes } = await file.finish()
    const { rows } = written
    const connections = (await deps.reader.connections()).map(({ id, name, service }) => ({ id, name, service }))
    const facts = {
      ...request,
      ...written,
      inWords: request.parsed.inWords,
      sizeBytes,
      sha256,
      createdAt: new Date(deps.now()).toISOString(),
      appVersion: deps.appVersion,
      coverage,
      connections,
    }

    manifest = await OutputFile.open(manifestPath, overwrite)
    await manifest.write(Buffer.from(manifestText(facts)))
    await manifest.finish()
    throwIfCancelled(signal)
    await manifest.publish(overwrite)
    await publishOrTakeBack(file, manifest, overwrite)
    return { path, manifestPath, rows, sha256, sizeBytes }
  } catch (error) {
    throwIfCancelled(signal)
    throw error
  } finally {
    await file.discard()
    await manifest?.discard()
  }
}

async function writeRows(
  request: ExportRequest,
  { reader }: ExportDeps,
  file: OutputFile,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
) {
  const query = { tree: request.parsed.tree, zone: request.query.zone }
  const before = await reader.count(query, signal)
  let rows = 0
  const advance = (written: number): void => {
    rows += written
    onProgress({ rows, totalRows: before.total })
  }
  advance(0)
  const { format } = request
  const written =
    format === 'xlsx'
      ? await writeWorkbook(reader.stream(query, request.order, signal), query.zone, file, advance, signal)
      : await writeLines(reader.lines(query, request.order, format, signal), format, query.zone, file, advance, signal)
  throwIfCancelled(signal)
  const after = await reader.count(query, signal)
  return { rows, ...written, reconciliation: reconcile(before.total, after.total, rows) }
}

interface Written {
  readonly counts: ExportCounts
  readonly notes: readonly string[]
}

/** Writes lines that were made where the events are read. */
async function writeLines(
  batches: AsyncIterable<LineBatch>,
  format: LineFormatName,
  zone: string,
  file: OutputFile,
  advance: (rows: number) => void,
  signal: AbortSignal,
): Promise<Written> {
  const { header, notes } = lineFormats[format]
  const tally = new Tally(zone)
  let inexact = 0
  await file.write(Buffer.from(header))
  for await (const { bytes, rows, counts, inexactPayloads } of batches) {
    throwIfCancelled(signal)
    await file.write(bytes)
    tally.addCounts(counts)
    inexact += inexactPayloads
    advance(rows)
  }
  return { counts: tally.counts(), notes: notes(inexact) }
}

/** Writes a workbook, of which each part depends on those before it. */
async function writeWorkbook(
  batches: AsyncIterable<readonly ExportedEvent[]>,
  zone: string,
  file: OutputFile,
  advance: (rows: number) => void,
  signal: AbortSignal,
): Promise<Written> {
  const writer = xlsxWriter((bytes) => file.write(bytes))
  const tally = new Tally(zone)
  await writer.begin()
  for await (const batch of batches) {
    throwIfCancelled(signal)
    await writer.write(batch)
    for (const { event } of batch) tally.add(event)
    advance(batch.length)
  }
  throwIfCancelled(signal)
  await writer.end()
  return { counts: tally.counts(), notes: writer.notes() }
}

/** The rows are one snapshot of the archive, taken between the two counts. */
function reconcile(countedBefore: number, countedAfter: number, rowsWritten: number): Reconciliation {
  const facts = { countedBefore, countedAfter, rowsWritten }
  if (countedBefore === countedAfter) {
    if (rowsWritten === countedBefore) return { ...facts, sentence: 'The rows are exactly as many as the archive counts for this query.' }
    throw new TrailviewError(
      'INTERNAL',
      `The export wrote ${rowsWritten} rows where the archive counts ${countedBefore}; the file was not kept. Verify the archive, then try again.`,
      { details: facts },
    )
  }
  return { ...facts, sentence: 'Events were collected or marked while the export ran; the rows are the matches of one moment in between.' }
}

/** The export appears last: whoever waits for it finds its manifest there. */
async function publishOrTakeBack(file: OutputFile, manifest: OutputFile, overwrite: boolean): Promise<void> {
  try {
    await file.publish(overwrite)
  } catch (error) {
    await manifest.unpublish()
    throw error
  }
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new TrailviewError('CALL_CANCELLED', 'The export was cancelled; nothing was written.')
}
