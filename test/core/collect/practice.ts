import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CollectionProgress, CollectionRun } from '../../../src-main/contract/model/collection.ts'
import type { Archive, StoredConnection } from '../../../src-main/core/cache/archive.ts'
import { openArchive } from '../../../src-main/core/cache/client.ts'
import { createCollector, type Collector, type CollectionWish } from '../../../src-main/core/collect/collector.ts'
import { RunLog } from '../../../src-main/core/collect/run-log.ts'
import { createServiceAccess, type ServiceAccess } from '../../../src-main/core/collect/service-access.ts'
import { ServiceLinks } from '../../../src-main/core/collect/service-links.ts'
import type { ConnectorDefinition, Json } from '../../../src-main/core/connectors/define.ts'
import { recordAt, recordsAt } from '../../../src-main/core/connectors/runtime/records.ts'
import type { HasFlag, QueryTree } from '../../../src-main/core/query/tree.ts'
import type { Clock } from '../../../src-main/core/ports.ts'
import { workerUrl } from '../../support/built.ts'

export const startMs = Date.parse('2026-03-01T12:00:00Z')
export const minuteMs = 60_000
export const dayMs = 24 * 60 * minuteMs

export interface PracticeEvent {
  readonly id: number
  readonly atMs: number
  text: string
}

type Fault = (request: IncomingMessage, response: ServerResponse, body: string) => void

/**
 * A small service: `/events` lists newest first with `from`, `to`, `offset`, and `/log` by descending id with `page`.
 * Faults are taken from the queue, one for each request; `onRequest` may change events under a walk.
 */
export class PracticeService {
  readonly events = new Map<number, PracticeEvent>()
  readonly faults: (Fault | null)[] = []
  readonly requests: string[] = []
  onRequest: (url: URL) => void | Promise<void> = () => undefined
  pageSize = 10
  /** What it calls now in its answers; null: it does not say. */
  nowMs: (() => number) | null = null
  baseUrl = ''
  #server = createServer((request, response) => void this.#answer(request, response))

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
    this.baseUrl = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  add(...events: readonly { readonly id: number; readonly atMs: number }[]): void {
    for (const { id, atMs } of events) this.events.set(id, { id, atMs, text: `event ${id}` })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.baseUrl)
    this.requests.push(url.pathname + url.search)
    await this.onRequest(url)
    const fault = this.faults.shift() ?? null
    const body = JSON.stringify(this.#read(url))
    response.sendDate = false
    if (this.nowMs !== null) response.setHeader('date', new Date(this.nowMs()).toUTCString())
    if (fault === null) response.end(body)
    else fault(request, response, body)
  }

  #read(url: URL): unknown {
    const number = (name: string): number => Number(url.searchParams.get(name))
    if (url.pathname === '/event') return { event: this.events.get(number('id')) ?? null }
    const all = [...this.events.values()]
    if (url.pathname === '/log') {
      const sorted = all.toSorted((a, b) => b.id - a.id)
      return { items: sorted.slice(number('page') * this.pageSize, (number('page') + 1) * this.pageSize) }
    }
    const inside = all
      .filter(({ atMs }) => atMs >= number('from') && atMs < number('to'))
      .toSorted((a, b) => b.atMs - a.atMs || b.id - a.id)
    return { items: inside.slice(number('offset'), number('offset') + this.pageSize) }
  }
}

/** The connector of the practice service, walking by time or by id. */
export function practiceConnector(plan: 'time' | 'sequence'): ConnectorDefinition {
  return {
    info: {
      service: 'onehub',
      title: 'Practice',
      docsUrl: '',
      defaultBaseUrl: null,
      baseUrlHelp: '',
      credentialHelp: '',
      credentialForms: [],
      options: [],
      retentionDays: null,
      capabilities: { canFetchOne: true, canFindUser: false, canPullFileTrail: false },
    },
    narrowingOptions: ['only'],
    streams: [
      {
        id: 'events',
        title: 'Events',
        plan,
        overlap: plan === 'time' ? 10 * minuteMs : 20,
        settleMs: minuteMs,
        walk: plan === 'time' ? walkTime : walkSequence,
      },
    ],
    checkOptions: () => [],
    resolveBaseUrl: (typed) => new URL(typed),
    signIn: ({ credential }) => Promise.resolve({ headers: { authorization: credential['token'] ?? '' }, expiresAtMs: null }),
    test: async (client) => ({ sentence: `Answered ${(await client.request('/log')).status}.`, account: null }),
    readError: () => null,
    wantedNames: () => [],
    lookUps: {},
    map: ({ value }) => {
      const { id, atMs, text } = value as Partial<PracticeEvent>
      if (typeof id !== 'number' || typeof atMs !== 'number') return { unmapped: 'No id or time.', externalId: null }
      const occurredAt = new Date(atMs).toISOString()
      return {
        event: {
          externalId: String(id),
          occurredAt,
          occurredAtOriginal: occurredAt,
          actor: null,
          action: 'did',
          verb: 'other',
          object: null,
          workspace: null,
          related: [],
          outcome: 'unknown',
          summary: text ?? '',
        },
      }
    },
    fetchOne: async (client, externalId) => recordAt(await client.request('/event', { query: [['id', externalId]] }), ['event']),
  }
}

