import type { AuditEvent } from '../../contract/model/audit-event.ts'

/** One event with the bytes of its newest payload. */
export interface ExportedEvent {
  readonly event: AuditEvent
  readonly payload: Uint8Array
}

/** Where a format's bytes go; resolves when more may come. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>

/** One format: called begin, then write for each batch in order, then end. Holds no more than a batch. */
export interface FormatWriter {
  begin(): Promise<void>
  write(batch: readonly ExportedEvent[]): Promise<void>
  end(): Promise<void>
  /** After the end: what a reader of the file must know, as sentences for the manifest. */
  notes(): readonly string[]
}
