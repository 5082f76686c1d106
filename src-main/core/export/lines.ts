import type { ExportFormat } from '../../contract/model/export.ts'
import { ByteBuilder, flushBytes } from './byte-builder.ts'
import { csvLines } from './csv.ts'
import { ndjsonLines } from './ndjson.ts'
import { ocsfLines } from './ocsf.ts'
import { type ExportCounts, Tally } from './tally.ts'
import type { ExportedEvent } from './writer.ts'

/** Formats in which each event is a line by itself, so that lines can be made anywhere and joined later. */
export type LineFormatName = Exclude<ExportFormat, 'xlsx'>

/** How events become lines of a format. */
export interface LineFormat {
  /** What stands before the first line. */
  readonly header: string
  /** Adds an event's line. False when its payload is no UTF-8, so that the text of it is not all of it. */
  addLine(bytes: ByteBuilder, exported: ExportedEvent): boolean
  /** What a reader of the file must know, as sentences for the manifest. */
  notes(inexactPayloads: number): readonly string[]
}

export const lineFormats: Readonly<Record<LineFormatName, LineFormat>> = { csv: csvLines, ndjson: ndjsonLines, ocsf: ocsfLines }

/** Finished lines of some events, in order, and what they hold. */
export interface LineBatch {
  readonly bytes: Uint8Array
  readonly rows: number
  readonly inexactPayloads: number
  readonly counts: ExportCounts
}

/**
 * Makes lines of events until they are done or enough for one write; `stoppedAt`: the last event taken, null when none is left. Days are
 * counted in the zone (IANA).
 */
export function linesOf<Event extends ExportedEvent>(
  format: LineFormatName,
  zone: string,
  events: Iterable<Event>,
): { readonly batch: LineBatch; readonly stoppedAt: Event | null } {
  const { addLine } = lineFormats[format]
  const bytes = new ByteBuilder()
  const tally = new Tally(zone)
  let rows = 0
  let inexactPayloads = 0
  let stoppedAt: Event | null = null
  for (const exported of events) {
    if (!addLine(bytes, exported)) inexactPayloads++
    tally.add(exported.event)
    rows++
    if (bytes.length <= flushBytes) continue
    stoppedAt = exported
    break
  }
  return { batch: { bytes: bytes.take(), rows, inexactPayloads, counts: tally.counts() }, stoppedAt }
}
