import type { Outcome, ServiceId, Subject, Verb } from '../../contract/model/audit-event.ts'
import type { ExportFormat } from '../../contract/model/export.ts'
import { csvLines } from './csv.ts'
import { flushBytes, type LineBytes, type TextForm } from './line-bytes.ts'
import { ndjsonLines } from './ndjson.ts'
import { ocsfLines } from './ocsf.ts'
import { type ExportCounts, Tally } from './tally.ts'
import type { ExportedEvent } from './writer.ts'

/** Formats in which each event is a line by itself, so that lines can be made anywhere and joined later. */
export type LineFormatName = Exclude<ExportFormat, 'xlsx' | 'package'>

/** How events become lines of a format. */
export interface LineFormat {
  /** What stands before the first line. */
  readonly header: string
  /** Adds an event's line. False when its payload is no UTF-8, so that the text of it is not all of it. */
  addLine(bytes: LineBytes, exported: ExportedEvent): boolean
  /** The same line in parts, for putting it together without ever making its event; null: there is no such way. */
  readonly parts: LineParts | null
  /** What a reader of the file must know, as sentences for the manifest. */
  notes(inexactPayloads: number): readonly string[]
}

/**
 * What a line of a readable event consists of, in its order: id, connection, external id, time, original time, time of collection, actor, action,
 * object, workspace, related, outcome, summary, revision, hash, payload. What many lines share is made here as text, with all that stands between
 * it and its neighbours.
 */
export interface LineParts {
  readonly begin: string
  connection(connection: { readonly id: string; readonly service: ServiceId }): string
  readonly beforeTime: string
  readonly beforeOriginal: string
  collected(receivedAt: string): string
  readonly actor: Frame
  action(action: { readonly action: string; readonly verb: Verb }): string
  readonly object: Frame
  workspace(workspace: Subject | null): string
  related(related: readonly Subject[]): string
  outcome(outcome: Outcome): string
  revision(revision: number): string
  readonly afterHash: string
  readonly end: string
  readonly textForm: TextForm
  /** Adds bytes `from` to `to`, which are UTF-8. */
  addPayload(bytes: LineBytes, payload: Uint8Array, from: number, to: number): void
}

/** What stands around and before each of several texts. */
export interface Frame {
  /** Instead of all of it. */
  readonly none: string
  readonly before: readonly string[]
  readonly end: string
}

export const lineFormats: Readonly<Record<LineFormatName, LineFormat>> = { csv: csvLines, ndjson: ndjsonLines, ocsf: ocsfLines }

/** Finished lines of some events, in order, and what they hold. */
export interface LineBatch {
  /** Only valid until the next batch is asked for. */
  readonly bytes: Uint8Array
  readonly rows: number
  readonly inexactPayloads: number
  readonly counts: ExportCounts
}

/** Collects the lines of a batch. */
export class Lines {
  readonly bytes: LineBytes
  readonly #format: LineFormat
  readonly #tally: Tally
  #rows = 0
  #inexactPayloads = 0

  /** In `bytes`, which serve one batch at a time. Days are counted in the zone (IANA). */
  constructor(bytes: LineBytes, format: LineFormatName, zone: string) {
    this.bytes = bytes
    this.#format = lineFormats[format]
    this.#tally = new Tally(zone)
    bytes.clear()
  }

  /** Enough for one write. */
  get isFull(): boolean {
    return this.bytes.length > flushBytes
  }

  add(exported: ExportedEvent): void {
    if (!this.#format.addLine(this.bytes, exported)) this.#inexactPayloads++
    this.#tally.add(exported.event)
    this.#rows++
  }

  /** Counts a line that was added to `bytes` in parts. */
  count(service: ServiceId, timeMs: number): void {
    this.#tally.addOne(service, timeMs)
    this.#rows++
  }

  /** The batch, its bytes in `room` if they fit there. */
  take(room?: Uint8Array): LineBatch {
    return { bytes: this.bytes.take(room), rows: this.#rows, inexactPayloads: this.#inexactPayloads, counts: this.#tally.counts() }
  }
}
