import { createHash } from 'node:crypto'
import type { AuditEvent } from '../../src-main/contract/model/audit-event.ts'
import { scheduleFaults, type GroundTruthEvent } from '../../src-main/demo/index.ts'
import { openStand, type ConnectorName, type Stand } from './stand.ts'
import { asDocumented, type Variant } from './variants.ts'

/** What one fault schedule came to. Everything but `runs` and `faults` must be 0 or empty. */
export interface ScheduleResult {
  readonly runs: number
  readonly faults: number
  readonly events: number
  /** At the source and not in the archive. */
  readonly lost: number
  /** In the archive more than once. */
  readonly duplicated: number
  /** In the archive with another payload than the source has now, after a complete re-walk. */
  readonly stale: number
  /** In the archive, mapped, and never at the source. */
  readonly invented: number
  /** Taken away at the source before its time, archived, and not marked after a complete re-walk. */
  readonly unmarked: number
  /** In a span called complete, at the source before the run began, and not in the archive. */
  readonly falseCoverage: number
  /** What verifying the archive found. */
  readonly findings: readonly string[]
  /** Set when collection did not come to its end although nothing stood in its way any more. */
  readonly stuck: string | null
}

/** Runs in which a schedule may strike. */
const maxRuns = 8

/** Collects from one practice service, or a variant of it, through a seeded schedule of faults, then compares the archive with what the service truly holds. */
export async function runSchedule(
  connector: ConnectorName,
  seed: number,
  { events = 1_500, intensity = 0.3, variant = asDocumented }: { events?: number; intensity?: number; variant?: Variant } = {},
): Promise<ScheduleResult> {
  const stand = await openStand(connector, { seed, events, variant })
  const { source } = stand
  try {
    source.faults.load(scheduleFaults(seed, intensity, { requests: 40 }))

    const initially = timesById(source.groundTruth())
    let runs = 0
    let falseCoverage = 0
    let isQuiet = false
    while (runs < maxRuns && !isQuiet) {
      const before = timesById(source.groundTruth())
      const run = await stand.collect()
      runs += 1
      // A run that failed may not have looked yet at what came late, behind a span that was complete in its time.
      const expected = new Map(run?.status === 'done' ? before : initially)
      for (const { externalId } of source.vanished()) expected.delete(externalId)
      falseCoverage += await countFalseCoverage(stand, expected)
      isQuiet = run?.status === 'done' && source.faults.pendingCount === 0
      stand.advance(30_000)
    }

    source.faults.clear()
    source.reorder(null)
    stand.advance(60 * 60_000)
    const last = await stand.collect({ full: true })
    const stuck = last?.status === 'done' ? null : (last?.error?.message ?? 'The re-walk did not end.')

    const forgottenBeforeMs = stand.now() - (stand.retentionDays ?? Infinity) * 86_400_000
    const archived = await stand.events()
    const truth = new Map(source.groundTruth().map((event) => [event.externalId, event]))
    const vanished = timesById(source.vanished())
    const gone = new Set((await stand.events('gone')).map(({ externalId }) => externalId))
    const byId = groupByExternalId(archived.filter(({ mapped }) => mapped))
    return {
      runs,
      faults: source.faults.log.length,
      events: truth.size,
      lost: count(truth.keys(), (externalId) => !byId.has(externalId)),
      duplicated: count(byId.values(), (same) => same.length > 1),
      stale: count(
        truth.values(),
        ({ externalId, payload }) => byId.get(externalId)?.some(({ hash }) => hash !== sha256(payload)) === true,
      ),
      invented: count(byId.keys(), (externalId) => !truth.has(externalId) && !vanished.has(externalId)),
      unmarked: count(
        vanished,
        ([externalId, timeMs]) => timeMs >= forgottenBeforeMs && !truth.has(externalId) && byId.has(externalId) && !gone.has(externalId),
      ),
      falseCoverage,
      findings: await stand.verify(),
      stuck,
    }
  } finally {
    await stand.close()
  }
}

/** True when nothing went wrong. */
export function isClean(result: ScheduleResult): boolean {
  const { lost, duplicated, stale, invented, unmarked, falseCoverage, findings, stuck } = result
  return [lost, duplicated, stale, invented, unmarked, falseCoverage, findings.length].every((wrong) => wrong === 0) && stuck === null
}

function timesById(events: readonly GroundTruthEvent[]): ReadonlyMap<string, number> {
  return new Map(events.map(({ externalId, timeMs }) => [externalId, timeMs]))
}

async function countFalseCoverage(stand: Stand, times: ReadonlyMap<string, number>): Promise<number> {
  const complete = (await stand.coverage()).filter(({ state }) => state === 'complete')
  const archived = new Set((await stand.events()).map(({ externalId }) => externalId))
  const isCovered = (timeMs: number) =>
    complete.some(({ from, to }) => (from === null || timeMs >= Date.parse(from)) && timeMs < Date.parse(to))
  return count(times, ([externalId, timeMs]) => isCovered(timeMs) && !archived.has(externalId))
}

function groupByExternalId(events: readonly AuditEvent[]): ReadonlyMap<string, readonly AuditEvent[]> {
  return Map.groupBy(events, ({ externalId }) => externalId)
}

function count<T>(values: Iterable<T>, isCounted: (value: T) => boolean): number {
  let found = 0
  for (const value of values) if (isCounted(value)) found += 1
  return found
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
