import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { Output } from '../../src-main/contract/api.ts'
import type { ConnectionStatus } from '../../src-main/contract/model/collection.ts'
import type { Connection, ConnectionDraft, ConnectionTest } from '../../src-main/contract/model/connection.ts'
import type { ConnectorInfo } from '../../src-main/contract/model/connector-info.ts'
import { useClient } from '../api/client.ts'
import { toFailure, type Failure } from '../lib/failure.ts'
import { throttle } from '../lib/throttle.ts'

const statusPauseMs = 500

/** The connections, how each stands, and the services a new one can be made for. */
export const useConnectionsStore = defineStore('connections', () => {
  const client = useClient()
  const connectors = shallowRef<readonly ConnectorInfo[]>([])
  const connections = shallowRef<readonly Connection[]>([])
  const statuses = shallowRef<ReadonlyMap<string, ConnectionStatus>>(new Map())
  const failure = shallowRef<Failure | null>(null)
  const isLoaded = shallowRef(false)

  const nameOf = computed(() => {
    const names = new Map(connections.value.map(({ id, name }) => [id, name]))
    return (id: string): string => names.get(id) ?? id
  })
  const connectorOf = (service: string): ConnectorInfo | undefined => connectors.value.find((connector) => connector.service === service)
  const titleOf = (service: string): string => connectorOf(service)?.title ?? service

  async function load(): Promise<void> {
    try {
      const [known, all] = await Promise.all([client.call('connectors.list', {}), client.call('connections.list', {})])
      connectors.value = known
      connections.value = all
      isLoaded.value = true
      failure.value = null
      await loadStatuses()
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  async function loadStatuses(): Promise<void> {
    try {
      const all = await client.call('connections.status', {})
      statuses.value = new Map(all.map((status) => [status.connection, status]))
    } catch (error) {
      failure.value = toFailure(error)
    }
  }

  /** Saves a form; throws what went wrong, for the form to show. */
  async function save(draft: ConnectionDraft): Promise<Connection> {
    const saved = await client.call('connections.save', draft)
    await load()
    return saved
  }

  /** Tries a form that is not saved yet; a failure is a result too. */
  async function test(draft: ConnectionDraft, signal?: AbortSignal): Promise<ConnectionTest> {
    return client.call('connections.test', { draft }, signal === undefined ? {} : { signal })
  }

  async function testSaved(id: string): Promise<ConnectionTest> {
    return client.call('connections.test', { id })
  }

  /** Asks the service who has an e-mail address; null when it knows nobody. Throws what went wrong. */
  async function findUser(id: string, email: string): Promise<Output<'connections.findUser'>['user']> {
    return (await client.call('connections.findUser', { id, email })).user
  }

  async function remove(id: string, purge: boolean): Promise<void> {
    await client.call('connections.remove', { id, purge })
    await load()
  }

  const refreshStatuses = throttle(() => void loadStatuses(), statusPauseMs)
  client.on('connections.changed', () => void load())
  client.on('collection.statusChanged', refreshStatuses)
  client.on('collection.finished', refreshStatuses)
  client.on('events.changed', refreshStatuses)

  return {
    connectors,
    connections,
    statuses,
    failure,
    isLoaded,
    nameOf,
    connectorOf,
    titleOf,
    load,
    save,
    test,
    testSaved,
    findUser,
    remove,
  }
})
