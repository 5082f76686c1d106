import type { CollectionRun, ConnectionActivity, ConnectionStatus } from '../../contract/model/collection.ts'
import type { CoverageSpan } from '../../contract/model/coverage.ts'
import type { ArchiveReader } from '../cache/archive.ts'
import { dueMs, type Standstill } from './schedule.ts'

/** What only the collector knows of a connection at this moment. */
export interface LiveState {
  readonly isRunning: boolean
  readonly isQueued: boolean
  /** What a running collection waits for; null when it does not. */
  readonly waiting: string | null
  readonly standstill: Standstill | null
  readonly lastRun: CollectionRun | null
  readonly runsSchedule: boolean
}

/** The state of every connection, from the archive and from what is under way. */
export async function connectionStatuses(
  reader: Pick<ArchiveReader, 'connections' | 'connectionCounts' | 'lackingNamesCounts' | 'runs' | 'coverage'>,
  liveState: (connection: string) => LiveState,
): Promise<readonly ConnectionStatus[]> {
  const [connections, counts, lacking, coverage] = await Promise.all([
    reader.connections(),
    reader.connectionCounts(),
    reader.lackingNamesCounts(),
    reader.coverage(null),
  ])
  return Promise.all(
    connections.map(async (connection): Promise<ConnectionStatus> => {
      const live = liveState(connection.id)
      const lastRun = live.lastRun ?? (await reader.runs(connection.id, 1))[0] ?? null
      const count = counts.find((entry) => entry.connection === connection.id)
      const nextMs = live.runsSchedule && !live.isRunning ? dueMs(connection, lastRun?.startedAt ?? null, live.standstill) : null
      return {
        connection: connection.id,
        ...activityOf(live),
        lastRun,
        completeTo: completeTo(coverage.filter((span) => span.connection === connection.id)),
        nextRunAt: nextMs === null ? null : new Date(nextMs).toISOString(),
        eventCount: count?.events ?? 0,
        unmappedCount: count?.unmapped ?? 0,
        changedCount: count?.changed ?? 0,
        lateCount: count?.late ?? 0,
        goneCount: count?.gone ?? 0,
        awaitingNamesCount: lacking.get(connection.id) ?? 0,
      }
    }),
  )
}

function activityOf(live: LiveState): { readonly activity: ConnectionActivity; readonly sentence: string | null } {
  if (live.waiting !== null) return { activity: 'waiting', sentence: live.waiting }
  if (live.isRunning) return { activity: 'running', sentence: null }
  if (live.isQueued) return { activity: 'queued', sentence: null }
  if (live.standstill !== null) return { activity: live.standstill.kind, sentence: live.standstill.sentence }
  return { activity: 'idle', sentence: null }
}

/** The newest end of complete spans; with several streams, of the one that is furthest behind. */
function completeTo(spans: readonly CoverageSpan[]): string | null {
  const newest = new Map<string, string>()
  for (const { stream, state, to } of spans) if (state === 'complete' && to > (newest.get(stream) ?? '')) newest.set(stream, to)
  return [...newest.values()].toSorted()[0] ?? null
}
