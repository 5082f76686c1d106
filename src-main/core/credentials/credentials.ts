import { z } from 'zod'
import { TrailviewError } from '../../contract/errors.ts'
import { credentialSchema, type CredentialInput, type CredentialState } from '../../contract/model/connection.ts'
import type { SecretStore } from '../ports.ts'
import { createMemorySecrets } from './memory-secrets.ts'

/** The credentials of connections: in the keychain, or, where the user agreed to it, in memory until the app closes. */
export interface Credentials {
  /**
   * Stores a connection's credential and says where it is now. Rejects with the keychain's error (`KEYCHAIN_…`);
   * with `sessionOnly` it goes to memory alone and the keychain is not asked.
   */
  save(connection: string, credential: CredentialInput, options?: { readonly sessionOnly?: boolean }): Promise<'stored' | 'session-only'>
  /** The credential. Rejects with `CREDENTIAL_MISSING`, or with the keychain's error. */
  read(connection: string): Promise<CredentialInput>
  /** Removes it everywhere; false when there was none. */
  forget(connection: string): Promise<boolean>
  /** Where it stands. `wasStored`: what the archive remembers, so that "nothing there" is told from "never given". */
  state(connection: string, wasStored: boolean): Promise<CredentialState>
}

/** Name of a connection's entry in the keychain. */
export function connectionAccount(connection: string): string {
  return `connection/${connection}`
}

export function createCredentials(secrets: SecretStore): Credentials {
  const session = createMemorySecrets()
  /** What the keychain last said of a connection, so that showing a list never asks it again, let alone prompts. */
  const known = new Map<string, CredentialState>()
  /** What becomes of a credential that is given to `secrets`. */
  const keptAs = async () => ((await secrets.state()) === 'memory' ? 'session-only' : 'stored')

  return {
    async save(connection, credential, options = {}) {
      const account = connectionAccount(connection)
      const value = JSON.stringify(credentialSchema.parse(credential))
      if (options.sessionOnly === true) {
        await session.set(account, value)
        return 'session-only'
      }
      await secrets.set(account, value)
      await session.delete(account)
      const kept = await keptAs()
      known.set(connection, kept)
      return kept
    },

    async read(connection) {
      const account = connectionAccount(connection)
      const kept = await session.get(account)
      if (kept.state === 'found') return parseCredential(kept.value)
      const read = await secrets.get(account).catch((error: unknown) => {
        known.set(connection, stateOf(error))
        throw error
      })
      if (read.state === 'missing') {
        known.set(connection, 'missing')
        throw new TrailviewError(
          'CREDENTIAL_MISSING',
          'The keychain holds no credential for this connection. Enter it again under Connections.',
        )
      }
      known.set(connection, await keptAs())
      return parseCredential(read.value)
    },

    async forget(connection) {
      const account = connectionAccount(connection)
      const wasInSession = await session.delete(account)
      // With a copy in memory only, a keychain that is not there must not keep the user from forgetting it.
      if (wasInSession && (await secrets.state()) !== 'available') return true
      const wasStored = await secrets.delete(account)
      known.delete(connection)
      return wasStored || wasInSession
    },

    async state(connection, wasStored) {
      if ((await session.get(connectionAccount(connection))).state === 'found') return 'session-only'
      const last = known.get(connection)
      if (last !== undefined) return last
      // What is only in memory is never remembered as stored.
      if (!wasStored && (await keptAs()) === 'stored') return 'missing'
      await this.read(connection).catch(() => undefined)
      return known.get(connection) ?? 'refused'
    },
  }
}

function stateOf(error: unknown): CredentialState {
  return error instanceof TrailviewError && error.code === 'KEYCHAIN_REFUSED' ? 'refused' : 'locked'
}

const storedSchema = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'not JSON' })
    return z.NEVER
  }
})

/** Entries are our own, but anyone with access to the keychain can edit them; the error never quotes the value. */
function parseCredential(value: string): CredentialInput {
  const parsed = storedSchema.pipe(credentialSchema).safeParse(value)
  if (parsed.success) return parsed.data
  throw new TrailviewError(
    'CREDENTIAL_MISSING',
    'The keychain entry of this connection is not one that Trailview wrote. Enter the credential again under Connections.',
  )
}
