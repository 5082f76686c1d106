import { onTestFinished } from 'vitest'
import type { AuditEvent, NormalisedEvent, ReviewStatus } from '../../../src-main/contract/model/audit-event.ts'
import type { EventQuery, PageCommit, PageRecord, StoredConnection } from '../../../src-main/core/cache/archive.ts'
import { type Database, openDatabase } from '../../../src-main/core/cache/driver.ts'
import { Assistant } from '../../../src-main/core/cache/engine/threads/assistant.ts'
import { Engine } from '../../../src-main/core/cache/engine/engine.ts'
import type { WriterCore } from '../../../src-main/core/cache/write/writer.ts'
import type { OracleEvent } from '../../../src-main/core/query/oracle.ts'
import type { QueryTree } from '../../../src-main/core/query/tree.ts'
import { workerUrl } from '../../support/built.ts'
import { keyHex, page, testArchive } from '../cache/archive-fixture.ts'

export const never = new AbortController().signal

export const query = (tree: QueryTree, zone = 'UTC'): EventQuery => ({ tree, zone })
export const everything = query({ kind: 'all' })

/** Connections that events are spread over. */
export const connections: readonly StoredConnection[] = (['onehub', 'lytics'] as const).map((service, at) => ({
  id: `c${at + 1}`,
  service,
  name: `Café ${service}`,
  baseUrl: 'https://example.test',
  options: {},
  createdAt: '2024-01-01T00:00:00.000Z',
  intervalMinutes: null,
  collectOnStart: false,
  hasCredential: true,
}))

/** A second thread that takes part in everything, however small, but for loads: it knows no archive, so that one serves all. */
export const assistant = new Assistant({ home: '', keyHex: null, workerUrl: workerUrl.href, leastRows: 0 })
/** One that loads as well. */
export const loaderOf = (home: string): Assistant => new Assistant({ home, keyHex, workerUrl: workerUrl.href, leastRows: 0 })

export interface TestEngine {
  readonly writer: WriterCore
  readonly db: Database
  readonly home: string
  /** The engine as it is after a catch-up. */
  readonly engine: () => Promise<Engine>
  /** Commits records of a connection as one page. */
  readonly add: (connection: string, records: readonly PageRecord[], over?: Partial<PageCommit>) => void
}

/** A real archive with a writer, and an engine over a connection of its own. */
export async function testEngine(): Promise<TestEngine> {
  const { writer, home } = testArchive()
  for (const connection of connections) writer.saveConnection(connection)
  const db = openDatabase({ home, keyHex, role: 'reader' })
  onTestFinished(() => void db.close())
  let engine = await Engine.load(db, () => {}, assistant)
  return {
    writer,
    db,
    home,
    engine: async () => {
      if (engine.state.catchUp() === 'reload') engine = await Engine.load(db, () => {}, assistant)
      return engine
    },
    add: (connection, records, over = {}) => {
      for (const result of writer.commitPages([page(records, { connection, ...over })])) if ('error' in result) throw result.error
    },
  }
}

export function recordOf(event: NormalisedEvent, payload = JSON.stringify(event)): PageRecord {
  return { payload: Buffer.from(payload), event, unmappedReason: null, externalId: null }
}

export const unreadable = (payload: string): PageRecord => ({
  payload: Buffer.from(payload),
  event: null,
  unmappedReason: 'The record has no time.',
  externalId: null,
})

/** Every event as the oracle wants it, read back through the engine itself one by one. */
export async function oracleEvents(engine: Engine): Promise<readonly OracleEvent[]> {
  const { events } = await engine.page(everything, 'oldest', null, 100_000, never)
  return events.map((event) => oracleOf(engine, event))
}

function oracleOf(engine: Engine, event: AuditEvent): OracleEvent {
  const { marks, notes } = engine.get(event.id)
  return {
    event,
    connectionName: connections.find((connection) => connection.id === event.connection)?.name ?? '',
    status: marks.reviewStatus as ReviewStatus | null,
    tags: marks.tags,
    notes: notes.map((note) => note.text),
    isLate: marks.lateSince !== null,
    isGone: marks.goneSince !== null,
    payload: Buffer.from(engine.payload(event.id, null).bytes).toString(),
  }
}