const offsetOf = (resume: Json): number => (typeof resume === 'object' && resume !== null && 'offset' in resume ? Number(resume.offset) : 0)

const walkTime: ConnectorDefinition['streams'][number]['walk'] = async function* ({ client, window, resume }) {
  const span: [string, string][] = [
    ['from', String(window.from === null ? 0 : Date.parse(window.from))],
    ['to', String(Date.parse(window.to))],
  ]
  for (let offset = offsetOf(resume); ;) {
    const records = recordsAt(await client.request('/events', { query: [...span, ['offset', String(offset)]] }), ['items'])
    if (records.length === 0) return
    offset += records.length
    yield { records, resume: { offset } }
  }
}

const walkSequence: ConnectorDefinition['streams'][number]['walk'] = async function* ({ client, stopAtSequence, resume }) {
  for (let page = offsetOf(resume); ; page++) {
    const records = recordsAt(await client.request('/log', { query: [['page', String(page)]] }), ['items'])
    if (records.length > 0) yield { records, resume: { offset: page } }
    const ids = records.map(({ value }) => BigInt((value as PracticeEvent).id))
    if (ids.length === 0 || (stopAtSequence !== null && ids.every((id) => id <= stopAtSequence))) return
  }
}

/** A clock that jumps over every sleep except the beat of progress. */
export function jumpingClock(): Clock & { nowMs: number } {
  const clock = {
    nowMs: startMs,
    now: () => clock.nowMs,
    async sleep(ms: number, signal?: AbortSignal) {
      await sleep(ms <= 250 ? ms : 1, undefined, signal === undefined ? {} : { signal })
      if (ms > 250) clock.nowMs += ms
    },
  }
  return clock
}

export interface Bench {
  readonly archive: Archive
  readonly collector: Collector
  readonly access: ServiceAccess
  readonly clock: Clock & { nowMs: number }
  readonly connections: readonly StoredConnection[]
  readonly told: { readonly progress: CollectionProgress[]; readonly status: string[] }
  /** Collects and returns the runs as they ended. */
  collect(wish?: Partial<CollectionWish>): Promise<readonly CollectionRun[]>
  /** External ids of the archived events, newest first; with a flag, of those that carry it. */
  ids(flag?: HasFlag): Promise<string[]>
  close(): Promise<void>
}

/** A collector over a real archive, with one connection for each service. */
export async function openBench(
  services: readonly { readonly baseUrl: string }[],
  definition: ConnectorDefinition,
  {
    runsSchedule = false,
    clock = jumpingClock(),
    ...settings
  }: Partial<Pick<StoredConnection, 'options' | 'intervalMinutes' | 'collectOnStart'> & Pick<Bench, 'clock'>> & {
    readonly runsSchedule?: boolean
  } = {},
): Promise<Bench> {
  const home = mkdtempSync(join(tmpdir(), 'trailview-collect-'))
  const archive = await openArchive({
    home,
    keyHex: '0f'.repeat(32),
    workerUrl,
  })
  const connections = services.map(({ baseUrl }, index): StoredConnection => ({
    id: `practice-${index}`,
    service: 'onehub',
    name: `Practice ${index}`,
    baseUrl,
    options: {},
    createdAt: new Date(startMs).toISOString(),
    intervalMinutes: null,
    collectOnStart: false,
    hasCredential: true,
    ...settings,
  }))
  for (const connection of connections) await archive.writer.saveConnection(connection)
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const credentials = {
    read: () => Promise.resolve({ token: 'practice-token' }),
    save: () => Promise.resolve('stored' as const),
    state: () => Promise.resolve('stored' as const),
  }
  const connectors = { onehub: definition, lytics: definition, oksky: definition, cloudfoundry: definition }
  const links = new ServiceLinks({ connectors, credentials, clock, environment: {}, proxyUrl: () => Promise.resolve('') })
  const runs = new RunLog(archive.writer, clock, log)
  const told: Bench['told'] = { progress: [], status: [] }
  const collector = createCollector({
    archive,
    links,
    runs,
    clock,
    log,
    runsSchedule,
    onProgress: (progress) => told.progress.push(progress),
    onFinished: () => undefined,
    onStatus: (connection) => told.status.push(connection),
  })
  const access = createServiceAccess({ archive, links, runs, clock })
  return {
    archive,
    collector,
    access,
    clock,
    connections,
    told,
    async collect(wish = {}) {
      const started = await collector.start({ connections: [], since: null, until: null, full: false, trigger: 'asked', ...wish })
      return Promise.all(started.map(({ id }) => collector.whenFinished(id)))
    },
    async ids(flag) {
      const tree: QueryTree = flag === undefined ? { kind: 'all' } : { kind: 'has', flag }
      const { events } = await archive.reader.page({ tree, zone: 'UTC' }, 'newest', null, 5000)
      return events.map(({ externalId }) => externalId)
    },
    async close() {
      await collector.dispose()
      await links.close()
      await archive.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
