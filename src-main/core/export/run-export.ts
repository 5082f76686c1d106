import { basename } from 'node:path'
import type { CoverageSpan } from '../../contract/model/coverage.ts'
import type { ExportFormat } from '../../contract/model/export.ts'
import type { EventOrder, Query } from '../../contract/model/query.ts'
import type { ArchiveReader, ArchiveWriter } from '../cache/archive.ts'
import { coverageOf, readCoverage } from '../collect/read-coverage.ts'
import { evidenceEntryKind, evidenceFacts, packageNotes } from '../evidence/package-format.ts'
import { beginPackage } from '../evidence/write-package.ts'
import type { LedgerHead } from '../ledger/ledger.ts'
import type { ParseResult } from '../query/tree.ts'
import { type LineBatch, lineFormats, type LineFormatName } from './lines.ts'
import { type ExportFacts, manifestPathOf, manifestText, type ToldConnection } from './manifest.ts'
import { OutputFile, refuseUnlessFree } from './output-file.ts'
import { type ExportProgress, type Reckoned, RowCount, throwIfCancelled, type Written } from './row-count.ts'
import { Tally } from './tally.ts'
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
  readonly reader: Pick<ArchiveReader, 'stream' | 'lines' | 'evidence' | 'ledger' | 'count' | 'coverage' | 'connections' | 'page'>
  readonly writer: Pick<ArchiveWriter, 'appendLedger' | 'removedConnections'>
  readonly appVersion: string
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number
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
    const coverage = await coverageOfAll(deps)
    const teller: Teller = async (written, about) => {
      const connections = await connectionsOf(deps)
      const createdAt = new Date(deps.now()).toISOString()
      const { inWords } = request.parsed
      return manifestText({ ...request, ...written, ...about, inWords, createdAt, appVersion: deps.appVersion, coverage, connections })
    }
    const count = await RowCount.begin({ tree: request.parsed.tree, zone: request.query.zone }, deps.reader, signal, onProgress)
    const { ledger, ...written } = await writeContents(request, deps, file, count, teller, signal)
    const { sha256, sizeBytes } = await file.finish()
    const { rows } = written

    manifest = await OutputFile.open(manifestPath, overwrite)
    const about = { file: basename(path), sizeBytes, sha256, ...(ledger === undefined ? {} : { ledger }) }
    await manifest.write(Buffer.from(await teller(written, about)))
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

/** Coverage of every connection whose events may be in an export. */
async function coverageOfAll({ reader, writer, now }: ExportDeps): Promise<readonly CoverageSpan[]> {
  const spans = [...(await readCoverage(reader, null, now()))]
  for (const removed of await writer.removedConnections()) spans.push(...(await coverageOf(reader, removed, now())))
  return spans
}

async function connectionsOf({ reader, writer }: ExportDeps): Promise<readonly ToldConnection[]> {
  const told = ({ id, name, service }: ToldConnection): ToldConnection => ({ id, name, service })
  const removed = (await writer.removedConnections()).map((connection) => ({ ...told(connection), removedAt: connection.removedAt }))
  return [...(await reader.connections()).map(told), ...removed]
}

/** The text of a manifest about what was written. */
type Teller = (
  written: Reckoned,
  about: Pick<ExportFacts, 'file' | 'sizeBytes' | 'sha256' | 'ledger' | 'moment' | 'files'>,
) => Promise<string>

async function writeContents(
  { parsed, query: asked, order, format }: ExportRequest,
  { reader, writer, now }: ExportDeps,
  file: OutputFile,
  count: RowCount,
  teller: Teller,
  signal: AbortSignal,
): Promise<Reckoned & { readonly ledger?: LedgerHead }> {
  const { zone } = asked
  const query = { tree: parsed.tree, zone }
  if (format === 'xlsx') return count.reckon(await writeWorkbook(reader.stream(query, order, signal), zone, file, count))
  if (format !== 'package') return count.reckon(await writeLines(reader.lines(query, order, format, signal), format, zone, file, count))

  const evidence = reader.evidence(query, order, signal)
  const open = await beginPackage(
    (bytes) => file.write(bytes),
    zone,
    evidence,
    (rows) => count.advance(rows),
  )
  const written = await count.reckon({ counts: open.counts, notes: packageNotes(open.inexactPayloads) })
  const { moment, files } = open
  const events = files.find(({ name }) => name === 'events.ndjson')
  if (events === undefined) throw new Error('the package has no events')
  const manifest = await teller(written, { file: events.name, sizeBytes: events.sizeBytes, sha256: events.sha256, moment, files })
  const ledger = await open.seal(manifest, {
    enter: (sha256) => writer.appendLedger(evidenceEntryKind, evidenceFacts(asked, sha256), new Date(now()).toISOString()),
    lines: (entries) => reader.ledger(entries, signal),
  })
  return { ...written, ledger }
}

/** Writes lines that were made where the events are read. */
async function writeLines(
  batches: AsyncIterable<LineBatch>,
  format: LineFormatName,
  zone: string,
  file: OutputFile,
  count: RowCount,
): Promise<Written> {
  const { header, notes } = lineFormats[format]
  const tally = new Tally(zone)
  let inexact = 0
  await file.write(Buffer.from(header))
  for await (const { bytes, rows, counts, inexactPayloads } of batches) {
    await file.write(bytes)
    tally.addCounts(counts)
    inexact += inexactPayloads
    count.advance(rows)
  }
  return { counts: tally.counts(), notes: notes(inexact) }
}

/** Writes a workbook, of which each part depends on those before it. */
async function writeWorkbook(
  batches: AsyncIterable<readonly ExportedEvent[]>,
  zone: string,
  file: OutputFile,
  count: RowCount,
): Promise<Written> {
  const writer = xlsxWriter((bytes) => file.write(bytes))
  const tally = new Tally(zone)
  await writer.begin()
  for await (const batch of batches) {
    await writer.write(batch)
    for (const { event } of batch) tally.add(event)
    count.advance(batch.length)
  }
  await writer.end()
  return { counts: tally.counts(), notes: writer.notes() }
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
