import type { CoverageSpan } from '../../contract/model/coverage.ts'
import type { ArchiveReader, StoredConnection } from '../cache/archive.ts'
import { connectors } from '../connectors/registry.ts'
import { coverageSpans } from './coverage-spans.ts'

const dayMs = 86_400_000

/** Coverage of one connection, or of all, every instant with its state; earliest first within each stream. */
export async function readCoverage(reader: ArchiveReader, connection: string | null, nowMs: number): Promise<readonly CoverageSpan[]> {
  const all: CoverageSpan[] = []
  for (const stored of await reader.connections()) {
    if (connection !== null && stored.id !== connection) continue
    const asked = await reader.coverage(stored.id)
    const forgottenBeforeMs = await forgottenBefore(reader, stored)
    const streams = new Set([...connectors[stored.service].streams.map(({ id }) => id), ...asked.map(({ stream }) => stream)])
    for (const stream of streams) {
      all.push(
        ...coverageSpans({
          connection: stored.id,
          stream,
          asked: asked.filter((span) => span.stream === stream),
          nowMs,
          forgottenBeforeMs,
        }),
      )
    }
  }
  return all
}

/** An operator may keep events longer than the service's default: whatever is older and came all the same moves the horizon back. */
async function forgottenBefore(reader: ArchiveReader, { id, service, createdAt }: StoredConnection): Promise<number | null> {
  const { retentionDays } = connectors[service].info
  if (retentionDays === null) return null
  const byRuleMs = Date.parse(createdAt) - retentionDays * dayMs
  const tree = { kind: 'field', field: 'connection', anyOf: [{ pieces: [id] }] } as const
  const oldest = (await reader.page({ tree, zone: 'UTC' }, 'oldest', null, 1)).events[0]?.occurredAt
  return oldest == null ? byRuleMs : Math.min(byRuleMs, Date.parse(oldest))
}
