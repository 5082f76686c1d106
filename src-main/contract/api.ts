import { z } from 'zod'
import type { AppInfo, ArchiveState, ArchiveSummary, VerifyReport } from './model/app.ts'
import { reviewStatuses, type AuditEvent, type EventDetail, type EventRow } from './model/audit-event.ts'
import { listedCounts, type CollectionProgress, type CollectionRun, type ConnectionStatus } from './model/collection.ts'
import { connectionDraftSchema, type Connection, type ConnectionTest } from './model/connection.ts'
import type { ConnectorInfo } from './model/connector-info.ts'
import type { CoverageSpan } from './model/coverage.ts'
import { exportFormatSchema, type ExportJob, type PackageReport } from './model/export.ts'
import {
  bucketUnits,
  eventOrderSchema,
  facetFields,
  querySchema,
  type Count,
  type Facets,
  type Histogram,
  type ParsedQuery,
  type QueryCompletion,
  type TimelinePage,
} from './model/query.ts'
import type { SavedView } from './model/review.ts'
import { settingsSchema, type Settings } from './model/settings.ts'

declare const outputType: unique symbol

/** A method: how its input is checked at the door, and (as a type only) what comes back. */
export interface Method<I extends z.ZodType, O> {
  readonly input: I
  readonly [outputType]?: O
}

const takes = <I extends z.ZodType>(input: I) => ({ returns: <O>(): Method<I, O> => ({ input }) })
const takesNothing = takes(z.object({}))
const byId = z.object({ id: z.string() })

/** The most rows one call may ask for; whoever wants all of them follows the cursor. */
export const maxRowsPerCall = 5_000

/** UTF-8 text of a payload is sent in slices of at most this many characters. */
export const payloadSliceChars = 1_000_000

/**
 * The method table: 'area.verb' → input schema and output type. Both sides derive from it;
 * adding a method touches this table and one handler, nothing else.
 */
