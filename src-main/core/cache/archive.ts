import type { ArchiveSummary, VerifyReport } from '../../contract/model/app.ts'
import type { AuditEvent, EventDetail, EventRow, NormalisedEvent, ReviewStatus } from '../../contract/model/audit-event.ts'
import type { CollectionRun, ListedCount, RunCounts, RunError, RunStatus } from '../../contract/model/collection.ts'
import type { ConnectionOptions } from '../../contract/model/connection.ts'
import type { CoverageSpan } from '../../contract/model/coverage.ts'
import type {
  BucketUnit,
  Count,
  EventOrder,
  Facets,
  FacetField,
  Histogram,
  QueryCompletion,
  TimelinePage,
  TimelineKind,
} from '../../contract/model/query.ts'
import type { SavedView } from '../../contract/model/review.ts'
import type { ServiceId } from '../../contract/model/audit-event.ts'
import type { Json, NameFact, NameRef } from '../connectors/define.ts'
import type { EvidencePart, ProofLines } from '../evidence/evidence-part.ts'
import type { LineBatch, LineFormatName } from '../export/lines.ts'
import type { LedgerHead } from '../ledger/ledger.ts'
import type { QueryTree } from '../query/tree.ts'

/** A connection as the archive keeps it: no credential, but whether one was ever stored. */
export interface StoredConnection {
  readonly id: string
  readonly service: ServiceId
  readonly name: string
  readonly baseUrl: string
  readonly options: ConnectionOptions
  readonly createdAt: string
  readonly intervalMinutes: number | null
  readonly collectOnStart: boolean
  /** True once a credential was stored in the keychain under this connection's account. */
  readonly hasCredential: boolean
}

/** A connection that was removed and whose events were kept. */
export interface RemovedConnection extends Pick<StoredConnection, 'id' | 'service' | 'name' | 'createdAt'> {
  readonly removedAt: string
}

/** One record of a page, mapped or not. */
export interface PageRecord {
  /** The exact bytes received. */
  readonly payload: Uint8Array
  /** Null: unmapped. */
  readonly event: NormalisedEvent | null
  /** For an unmapped record: why, as a sentence, and its external id where that could be read. */
  readonly unmappedReason: string | null
  readonly externalId: string | null
  /** True: names the event wants were not asked for yet. It is remembered as such until it comes with all of them. */
  readonly lacksNames?: boolean
}

/** A span that the walk ending with this page has covered completely. */
export interface CoverageClaim {
  readonly from: string | null
  readonly to: string
  /**
   * True when everything the service holds in the span was seen in this walk: what is archived there and did not come back
   * is marked as no longer at the source (never removed). What an earlier, interrupted run of the same walk saw does not count as seen.
   */
  readonly findsGone: boolean
  /** Events older than this are not called gone: the service forgets them by rule. Null: no such rule. */
  readonly goneNotBefore: string | null
}

/** Everything of one page that commits together, or not at all. */
export interface PageCommit {
  readonly runId: string
  readonly connection: string
  readonly stream: string
  /** Fingerprint of the narrowing options: coverage of another scope does not count. */
  readonly scope: string
  readonly receivedAt: string
  readonly records: readonly PageRecord[]
  readonly names: readonly NameFact[]
  /** Stored as the stream's resume point. */
  readonly resume: Json
  /** The connector's memory after this page. */
  readonly memory: Readonly<Record<string, Json>>
  readonly requests: number
  readonly claim: CoverageClaim | null
}

/** Stored events of a connection, mapped again with names that were not known when they came. */
export interface NamedPage {
  readonly runId: string
  readonly connection: string
  readonly records: readonly PageRecord[]
  readonly names: readonly NameFact[]
  readonly at: string
}

/** What a commit did; each record is counted once in added, changed or unchanged. late and unmapped are parts of added. */
export interface PageOutcome {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly late: number
  readonly gone: number
  readonly unmapped: number
}

/** A span that was asked for, and when it was last called complete or failed, UTC. */
export interface AskedSpan extends CoverageSpan {
  readonly since: string
}

export interface StreamState {
  readonly resume: Json
  readonly memory: Readonly<Record<string, Json>>
  /** Complete spans of this scope, merged, newest first. */
  readonly complete: readonly { readonly from: string | null; readonly to: string }[]
  /** Greatest external id that is a whole number, as digits; null when there is none. For sequence streams. */
  readonly highestSequence: string | null
  /** How many events of the connection the archive holds. */
  readonly eventCount: number
}

/** Who holds the right to write, for the sentence of ARCHIVE_BUSY. */
export interface WriterHolder {
  readonly processId: number
  readonly purpose: string
  readonly since: string
}

