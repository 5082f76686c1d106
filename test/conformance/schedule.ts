import { createHash } from 'node:crypto'
import type { AuditEvent, ServiceId } from '../../src-main/contract/model/audit-event.ts'
import { scheduleFaults, startPracticeServices, type GroundTruthEvent } from '../../src-main/demo/index.ts'
import { createHurriedClock } from '../support/hurried-clock.ts'
import { openCore, type TestCore } from '../support/open-core.ts'

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
const startMs = Date.UTC(2026, 5, 15, 9, 30)

/** Collects from one practice service through a seeded schedule of faults, then compares the archive with what the service truly holds. */
export async function runSchedule(service: ServiceId, seed: number, { events = 1_500, intensity = 0.3 } = {}): Promise<ScheduleResult> {
  const practice = await startPracticeServices({ seed, events, nowMs: startMs })
  const source = practice[service]
  const clock = createHurriedClock(startMs, (nowMs) => practice.clock.set(nowMs))
  const core = await openCore({ clock })
  try {
    const { baseUrl, credential } = source
    const { id } = await core.call('connections.save', { service, name: service, baseUrl, credential: { ...credential } })
    source.faults.load(scheduleFaults(seed, intensity, { requests: 40 }))

    const initially = timesById(source.groundTruth())
    let runs = 0
    let falseCoverage = 0
    let isQuiet = false
    while (runs < maxRuns && !isQuiet) {
      const before = timesById(source.groundTruth())
      const [run] = await core.collect({ connections: [id] })
      runs += 1
      // A run that failed may not have looked yet at what came late, behind a span that was complete in its time.
      const expected = new Map(run?.status === 'done' ? before : initially)
      for (const { externalId } of source.vanished()) expected.delete(externalId)
      falseCoverage += await countFalseCoverage(core, expected)
      isQuiet = run?.status === 'done' && source.faults.pendingCount === 0
      clock.advance(30_000)
    }

    source.faults.clear()
    source.reorder(null)
    clock.advance(60 * 60_000)
    const [last] = await core.collect({ connections: [id], full: true })
    const stuck = last?.status === 'done' ? null : (last?.error?.message ?? 'The re-walk did not end.')

    const retentionDays = (await core.call('connectors.list', {})).find((info) => info.service === service)?.retentionDays ?? Infinity
    const forgottenBeforeMs = clock.now() - retentionDays * 86_400_000
    const archived = await core.events()
    const truth = new Map(source.groundTruth().map((event) => [event.externalId, event]))
    const vanished = timesById(source.vanished())
    const gone = new Set((await core.events('has:gone')).map(({ externalId }) => externalId))
    const byId = groupByExternalId(archived.filter(({ mapped }) => mapped))
    const report = await core.call('archive.verify', {})
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
      findings: report.findings,
      stuck,
    }
  } finally {
    await core.close()
    await practice.close()
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

async function countFalseCoverage(core: TestCore, times: ReadonlyMap<string, number>): Promise<number> {
  const complete = (await core.call('coverage.list', {})).filter(({ state }) => state === 'complete')
  const archived = new Set((await core.events()).map(({ externalId }) => externalId))
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
