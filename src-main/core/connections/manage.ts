import { randomBytes } from 'node:crypto'
import { TrailviewError } from '../../contract/errors.ts'
import type { Connection, ConnectionDraft } from '../../contract/model/connection.ts'
import type { Archive, StoredConnection } from '../cache/archive.ts'
import { firstAddressFact } from '../collect/scope.ts'
import type { ConnectorDefinition } from '../connectors/define.ts'
import { connectors } from '../connectors/registry.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Clock } from '../ports.ts'
import { checkCredential, checkOptions } from './check.ts'

export interface Connections {
  list(): Promise<readonly Connection[]>
  /** Rejects with CONNECTION_NOT_FOUND. */
  get(id: string): Promise<StoredConnection>
  /** Adds or changes a connection; the credential goes to the keychain first, so that a refusal leaves nothing half done. */
  save(draft: ConnectionDraft): Promise<Connection>
  /** Forgets the credential and the connection. Returns how many events were purged. */
  remove(id: string, purge: boolean): Promise<number>
}

export function createConnections(archive: Archive, credentials: Credentials, clock: Clock): Connections {
  const { reader, writer } = archive

  const get = async (id: string): Promise<StoredConnection> => {
    const found = (await reader.connections()).find((connection) => connection.id === id)
    if (found === undefined) {
      throw new TrailviewError(
        'CONNECTION_NOT_FOUND',
        `There is no connection ${JSON.stringify(id)}. "connections list" shows those there are.`,
      )
    }
    return found
  }

  const describe = async ({ hasCredential, ...connection }: StoredConnection): Promise<Connection> => ({
    ...connection,
    credentialState: await credentials.state(connection.id, hasCredential),
  })

  return {
    get,
    async list() {
      const all: Connection[] = []
      // One after another: each may ask the keychain, which answers one question at a time anyway.
      for (const connection of await reader.connections()) all.push(await describe(connection))
      return all
    },
    async save(draft) {
      const known = draft.id === undefined ? null : await get(draft.id)
      const next = merge(draft, known, clock.now())
      if (draft.credential === undefined && known === null) {
        throw new TrailviewError(
          'CONNECTION_INVALID',
          `A credential is needed to add a connection to ${connectors[draft.service].info.title}.`,
        )
      }
      const isKept =
        draft.credential === undefined
          ? 'unchanged'
          : await credentials.save(next.id, draft.credential, { sessionOnly: draft.sessionOnly ?? false })
      const stored = { ...next, hasCredential: isKept === 'unchanged' ? next.hasCredential : isKept === 'stored' }
      try {
        const fact = firstAddressFact(next.id)
        if (known !== null && known.baseUrl !== next.baseUrl && (await reader.fact(fact)) === undefined)
          await writer.saveFact(fact, known.baseUrl)
        await writer.saveConnection(stored)
      } catch (error) {
        if (known === null) await credentials.forget(next.id).catch(() => false)
        throw error
      }
      return describe(stored)
    },
    async remove(id, purge) {
      await get(id)
      await credentials.forget(id)
      return writer.removeConnection(id, purge)
    },
  }
}

/** The connection the draft describes, checked. Throws CONNECTION_INVALID with a sentence. */
export function merge(draft: ConnectionDraft, known: StoredConnection | null, nowMs: number): StoredConnection {
  const definition: ConnectorDefinition = connectors[draft.service]
  if (known !== null && known.service !== draft.service) {
    throw new TrailviewError(
      'CONNECTION_INVALID',
      `The connection ${known.name} belongs to ${connectors[known.service].info.title}; its service cannot change. Add a new connection instead.`,
    )
  }
  const options = draft.options ?? known?.options ?? {}
  checkOptions(definition, options)
  if (draft.credential !== undefined) checkCredential(definition, draft.credential)
  return {
    id: known?.id ?? `${draft.service}-${randomBytes(4).toString('hex')}`,
    service: draft.service,
    name: draft.name.trim(),
    baseUrl: baseUrlOf(definition, draft.baseUrl ?? known?.baseUrl ?? ''),
    options,
    createdAt: known?.createdAt ?? new Date(nowMs).toISOString(),
    intervalMinutes: draft.intervalMinutes === undefined ? (known?.intervalMinutes ?? null) : draft.intervalMinutes,
    collectOnStart: draft.collectOnStart ?? known?.collectOnStart ?? false,
    hasCredential: known?.hasCredential ?? false,
  }
}

function baseUrlOf(definition: ConnectorDefinition, typed: string): string {
  const address = typed.trim() === '' ? definition.info.defaultBaseUrl : typed.trim()
  if (address === null)
    throw new TrailviewError(
      'CONNECTION_INVALID',
      `${definition.info.title} has an address of its own for every customer. ${definition.info.baseUrlHelp}`,
    )
  return definition.resolveBaseUrl(address).origin
}
