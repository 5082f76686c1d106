import { statSync } from 'node:fs'
import type { ArchiveSummary } from '../../../../contract/model/app.ts'
import type { ServiceId } from '../../../../contract/model/audit-event.ts'
import type { CollectionRun, RunCounts, RunError, RunStatus } from '../../../../contract/model/collection.ts'
import type { SavedView } from '../../../../contract/model/review.ts'
import type { Json, NameRef } from '../../../connectors/define.ts'
import type { ArchiveReader, AskedSpan, KnownName, StoredConnection, StreamState } from '../../archive.ts'
import type { Database } from '../../driver.ts'
import { findSeqs, keyOfExternalId, storedExternalId } from '../../identity.ts'
import type { ArchiveState } from '../archive-state.ts'
import { flag } from '../columns/columns.ts'
import { prepared } from './prepared.ts'
import { numberAt } from '../columns/split-column.ts'

interface ConnectionRow {
  readonly id: string
  readonly service: ServiceId
  readonly name: string
  readonly base_url: string
  readonly options: string
  readonly created_at: string
  readonly interval_minutes: number | null
  readonly collect_on_start: number
  readonly has_credential: number
}

/** Connections that were not removed, in the order they were made. */
export function readConnections(db: Database): readonly StoredConnection[] {
  return prepared<[], ConnectionRow>(db, 'SELECT * FROM connection WHERE removed_at IS NULL ORDER BY num')
    .all()
    .map((row) => ({
      id: row.id,
      service: row.service,
      name: row.name,
      baseUrl: row.base_url,
      options: JSON.parse(row.options) as StoredConnection['options'],
      createdAt: row.created_at,
      intervalMinutes: row.interval_minutes,
      collectOnStart: row.collect_on_start === 1,
      hasCredential: row.has_credential === 1,
    }))
}

interface RunRow {
  readonly id: string
  readonly connection: string
  readonly status: RunStatus
  readonly started_at: string
  readonly ended_at: string | null
  readonly counts: string
  readonly coverage: string | null
  readonly error: string | null
}

/** The log of runs, newest first. */
export function readRuns(db: Database, connection: string | null, limit: number): readonly CollectionRun[] {
  return prepared<[string | null, number], RunRow>(
    db,
    'SELECT * FROM run WHERE connection = coalesce(?, connection) ORDER BY started_at DESC, id DESC LIMIT CAST(? AS INTEGER)',
  )
    .all(connection, limit)
    .map(runOf)
}

/** One run; null when the log has none with that id. */
export function readRun(db: Database, id: string): CollectionRun | null {
  const row = prepared<[string], RunRow>(db, 'SELECT * FROM run WHERE id = ?').get(id)
  return row === undefined ? null : runOf(row)
}

function runOf(row: RunRow): CollectionRun {
  return {
    ...(JSON.parse(row.counts) as RunCounts),
    id: row.id,
    connection: row.connection,
    status: row.status,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    coverage: row.coverage === null ? null : (JSON.parse(row.coverage) as [string | null, string]),
    error: row.error === null ? null : (JSON.parse(row.error) as RunError),
  }
}

/**
 * The spans that were asked for, complete and failed, by connection and stream, earliest first. What lies between and before them
 * (`never`, `expired`) follows from them and from what the service keeps; whoever knows its retention adds that.
 */
export function readCoverage(db: Database, connection: string | null): readonly AskedSpan[] {
  return prepared<
    [string | null],
    { connection: string; stream: string; from_ms: number | null; to_ms: number; state: 'complete' | 'failed'; since: string }
  >(
    db,
    `SELECT c.connection, c.stream, c.from_ms, c.to_ms, c.state, c.since FROM coverage c
     LEFT JOIN stream s ON s.connection = c.connection AND s.stream = c.stream
     WHERE c.connection = coalesce(?, c.connection) AND (s.scope IS NULL OR s.scope = c.scope)
     ORDER BY c.connection, c.stream, c.from_ms IS NOT NULL, c.from_ms, c.to_ms`,
  )
    .all(connection)
    .map((row) => ({
      connection: row.connection,
      stream: row.stream,
      from: row.from_ms === null ? null : new Date(row.from_ms).toISOString(),
      to: new Date(row.to_ms).toISOString(),
      state: row.state,
      since: row.since,
    }))
}

/** Where a stream stands; the events themselves are the caller's to add. */
export function readStream(
  db: Database,
  connection: string,
  stream: string,
  scope: string,
): Omit<StreamState, 'highestSequence' | 'eventCount'> {
  const row = prepared<[string, string], { scope: string; resume: string; memory: string }>(
    db,
    'SELECT scope, resume, memory FROM stream WHERE connection = ? AND stream = ?',
  ).get(connection, stream)
  const spans = prepared<[string, string, string], Span>(
    db,
    "SELECT from_ms, to_ms FROM coverage WHERE connection = ? AND stream = ? AND scope = ? AND state = 'complete' ORDER BY from_ms IS NOT NULL, from_ms",
  ).all(connection, stream, scope)
  return {
    resume: row === undefined || row.scope !== scope ? null : (JSON.parse(row.resume) as Json),
    memory: row === undefined ? {} : (JSON.parse(row.memory) as Readonly<Record<string, Json>>),
    complete: merged(spans)
      .map((span) => ({
        from: span.from_ms === null ? null : new Date(span.from_ms).toISOString(),
        to: new Date(span.to_ms).toISOString(),
      }))
      .toReversed(),
  }
}

