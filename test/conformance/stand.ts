import { serviceIds, type AuditEvent } from '../../src-main/contract/model/audit-event.ts'
import type { CollectionRun } from '../../src-main/contract/model/collection.ts'
import type { ConnectionOptions } from '../../src-main/contract/model/connection.ts'
import type { CoverageSpan } from '../../src-main/contract/model/coverage.ts'
import type { CollectionWish } from '../../src-main/core/collect/collector.ts'
import { template } from '../../src-main/core/connectors/_template/connector.ts'
import { connectors } from '../../src-main/core/connectors/registry.ts'
import type { HasFlag } from '../../src-main/core/query/tree.ts'
import { startPracticeServices, type PracticeService } from '../../src-main/demo/index.ts'
import { jumpingClock, openBench } from '../core/collect/practice.ts'
import { createHurriedClock } from '../support/hurried-clock.ts'
import { openCore } from '../support/open-core.ts'
import { startTemplateService } from './template-service.ts'
import type { Variant } from './variants.ts'

/** Every connector the suite runs over: those of the product, and the one to copy. */
export const connectorNames = [...serviceIds, '_template'] as const
export type ConnectorName = (typeof connectorNames)[number]

/** One practice service and an archive that collects from it, on a clock that does not wait. */
export interface Stand {
  readonly source: PracticeService
  readonly retentionDays: number | null
  now(): number
  advance(ms: number): void
  collect(wish?: Partial<Pick<CollectionWish, 'since' | 'until' | 'full'>>): Promise<CollectionRun | undefined>
  /** All events, or those that carry a flag, in no certain order. */
  events(flag?: HasFlag): Promise<readonly AuditEvent[]>
  coverage(): Promise<readonly CoverageSpan[]>
  /** What verifying the archive finds. */
  verify(): Promise<readonly string[]>
  close(): Promise<void>
}

export interface StandOptions {
  readonly seed: number
  /** Of all four services of the product together; the connector to copy has a quarter of them. */
  readonly events: number
  /** Makes the service another than the documented one; the connector to copy has no other. */
  readonly variant?: Variant
  /** Options of the connection; the connector to copy takes none. */
  readonly options?: ConnectionOptions
}

const startMs = Date.UTC(2026, 5, 15, 9, 30)

/** Starts the practice service of a connector with an empty archive before it. The product's own are called through the door of the core. */
export async function openStand(name: ConnectorName, options: StandOptions): Promise<Stand> {
  if (name === '_template') return openTemplateStand(options)
  const practice = await startPracticeServices({ ...options, nowMs: startMs })
  const source = practice[name]
  options.variant?.(practice)
  const clock = createHurriedClock(startMs, (nowMs) => practice.clock.set(nowMs))
  const core = await openCore({ clock })
  const { baseUrl, credential } = source
  await core.call('connections.save', { service: name, name, baseUrl, credential: { ...credential }, options: { ...options.options } })
  return {
    source,
    retentionDays: connectors[name].info.retentionDays,
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    collect: async (wish) => (await core.collect(wish))[0],
    events: (flag) => core.events(flag === undefined ? '' : `has:${flag}`),
    coverage: () => core.call('coverage.list', {}),
    verify: async () => (await core.call('archive.verify', {})).findings,
    async close() {
      await core.close()
      await practice.close()
    },
  }
}

/** The same around the connector to copy, which the core does not know: a collector of its own over a real archive. */
async function openTemplateStand({ seed, events }: StandOptions): Promise<Stand> {
  const clock = jumpingClock()
  const practice = await startTemplateService(seed, Math.round(events / 4), { now: () => clock.now(), set: () => undefined })
  const bench = await openBench([practice.source], template, { clock, options: { limit: '20' } })
  const { reader } = bench.archive
  return {
    source: practice.source,
    retentionDays: template.info.retentionDays,
    now: () => clock.now(),
    advance: (ms) => void (clock.nowMs += ms),
    collect: async (wish) => (await bench.collect(wish))[0],
    async events(flag) {
      const all: AuditEvent[] = []
      for (let cursor: string | null = null; ;) {
        const tree = flag === undefined ? ({ kind: 'all' } as const) : ({ kind: 'has', flag } as const)
        const page: Awaited<ReturnType<typeof reader.page>> = await reader.page({ tree, zone: 'UTC' }, 'newest', cursor, 5_000)
        all.push(...page.events)
        cursor = page.next
        if (cursor === null) return all
      }
    },
    coverage: () => reader.coverage(null),
    verify: async () => (await reader.verify(() => undefined)).findings,
    async close() {
      await bench.close()
      await practice.close()
    },
  }
}

/** Events at the source, in a span called complete, and not archived. */
export async function falselyCovered(stand: Stand): Promise<readonly string[]> {
  const complete = (await stand.coverage()).filter(({ state }) => state === 'complete')
  const archived = new Set((await stand.events()).map(({ externalId }) => externalId))
  return stand.source.groundTruth().flatMap(({ externalId, timeMs }) => {
    const isCovered = complete.some(({ from, to }) => (from === null || timeMs >= Date.parse(from)) && timeMs < Date.parse(to))
    return isCovered && !archived.has(externalId) ? [externalId] : []
  })
}

/** Events at the source and not archived. */
export async function missing(stand: Stand): Promise<readonly string[]> {
  const archived = new Set((await stand.events()).map(({ externalId }) => externalId))
  return stand.source.groundTruth().flatMap(({ externalId }) => (archived.has(externalId) ? [] : [externalId]))
}