/** The write side: one thread, one transaction per call. All methods reject with a TrailviewError (`ARCHIVE_*`, `DISK_FULL`). */
export interface ArchiveWriter {
  /**
   * Takes the right to collect, across processes; waits up to `waitMs`, then rejects with ARCHIVE_BUSY naming the holder.
   * Freed by `release`, or by the end of the process, however it ends. Small writes (settings, marks) need no hold. Within one archive
   * several holds may be taken at once; the right is free when the last one is released.
   */
  hold(purpose: string, waitMs: number, signal?: AbortSignal): Promise<{ release(): Promise<void> }>

  saveConnection(connection: StoredConnection): Promise<void>
  /** Forgets the connection; its events stay unless `purge`, and the ledger tells either way. Returns the number of purged events. */
  removeConnection(id: string, purge: boolean): Promise<number>
  /** Connections that were removed and whose events were kept, in the order they were made. Changes nothing. */
  removedConnections(): Promise<readonly RemovedConnection[]>

  beginRun(run: { readonly id: string; readonly connection: string; readonly startedAt: string; readonly trigger: string }): Promise<void>
  commitPage(page: PageCommit): Promise<PageOutcome>
  /** Marks a span as tried and not finished; a later complete claim mends it. */
  saveFailedSpan(span: {
    readonly connection: string
    readonly stream: string
    readonly scope: string
    readonly from: string | null
    readonly to: string
    readonly reason: string
  }): Promise<void>
  endRun(run: {
    readonly id: string
    readonly status: RunStatus
    readonly endedAt: string
    readonly counts: RunCounts
    readonly coverage: readonly [string | null, string] | null
    readonly error: RunError | null
  }): Promise<void>
  /**
   * Runs that another process left `running` become failed, with a sentence. Returns how many. Called while holding the right to collect.
   */
  closeAbandonedRuns(endedAt: string): Promise<number>
  /** Names learnt outside a page. */
  saveNames(connection: string, names: readonly NameFact[], learntAt: string): Promise<void>
  /**
   * Keeps names learnt, and gives stored events that lacked names the mapping they have now. No revision: an event whose payload is not
   * the one given any more is left as it is. Returns how many were named.
   */
  nameEvents(page: NamedPage): Promise<number>
  /**
   * Marks one event as no longer at the source, as far as a question in this scope can tell: one that was first brought in another scope is left as it
   * is, which resolves to false.
   */
  markGone(eventId: string, scope: string, at: string): Promise<boolean>

  markReview(ids: readonly string[], status: ReviewStatus, at: string): Promise<number>
  tag(id: string, add: readonly string[], remove: readonly string[], at: string): Promise<readonly string[]>
  note(id: string, text: string, at: string): Promise<string>
  saveView(view: SavedView): Promise<void>
  removeView(id: string): Promise<boolean>
  /** Small facts of the app itself (settings, exports log), by key. */
  saveFact(key: string, value: Json): Promise<void>
  /**
   * Appends an entry about something done with the archive (an export, a removal) to the ledger; resolves to how far the ledger goes with
   * it.
   */
  appendLedger(kind: string, facts: Readonly<Record<string, Json>>, at: string): Promise<LedgerHead>
}

/** A name as the archive knows it. */
export interface KnownName extends NameFact {
  /** When the service was last asked, UTC. */
  readonly checkedAt: string
}

export interface EventQuery {
  readonly tree: QueryTree
  /** IANA name. */
  readonly zone: string
}

/** The detail of an event as far as the archive alone can tell it. */
export interface StoredDetail extends Omit<EventDetail, 'awaitedNames'> {
  /** True: it was stored without names it wants. */
  readonly lacksNames: boolean
}

