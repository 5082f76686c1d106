import { TrailviewError } from '../contract/errors.ts'
import type { ConnectionDraft } from '../contract/model/connection.ts'
import type { Dispatch } from './dispatch.ts'

/** A practice service as far as a connection to it is concerned. */
export type PracticeService = Pick<ConnectionDraft, 'service' | 'name'> & {
  readonly baseUrl: string
  readonly credential: Readonly<Record<string, string>>
}

/** Adds a connection to each practice service and starts to collect from all of them. Rejects with the first error. */
export async function addPracticeConnections(dispatch: Dispatch, services: readonly PracticeService[]): Promise<void> {
  for (const { service, name, baseUrl, credential } of services) {
    await opened(dispatch('connections.save', { service, name, baseUrl, credential }))
  }
  await opened(dispatch('collection.start', {}))
}

async function opened(asked: ReturnType<Dispatch>): Promise<void> {
  const reply = await asked
  if (!reply.ok) throw TrailviewError.from(reply.error)
}
