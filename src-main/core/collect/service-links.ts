import { hash } from 'node:crypto'
import type { CredentialInput } from '../../contract/model/connection.ts'
import type { ServiceId } from '../../contract/model/audit-event.ts'
import type { StoredConnection } from '../cache/archive.ts'
import type { ConnectorDefinition } from '../connectors/define.ts'
import { ServiceLink } from '../connectors/runtime/http.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Clock } from '../ports.ts'

export interface ServiceLinksOptions {
  readonly connectors: Readonly<Record<ServiceId, ConnectorDefinition>>
  readonly credentials: Pick<Credentials, 'read' | 'save' | 'state'>
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Proxy of the settings as it is now; empty: from the environment. */
  readonly proxyUrl: () => Promise<string>
}

/**
 * The links to the services, one for each connection: pool, pace and session last from run to run.
 * A link is replaced when address, options, credential or proxy have changed.
 */
export class ServiceLinks {
  readonly #options: ServiceLinksOptions
  readonly #open = new Map<string, { readonly key: string; readonly link: ServiceLink }>()
  /** What became of credentials the service renewed, by hash of the given one: a draft that was tested is saved with the given one. */
  readonly #renewed = new Map<string, CredentialInput>()

  constructor(options: ServiceLinksOptions) {
    this.#options = options
  }

  definitionOf(connection: Pick<StoredConnection, 'service'>): ConnectorDefinition {
    return this.#options.connectors[connection.service]
  }

  /** The link of a connection with its stored credential. Rejects with the keychain's error, CREDENTIAL_MISSING or CONNECTION_INVALID. */
  async open(connection: StoredConnection): Promise<ServiceLink> {
    const stored = await this.#options.credentials.read(connection.id)
    const given = this.#renewed.get(digest(sorted(stored)))
    if (given !== undefined) await this.#save(connection.id, given)
    const credential = given ?? stored
    const proxyUrl = await this.#options.proxyUrl()
    const known = this.#open.get(connection.id)
    if (known?.key === keyOf(connection, credential, proxyUrl)) return known.link
    await known?.link.close()
    const link = this.#create(connection, credential, proxyUrl, async (renewed) => {
      await this.#save(connection.id, renewed)
      // The stored credential is another one now; the link that brought it stays.
      this.#open.set(connection.id, { key: keyOf(connection, renewed, proxyUrl), link })
    })
    this.#open.set(connection.id, { key: keyOf(connection, credential, proxyUrl), link })
    return link
  }

  /** A link for one trial with a credential that is not stored; the caller closes it. */
  async openDraft(connection: StoredConnection, credential: CredentialInput): Promise<ServiceLink> {
    return this.#create(connection, credential, await this.#options.proxyUrl(), (renewed) => {
      this.#renewed.set(digest(sorted(credential)), renewed)
      return Promise.resolve()
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ link }) => link.close()))
    this.#open.clear()
  }

  #create(
    connection: StoredConnection,
    credential: CredentialInput,
    proxyUrl: string,
    saveCredential: (renewed: CredentialInput) => Promise<void>,
  ): ServiceLink {
    const { clock, environment } = this.#options
    return new ServiceLink({
      definition: this.definitionOf(connection),
      baseUrl: new URL(connection.baseUrl),
      options: connection.options,
      credential,
      saveCredential,
      clock,
      environment,
      proxyUrl,
    })
  }

  /** A credential kept for this session only is renewed for this session only. */
  async #save(connection: string, credential: CredentialInput): Promise<void> {
    const { credentials } = this.#options
    await credentials.save(connection, credential, { sessionOnly: (await credentials.state(connection, true)) === 'session-only' })
  }
}

function keyOf(connection: StoredConnection, credential: CredentialInput, proxyUrl: string): string {
  return digest([connection.baseUrl, sorted(connection.options), sorted(credential), proxyUrl])
}

function digest(value: unknown): string {
  return hash('sha256', JSON.stringify(value))
}

function sorted(record: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