/** The read side: reader threads over the same file; never waits for the writer. Each call may be cancelled. */
export interface ArchiveReader {
  page(
    query: EventQuery,
    order: EventOrder,
    cursor: string | null,
    limit: number,
    signal?: AbortSignal,
  ): Promise<{ readonly events: readonly AuditEvent[]; readonly next: string | null }>
  window(
    query: EventQuery,
    order: EventOrder,
    first: number,
    count: number,
    signal?: AbortSignal,
  ): Promise<{ readonly rows: readonly EventRow[]; readonly first: number; readonly total: number; readonly version: number }>
  /** The first rows as soon as they are found; `total` is null where it is not known by then. */
  first(
    query: EventQuery,
    order: EventOrder,
    count: number,
    signal?: AbortSignal,
  ): Promise<{ readonly rows: readonly EventRow[]; readonly total: number | null; readonly version: number }>
  locate(
    query: EventQuery,
    order: EventOrder,
    at: { readonly id: string } | { readonly instant: string },
    signal?: AbortSignal,
  ): Promise<number | null>
  count(query: EventQuery, signal?: AbortSignal): Promise<Count>
  /** `early`: whether what is known before the archive is loaded will do, exact or not. */
  facets(query: EventQuery, by: readonly FacetField[], top: number, early: boolean, signal?: AbortSignal): Promise<Facets>
  histogram(query: EventQuery, by: BucketUnit, early: boolean, signal?: AbortSignal): Promise<Histogram>
  explain(query: EventQuery): Promise<readonly string[]>
  get(id: string): Promise<StoredDetail>
  /** The kept bytes of a payload; `revision` null: the newest. */
  payload(id: string, revision: number | null): Promise<{ readonly bytes: Uint8Array; readonly hash: string }>
  /** Events with their newest payloads, in order, for exports; constant memory, one snapshot of the archive from first to last. */
  stream(
    query: EventQuery,
    order: EventOrder,
    signal?: AbortSignal,
  ): AsyncIterable<readonly { readonly event: AuditEvent; readonly payload: Uint8Array }[]>
  /** The same as finished lines of a format, in order. */
  lines(query: EventQuery, order: EventOrder, format: LineFormatName, signal?: AbortSignal): AsyncIterable<LineBatch>
  /**
   * The same as lines of NDJSON, and then all that proves them, of the same moment: earlier payloads, and the pages of the ledger that
   * brought them.
   */
  evidence(query: EventQuery, order: EventOrder, signal?: AbortSignal): AsyncIterable<EvidencePart>
  /** The ledger's entries up to a number, each as it is hashed, in lines. */
  ledger(entries: number, signal?: AbortSignal): AsyncIterable<ProofLines>
  around(id: string, count: number): Promise<{ readonly sameActor: readonly EventRow[]; readonly sameObject: readonly EventRow[] }>
  timelines(
    kind: TimelineKind,
    text: string,
    ofKind: string | null,
    first: number,
    count: number,
    signal?: AbortSignal,
  ): Promise<TimelinePage>
  /** Values of a field that contain the folded text, with counts, for completion. */
  completeValue(
    field: string,
    foldedText: string,
    limit: number,
    signal?: AbortSignal,
  ): Promise<readonly Pick<QueryCompletion, 'insert' | 'label' | 'count' | 'services'>[]>
  summary(): Promise<ArchiveSummary>

  connections(): Promise<readonly StoredConnection[]>
  connectionCounts(): Promise<
    readonly {
      readonly connection: string
      readonly events: number
      readonly unmapped: number
      readonly changed: number
      readonly late: number
      readonly gone: number
    }[]
  >
  runs(connection: string | null, limit: number): Promise<readonly CollectionRun[]>
  run(id: string): Promise<CollectionRun | null>
  /** The events behind a count of a run, newest first, from the `first` on. */
  runEvents(
    run: string,
    count: ListedCount,
    first: number,
    limit: number,
  ): Promise<{ readonly rows: readonly EventRow[]; readonly total: number }>
  coverage(connection: string | null): Promise<readonly AskedSpan[]>
  streamState(connection: string, stream: string, scope: string): Promise<StreamState>
  /** What was last learnt of these refs; those never asked for are left out. */
  names(connection: string, refs: readonly NameRef[]): Promise<readonly KnownName[]>
  /**
   * Events that were stored without names they want, in order of arrival, from the first after `afterSeq`: newest payloads, byte for byte.
   */
  lackingNames(
    connection: string,
    afterSeq: number,
    limit: number,
  ): Promise<readonly { readonly seq: number; readonly payload: Uint8Array }[]>
  /** How many events of each connection were stored without names they want; connections without any are left out. */
  lackingNamesCounts(): Promise<ReadonlyMap<string, number>>
  /** Which of these external ids are archived already. */
  knownExternalIds(connection: string, ids: readonly string[]): Promise<ReadonlySet<string>>
  views(): Promise<readonly SavedView[]>
  fact(key: string): Promise<Json | undefined>
  verify(onProgress: (done: number, total: number) => void, signal?: AbortSignal): Promise<VerifyReport>
  /** Called when another thread or process has committed; returns its undo. */
  onChanged(listener: (change: { readonly added: number; readonly changed: number }) => void): () => void
}

export interface Archive {
  readonly writer: ArchiveWriter
  readonly reader: ArchiveReader
  close(): Promise<void>
}

export interface OpenArchiveOptions {
  readonly home: string
  /** 32 random bytes, hex. */
  readonly keyHex: string
  readonly workerUrl: URL
  readonly onProgress?: (task: string, done: number, total: number | null) => void
  /** Events loaded so far, also after the first rows can be read; null once all are, and everything can be searched. */
  readonly onLoading?: (progress: { readonly done: number; readonly total: number } | null) => void
}