interface Span {
  readonly from_ms: number | null
  readonly to_ms: number
}

function merged(spans: readonly Span[]): readonly Span[] {
  const joined: { from_ms: number | null; to_ms: number }[] = []
  for (const span of spans) {
    const before = joined.at(-1)
    if (before !== undefined && (span.from_ms ?? -Infinity) <= before.to_ms) before.to_ms = Math.max(before.to_ms, span.to_ms)
    else joined.push({ ...span })
  }
  return joined
}

/** What was last learnt of the refs. */
export function readNames(db: Database, connection: string, refs: readonly NameRef[]): readonly KnownName[] {
  const find = prepared<
    [string, string, string],
    { name: string | null; email: string | null; parent_kind: string | null; parent_id: string | null; checked_at: string }
  >(
    db,
    'SELECT name, email, parent_kind, parent_id, checked_at FROM name WHERE connection = ? AND kind = ? AND id = ? ORDER BY num DESC LIMIT 1',
  )
  return refs.flatMap(({ kind, id }) => {
    const row = find.get(connection, kind, id)
    if (row === undefined) return []
    const parent = row.parent_kind === null || row.parent_id === null ? null : { kind: row.parent_kind, id: row.parent_id }
    return [{ kind, id, name: row.name, email: row.email, parent, checkedAt: row.checked_at }]
  })
}

/** Which of these external ids are archived. */
export function readKnownIds(db: Database, connection: string, ids: readonly string[]): ReadonlySet<string> {
  const seqs = findSeqs(
    db,
    ids.map((id) => keyOfExternalId(connection, storedExternalId(id))),
  )
  return new Set(ids.filter((_, at) => seqs[at] !== null))
}

export function readViews(db: Database): readonly SavedView[] {
  return prepared<[], SavedView>(db, 'SELECT id, name, query, zone, created_at AS createdAt FROM view ORDER BY name, id').all()
}

/** A fact kept by key; undefined: none. */
export function readFact(db: Database, key: string): Json | undefined {
  const json = prepared<[string], string>(db, 'SELECT json FROM fact WHERE key = ?', 'values').get(key)
  return json === undefined ? undefined : (JSON.parse(json) as Json)
}

/** The archive in a few numbers. `paths` are its files. */
export function summaryOfArchive({ columns, order }: ArchiveState, paths: readonly string[]): ArchiveSummary {
  let unmappedCount = 0
  for (let row = 0; row < columns.count; row++) {
    if (((columns.flags[row] as number) & (flag.unmapped | flag.removed)) === flag.unmapped) unmappedCount++
  }
  const timeAt = (position: number): string | null =>
    order.timedCount === 0 ? null : new Date(columns.timeMs(order.rows[position] ?? 0)).toISOString()
  return {
    eventCount: columns.count - columns.removedCount,
    unmappedCount,
    firstAt: timeAt(0),
    lastAt: timeAt(order.timedCount - 1),
    sizeBytes: paths.reduce((total, path) => total + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0),
  }
}

type ConnectionCounts = Awaited<ReturnType<ArchiveReader['connectionCounts']>>

/** Events by connection, and how many of them carry each mark. */
export function countConnections({ columns, dictionaries }: ArchiveState): ConnectionCounts {
  const { connections, contexts } = dictionaries
  const { context, flags, count } = columns
  // By connection, counts by flags; place 0 is that of rows without an event.
  const places = new Map([...connections.keys()].map((num, at) => [num, at + 1]))
  const placeOf = Uint32Array.from({ length: contexts.count }, (_, number) => places.get(contexts.connection.at(number)) ?? 0)
  const perFlags = new Uint32Array((places.size + 1) * 256)
  for (let row = 0; row < count; row++) {
    const at = (placeOf[numberAt(context, row)] as number) * 256 + (flags[row] as number)
    perFlags[at] = (perFlags[at] as number) + 1
  }
  return [...connections.values()].map(({ num, id }) => {
    const counts = perFlags.subarray((places.get(num) ?? 0) * 256).subarray(0, 256)
    const having = (bit: number): number =>
      counts.reduce((total, n, value) => total + ((value & bit) !== 0 && (value & flag.removed) === 0 ? n : 0), 0)
    const removed = counts.reduce((total, n, value) => total + ((value & flag.removed) !== 0 ? n : 0), 0)
    return {
      connection: id,
      events: counts.reduce((total, n) => total + n, 0) - removed,
      unmapped: having(flag.unmapped),
      changed: having(flag.revision),
      late: having(flag.late),
      gone: having(flag.gone),
    }
  })
}
