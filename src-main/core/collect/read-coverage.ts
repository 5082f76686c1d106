import type { CoverageSpan } from '../../contract/model/coverage.ts'
import type { ArchiveReader, StoredConnection } from '../cache/archive.ts'
import { connectors } from '../connectors/registry.ts'
import { type CoverageFacts, coverageSpans } from './coverage-spans.ts'

const dayMs = 86_400_000

type CoveredConnection = Pick<StoredConnection, 'id' | 'service' | 'createdAt'>

/** Coverage of one connection, or of all, every instant with its state; earliest first within each stream. */
export async function readCoverage(
  reader: Pick<ArchiveReader, 'connections' | 'coverage' | 'page'>,
  connection: string | null,
  nowMs: number,
): Promise<readonly CoverageSpan[]> {
  const all: CoverageSpan[] = []
  for (const stored of await reader.connections()) {
    if (connection === null || stored.id === connection) all.push(...(await coverageOf(reader, stored, nowMs)))
  }
  return all
}

/** The same of one connection, which may have been removed. */
export async function coverageOf(
  reader: Pick<ArchiveReader, 'coverage' | 'page'>,
  { id, service, createdAt }: CoveredConnection,
  nowMs: number,
): Promise<readonly CoverageSpan[]> {
  const asked = await reader.coverage(id)
  const memory = await memoryOf(reader, { id, service, createdAt })
  const streams = new Set([...connectors[service].streams.map((stream) => stream.id), ...asked.map(({ stream }) => stream)])
  return [...streams].flatMap((stream) =>
    coverageSpans({ connection: id, stream, asked: asked.filter((span) => span.stream === stream), nowMs, ...memory }),
  )
}

/** What a service remembers. An operator may keep events longer than by default: whatever is older and came all the same tells so. */
async function memoryOf(
  reader: Pick<ArchiveReader, 'page'>,
  { id, service, createdAt }: CoveredConnection,
): Promise<Pick<CoverageFacts, 'forgottenBeforeMs' | 'keptMs'>> {
  const { retentionDays } = connectors[service].info
  if (retentionDays === null) return { forgottenBeforeMs: null, keptMs: null }
  const byRuleMs = retentionDays * dayMs
  const forgottenMs = Date.parse(createdAt) - byRuleMs
  const tree = { kind: 'field', field: 'connection', anyOf: [{ pieces: [id] }] } as const
  const oldest = (await reader.page({ tree, zone: 'UTC' }, 'oldest', null, 1)).events[0]
  if (oldest?.occurredAt == null) return { forgottenBeforeMs: forgottenMs, keptMs: byRuleMs }
  const oldestMs = Date.parse(oldest.occurredAt)
  return { forgottenBeforeMs: Math.min(forgottenMs, oldestMs), keptMs: Math.max(byRuleMs, Date.parse(oldest.collectedAt) - oldestMs) }
}
