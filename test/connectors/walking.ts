import { afterEach } from 'vitest'
import type { ServiceId } from '../../src-main/contract/model/audit-event.ts'
import type { ConnectionOptions } from '../../src-main/contract/model/connection.ts'
import type {
  ConnectorDefinition,
  ConnectorMemory,
  Json,
  Mapped,
  RawRecord,
  WalkContext,
  WalkPage,
} from '../../src-main/core/connectors/define.ts'
import { cloudfoundry } from '../../src-main/core/connectors/cloudfoundry/connector.ts'
import { lytics } from '../../src-main/core/connectors/lytics/connector.ts'
import { oksky } from '../../src-main/core/connectors/oksky/connector.ts'
import { onehub } from '../../src-main/core/connectors/onehub/connector.ts'
import type { Clock } from '../../src-main/core/ports.ts'
import { ServiceLink } from '../../src-main/core/connectors/runtime/http.ts'
import { startPracticeServices, type PracticeServices } from '../../src-main/demo/index.ts'

export const definitions: Readonly<Record<ServiceId, ConnectorDefinition>> = { onehub, lytics, oksky, cloudfoundry }

/** The instant at which the practice services of these tests stand still. */
export const nowMs = Date.parse('2026-03-02T09:30:00.000Z')

const cleanUps: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})

/** Practice services for one test. */
export async function practice(events: number, seed = 'walks'): Promise<PracticeServices> {
  const services = await startPracticeServices({ seed, events, nowMs })
  cleanUps.push(() => services.close())
  return services
}

export class Memory implements ConnectorMemory {
  readonly facts = new Map<string, Json>()
  get(key: string): Json | undefined {
    return this.facts.get(key)
  }
  set(key: string, value: Json): void {
    this.facts.set(key, value)
  }
}

export interface Where {
  readonly baseUrl: string
  readonly credential: Readonly<Record<string, string>>
}

/** A clock whose sleeps take no time. */
function skippingClock(): Clock {
  let sleptMs = 0
  return { now: () => nowMs + sleptMs, sleep: async (ms) => void (sleptMs += ms) }
}

/** A link to a service, closed after the test. `saved` receives credentials the service replaced. */
export function linkTo(definition: ConnectorDefinition, where: Where, options: ConnectionOptions = {}, saved: unknown[] = []): ServiceLink {
  const link = new ServiceLink({
    definition,
    baseUrl: definition.resolveBaseUrl(where.baseUrl),
    options,
    credential: where.credential,
    saveCredential: async (credential) => void saved.push(credential),
    clock: skippingClock(),
    environment: {},
    proxyUrl: '',
  })
  cleanUps.push(() => link.close())
  return link
}

export interface WalkWishes {
  readonly options?: ConnectionOptions
  readonly memory?: Memory
  readonly from?: string | null
  readonly to?: string
  readonly stopAtSequence?: bigint | null
  readonly resume?: Json
  readonly link?: ServiceLink
}

/** Walks the first stream of a connector and returns its pages. */
export async function walk(definition: ConnectorDefinition, where: Where, wishes: WalkWishes = {}): Promise<WalkPage[]> {
  const pages: WalkPage[] = []
  for await (const page of walkPages(definition, where, wishes)) pages.push(page)
  return pages
}

export function walkPages(definition: ConnectorDefinition, where: Where, wishes: WalkWishes = {}): AsyncGenerator<WalkPage, void, void> {
  const {
    options = {},
    memory = new Memory(),
    from = null,
    to = new Date(nowMs).toISOString(),
    stopAtSequence = null,
    resume = null,
  } = wishes
  const [stream] = definition.streams
  if (stream === undefined) throw new Error('no stream')
  const context: WalkContext = {
    client: (wishes.link ?? linkTo(definition, where, options)).client(),
    options,
    memory,
    window: { from, to },
    stopAtSequence,
    overlapIds: stream.overlap,
    resume,
    signal: new AbortController().signal,
    nowMs,
    report: () => undefined,
  }
  return stream.walk(context)
}

export const textOf = (record: RawRecord): string => Buffer.from(record.bytes).toString('utf8')

/** Payloads of all pages, without repetition, sorted. */
export const payloadsOf = (pages: readonly WalkPage[]): string[] => [...new Set(pages.flatMap((page) => page.records.map(textOf)))].sort()

export const mapOne = (definition: ConnectorDefinition, value: unknown, options: ConnectionOptions = {}): Mapped =>
  definition.map({ bytes: Buffer.from(JSON.stringify(value) ?? ''), value }, { get: () => undefined }, options)
