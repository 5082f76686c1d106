import { TrailviewError } from '../../contract/errors.ts'
import type { AuditEvent } from '../../contract/model/audit-event.ts'
import type { CollectionRun } from '../../contract/model/collection.ts'
import type { ConnectionTest, CredentialInput } from '../../contract/model/connection.ts'
import type { Archive, StoredConnection } from '../cache/archive.ts'
import type { FoundUser, WalkPage } from '../connectors/define.ts'
import { RunNames } from '../connectors/runtime/names.ts'
import { preparePages } from '../connectors/runtime/pull.ts'
import type { Clock } from '../ports.ts'
import { compareAccounts, settleAccount } from './account.ts'
import { RunTally } from './run-counts.ts'
import { asTrailviewError, fromRunError } from './run-error.ts'
import type { RunLog } from './run-log.ts'
import { RunMemory } from './run-memory.ts'
import { RunPages } from './run-pages.ts'
import { scopeOf } from './scope.ts'
import type { ServiceLinks } from './service-links.ts'
import { emptyPoint } from './stream-point.ts'

/** What can be asked of a service beside a collection. */
export interface ServiceAccess {
  /** One authenticated call. `credential` null: the stored one. Rejects only when cancelled. */
  test(connection: StoredConnection, credential: CredentialInput | null, signal: AbortSignal): Promise<ConnectionTest>
  /** Rejects with NOT_SUPPORTED where the service offers no such thing, else with the service's error. */
  findUser(connection: StoredConnection, email: string, signal: AbortSignal): Promise<FoundUser | null>
  /** Pulls all events of one file, as a run of its own. Rejects with NOT_SUPPORTED; the service's errors are in the run. */
  pullFileTrail(connection: StoredConnection, fileId: string, signal: AbortSignal): Promise<CollectionRun>
  /** Fetches one event again; a different payload becomes a revision. Rejects with NOT_SUPPORTED or the service's error. */
  refetch(event: AuditEvent, signal: AbortSignal): Promise<'unchanged' | 'changed' | 'gone'>
}

export interface ServiceAccessOptions {
  readonly archive: Archive
  readonly links: ServiceLinks
  readonly runs: RunLog
  readonly clock: Clock
}

export function createServiceAccess({ archive, links, runs, clock }: ServiceAccessOptions): ServiceAccess {
  const { reader, writer } = archive

  /** Everything for storing what a service answers beside a collection. `stream`: whose memory the connector gets. */
  const prepare = async (connection: StoredConnection, stream: string, signal: AbortSignal) => {
    const definition = links.definitionOf(connection)
    const { options } = connection
    const link = await links.open(connection)
    const client = link.client({ signal })
    const { account, refusal } = await settleAccount({
      ...archive,
      definition,
      connection,
      tell: () => link.account(client),
      mayChange: false,
    })
    if (refusal !== null) throw refusal
    const scope = await scopeOf(reader, definition, connection, account)
    const memory = new RunMemory((await reader.streamState(connection.id, stream, scope)).memory, connection.baseUrl, account)
    const names = new RunNames({ definition, client, options, known: (refs) => reader.names(connection.id, refs), nowMs: clock.now() })
    const store = async (runId: string, asStream: string, tally: RunTally, page: Pick<WalkPage, 'records' | 'names'>): Promise<void> => {
      const point = emptyPoint('time')
      const target = {
        writer,
        clock,
        client,
        tally,
        memory,
        runId,
        connection: connection.id,
        stream: asStream,
        scope,
      }
      const pages = new RunPages(target, point)
      await pages.store(await preparePages(definition, [page], names, options), point, 1)
    }
    return { client, memory, scope, store }
  }

  const unsupported = (connection: StoredConnection, what: string): TrailviewError =>
    new TrailviewError('NOT_SUPPORTED', `${links.definitionOf(connection).info.title} does not offer ${what}.`)

  return {
    async test(connection, credential, signal) {
      const startedMs = clock.now()
      try {
        const link = credential === null ? await links.open(connection) : await links.openDraft(connection, credential)
        try {
          const definition = links.definitionOf(connection)
          const client = link.client({ signal })
          const seen = await definition.test(client, connection.options)
          const { told, refusal } = await compareAccounts({ reader, definition, connection, tell: () => link.account(client) })
          if (refusal !== null) throw refusal
          return {
            isOk: true,
            sentence: seen.sentence,
            code: null,
            account: seen.account ?? told?.name ?? null,
            latencyMs: clock.now() - startedMs,
          }
        } finally {
          if (credential !== null) await link.close()
        }
      } catch (thrown) {
        const error = asTrailviewError(thrown)
        if (signal.aborted) throw error
        return { isOk: false, sentence: error.message, code: error.code, account: null, latencyMs: clock.now() - startedMs }
      }
    },

    async findUser(connection, email, signal) {
      const definition = links.definitionOf(connection)
      if (definition.findUser === undefined) throw unsupported(connection, 'a search for users')
      const link = await links.open(connection)
      return definition.findUser(link.client({ signal }), email)
    },

    async pullFileTrail(connection, fileId, signal) {
      const definition = links.definitionOf(connection)
      const walkFileTrail = definition.walkFileTrail?.bind(definition)
      if (walkFileTrail === undefined) throw unsupported(connection, 'an audit trail of single files')
      const run = runs.announce(connection.id)
      const tally = new RunTally()
      let requests = (): number => 0
      return runs.carryOut(
        run,
        'file trail',
        signal,
        () => tally.counts(requests()),
        async () => {
          const { client, memory, store } = await prepare(connection, 'file-trail', signal)
          requests = () => client.requestCount
          const walk = {
            client,
            memory,
            signal,
            fileId,
            options: connection.options,
            resume: null,
            nowMs: clock.now(),
            report: () => undefined,
          }
          for await (const page of walkFileTrail(walk)) {
            signal.throwIfAborted()
            await store(run.id, 'file-trail', tally, page)
          }
          return { error: null, coverage: null }
        },
      )
    },

    async refetch(event, signal) {
      const connection = (await reader.connections()).find(({ id }) => id === event.connection)
      if (connection === undefined) {
        throw new TrailviewError(
          'CONNECTION_NOT_FOUND',
          'The connection of this event was removed, so the event cannot be fetched again. Its archived payload stays.',
        )
      }
      const definition = links.definitionOf(connection)
      if (definition.fetchOne === undefined || event.externalId === '') throw unsupported(connection, 'single events')
      const { client, memory, scope, store } = await prepare(connection, definition.streams[0]?.id ?? '', signal)
      const record = await definition.fetchOne(client, event.externalId, connection.options, memory)
      if (record === null) {
        if (await writer.markGone(event.id, scope, new Date(clock.now()).toISOString())) return 'gone'
        throw new TrailviewError(
          'SERVICE_NOT_FOUND',
          'The service does not show this event now. That does not mean it is gone, because it was collected from another address, with another account or under other options than the connection has now. What is archived of it stays.',
        )
      }
      const tally = new RunTally()
      const run = runs.announce(connection.id)
      const ended = await runs.carryOut(
        run,
        'single event',
        signal,
        () => tally.counts(client.requestCount),
        async () => {
          await store(run.id, 'single-event', tally, { records: [record] })
          return { error: null, coverage: null }
        },
      )
      if (ended.error !== null) throw fromRunError(ended.error)
      return ended.changed > 0 ? 'changed' : 'unchanged'
    },
  }
}