export const api = {
  'app.info': takesNothing.returns<AppInfo>(),
  'archive.summary': takesNothing.returns<ArchiveSummary>(),
  /** Opens an archive that has no keychain behind it; on a new archive, sets the passphrase. */
  'archive.unlock': takes(z.object({ passphrase: z.string().min(8) })).returns<ArchiveState>(),
  /** Reads every page of the archive and the whole ledger; long, cancellable. */
  'archive.verify': takesNothing.returns<VerifyReport>(),

  'connectors.list': takesNothing.returns<readonly ConnectorInfo[]>(),
  'connections.list': takesNothing.returns<readonly Connection[]>(),
  'connections.status': takesNothing.returns<readonly ConnectionStatus[]>(),
  /** Adds or changes a connection. The only way in for a credential; no reply ever holds one. */
  'connections.save': takes(connectionDraftSchema).returns<Connection>(),
  /** One authenticated call with a form that is not saved yet (`draft`) or a saved connection (`id`). */
  'connections.test': takes(z.union([byId, z.object({ draft: connectionDraftSchema })])).returns<ConnectionTest>(),
  /** Forgets connection and credential; its events stay unless `purge`. */
  'connections.remove': takes(z.object({ id: z.string(), purge: z.boolean().default(false) })).returns<{ readonly purgedEvents: number }>(),
  /** Looks a person up at the service by e-mail (where `canFindUser`). */
  'connections.findUser': takes(z.object({ id: z.string(), email: z.string() })).returns<{
    readonly user: { readonly id: string; readonly name: string | null; readonly email: string | null } | null
  }>(),

  /**
   * Starts runs (all connections when none is named) and returns at once; runs end in `collection.finished`.
   * `since` and `until` are dates as the query language writes them.
   */
  'collection.start': takes(
    z.object({
      connections: z.array(z.string()).default([]),
      since: z.string().nullable().default(null),
      until: z.string().nullable().default(null),
      /** In which `since` and `until` are read where they carry no offset. */
      zone: z.string().default('UTC'),
      full: z.boolean().default(false),
    }),
  ).returns<readonly CollectionRun[]>(),
  'collection.cancel': takes(z.object({ connection: z.string() })).returns<{ readonly wasRunning: boolean }>(),
  'collection.progress': takesNothing.returns<readonly CollectionProgress[]>(),
  /** The log of runs, newest first. */
  'collection.runs': takes(
    z.object({ connection: z.string().nullable().default(null), limit: z.number().int().min(1).max(500).default(50) }),
  ).returns<readonly CollectionRun[]>(),
  /**
   * The events behind a count of a run, newest first, by position. `gone` and `changed`: as the run found them, whatever became of them since;
   * `unmapped`: those that cannot be read to this day. Events deleted from the archive are in none.
   */
  'collection.runEvents': takes(
    z.object({
      run: z.string(),
      count: z.enum(listedCounts),
      first: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(500).default(100),
    }),
  ).returns<{ readonly run: CollectionRun; readonly rows: readonly EventRow[]; readonly first: number; readonly total: number }>(),
  /** Pulls one file's audit trail now (where `canPullFileTrail`) and returns the counts of that run. */
  'collection.pullFileTrail': takes(z.object({ connection: z.string(), fileId: z.string() })).returns<CollectionRun>(),
  'coverage.list': takes(z.object({ connection: z.string().nullable().default(null) })).returns<readonly CoverageSpan[]>(),

  'query.parse': takes(querySchema).returns<ParsedQuery>(),
  'query.complete': takes(z.object({ text: z.string(), caret: z.number().int().min(0) })).returns<readonly QueryCompletion[]>(),

  /** A page by key: `cursor` is the id of the last event received; `next` is null at the end. */
  'events.page': takes(
    z.object({
      query: querySchema,
      order: eventOrderSchema.default('newest'),
      cursor: z.string().nullable().default(null),
      limit: z.number().int().min(1).max(maxRowsPerCall).default(100),
    }),
  ).returns<{ readonly events: readonly AuditEvent[]; readonly next: string | null }>(),
  /**
   * Rows of a result by position, for the virtual list: rows `first` … `first + count - 1` of the matches in order.
   * `total` is the exact number of matches; `version` changes whenever the archive does.
   */
  'events.window': takes(
    z.object({
      query: querySchema,
      order: eventOrderSchema.default('newest'),
      first: z.number().int().min(0),
      count: z.number().int().min(1).max(500),
    }),
  ).returns<{
    readonly rows: readonly EventRow[]
    readonly first: number
    readonly total: number
    readonly version: number
    readonly tookMs: number
  }>(),
  /** The first rows of a result as soon as they are found; `total` is null where counting all matches takes longer (`events.count` does). */
  'events.first': takes(
    z.object({ query: querySchema, order: eventOrderSchema.default('newest'), count: z.number().int().min(1).max(500) }),
  ).returns<{ readonly rows: readonly EventRow[]; readonly total: number | null; readonly version: number; readonly tookMs: number }>(),
  /** Position in the result of an event, or of the first match at or before (newest) / at or after (oldest) an instant; null when there is none. */
  'events.locate': takes(
    z.object({
      query: querySchema,
      order: eventOrderSchema.default('newest'),
      at: z.union([z.object({ id: z.string() }), z.object({ instant: z.string() })]),
    }),
  ).returns<{ readonly row: number | null }>(),
  'events.count': takes(z.object({ query: querySchema })).returns<Count>(),
  /** `early`: whether what is known before the archive is loaded will do, exact or not; else the answer is exact, and waits for that. */
  'events.facets': takes(
    z.object({
      query: querySchema,
      by: z.array(z.enum(facetFields)).min(1),
      top: z.number().int().min(1).max(10_000).default(20),
      early: z.boolean().default(false),
    }),
  ).returns<Facets>(),
  /** `early`: as for facets. */
  'events.histogram': takes(
    z.object({ query: querySchema, by: z.enum(bucketUnits), early: z.boolean().default(false) }),
  ).returns<Histogram>(),
  /** How the query is answered, for tests and the curious. */
  'events.explain': takes(z.object({ query: querySchema })).returns<{ readonly steps: readonly string[] }>(),
  'events.get': takes(byId).returns<EventDetail>(),
  /** A slice of a kept payload as text: `payloadSliceChars` characters from `from`. `revision` null: the newest. */
  'events.payload': takes(
    z.object({ id: z.string(), revision: z.number().int().min(1).nullable().default(null), from: z.number().int().min(0).default(0) }),
  ).returns<{ readonly text: string; readonly totalChars: number; readonly sizeBytes: number; readonly hash: string }>(),
  /** A kept payload exactly as received, base64. */
  'events.payloadBytes': takes(z.object({ id: z.string(), revision: z.number().int().min(1).nullable().default(null) })).returns<{
    readonly base64: string
    readonly sizeBytes: number
    readonly hash: string
  }>(),
  /** What else happened: nearest events of the same actor and of the same object, before and after. */
  'events.around': takes(z.object({ id: z.string(), count: z.number().int().min(1).max(50).default(5) })).returns<{
    readonly sameActor: readonly EventRow[]
    readonly sameObject: readonly EventRow[]
  }>(),
  /** Fetches the event again from its service (where `canFetchOne`); a different payload becomes a revision. */
  'events.refetch': takes(byId).returns<{ readonly result: 'unchanged' | 'changed' | 'gone'; readonly detail: EventDetail }>(),

  'timelines.list': takes(
    z.object({
      kind: z.enum(['workspaces', 'files', 'users']),
      text: z.string().default(''),
      /** Only entries of this kind (`TimelineEntry.kind`); null: of any. */
      ofKind: z.string().nullable().default(null),
      first: z.number().int().min(0).default(0),
      count: z.number().int().min(1).max(maxRowsPerCall).default(200),
    }),
  ).returns<TimelinePage>(),

  /** Sets the review status of events by id. */
  'review.mark': takes(z.object({ ids: z.array(z.string()).min(1).max(maxRowsPerCall), status: z.enum(reviewStatuses) })).returns<{
    readonly changed: number
  }>(),
  'review.tag': takes(
    z.object({ id: z.string(), add: z.array(z.string().trim().min(1).max(60)).default([]), remove: z.array(z.string()).default([]) }),
  ).returns<{
    readonly tags: readonly string[]
  }>(),
  'review.note': takes(z.object({ id: z.string(), text: z.string().trim().min(1).max(10_000) })).returns<{ readonly noteId: string }>(),
  'views.list': takesNothing.returns<readonly SavedView[]>(),
  'views.save': takes(
    z.object({
      id: z.string().optional(),
      name: z.string().trim().min(1).max(120),
      query: z.string(),
      zone: z.string().nullable().default(null),
    }),
  ).returns<SavedView>(),
  'views.remove': takes(byId).returns<{ readonly removed: boolean }>(),

  /** Starts writing everything that matches and returns at once; ends in `exports.progressed`. `path` null: a name in the export folder. */
  'exports.start': takes(
    z.object({
      query: querySchema,
      format: exportFormatSchema,
      path: z.string().nullable().default(null),
      /** False: an existing file is an error (FILE_EXISTS). */
      overwrite: z.boolean().default(false),
    }),
  ).returns<ExportJob>(),
  'exports.list': takesNothing.returns<readonly ExportJob[]>(),
  'exports.cancel': takes(byId).returns<{ readonly wasRunning: boolean }>(),
  /** Reads all of an evidence package, of this archive or of any other; cancellable. */
  'exports.verify': takes(z.object({ path: z.string().trim().min(1) })).returns<PackageReport>(),

  'settings.get': takesNothing.returns<Settings>(),
  'settings.save': takes(settingsSchema.partial()).returns<Settings>(),
} as const

export type Api = typeof api
export type MethodName = keyof Api
/** What a caller may pass (defaults left out). */
export type Input<N extends MethodName> = z.input<Api[N]['input']>
/** What a handler receives (defaults filled in). */
export type CheckedInput<N extends MethodName> = z.output<Api[N]['input']>
export type Output<N extends MethodName> = Api[N] extends Method<z.ZodType, infer O> ? O : never
