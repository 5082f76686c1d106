import { randomInt } from 'node:crypto'
import type { ConnectionOptions, CredentialInput } from '../../../contract/model/connection.ts'
import type { Clock } from '../../ports.ts'
import type { Account, ConnectorDefinition, ServiceClient, ServiceResponse, Session } from '../define.ts'
import { readCommonOptions } from './common-options.ts'
import { tame, transportFailure, type ServiceWords } from './failures.ts'
import { LinkClient, type ClientUse } from './link-client.ts'
import { Pace } from './pace.ts'
import { isWebPage } from './response.ts'
import { SessionKeeper } from './session.ts'
import { Transport, isLoopback, type TransportRequest, type TransportResponse } from './transport.ts'
import { TransportError } from './transport-error.ts'
import { assertSafe, otherOrigin } from './trust.ts'

export interface LinkOptions {
  readonly definition: Pick<ConnectorDefinition, 'signIn' | 'readError' | 'account'> & {
    readonly info: Pick<ConnectorDefinition['info'], 'credentialForms'>
  }
  readonly baseUrl: URL
  readonly options: ConnectionOptions
  readonly credential: CredentialInput
  /** Stores what the service replaced in the credential; awaited before it is used. */
  readonly saveCredential: (credential: CredentialInput) => Promise<void>
  readonly clock: Clock
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Proxy of the settings; empty: from the environment. */
  readonly proxyUrl: string
  /** 0 to 1, for jitter. */
  readonly random?: () => number
}

/**
 * The lasting side of one connection's HTTP: pool, pace, session and the origins that may receive the credential.
 * `client()` gives a ServiceClient for one use of it. Throws CONNECTION_INVALID for an address or option that cannot be used.
 */
export class ServiceLink {
  readonly baseUrl: URL
  readonly #options: LinkOptions
  readonly #transport: Transport
  readonly #pace: Pace
  readonly #sessions = new SessionKeeper()
  readonly #origins: Set<string>
  #credential: CredentialInput
  #secrets: readonly string[] = []
  /** Undefined: not asked yet. */
  #account: Account | null | undefined

  constructor(options: LinkOptions) {
    this.#options = options
    this.baseUrl = options.baseUrl
    assertSafe(options.baseUrl)
    const common = readCommonOptions(options.options)
    this.#transport = new Transport({
      ...common,
      proxy: common.proxy ?? (options.proxyUrl === '' ? null : options.proxyUrl),
      environment: options.environment,
    })
    this.#pace = new Pace(options.clock, common.concurrency, common.requestsPerSecond)
    this.#origins = new Set([options.baseUrl.origin])
    this.#credential = options.credential
    this.#rememberSecrets(null)
  }

  /** Resolves as soon as the service answers anything at all. Rejects with SERVICE_UNREACHABLE, SERVICE_TLS… after one try, without the credential. */
  async reach(signal: AbortSignal): Promise<void> {
    try {
      await this.send({ url: this.baseUrl, method: 'GET', headers: { accept: 'application/json' }, body: null }, signal)
    } catch (error) {
      if (error instanceof TransportError) throw transportFailure(this.baseUrl, error, 1)
      throw error
    }
  }

  /** A client whose requests stop with the signal. */
  client(use: ClientUse = {}): ServiceClient {
    return new LinkClient(this, use)
  }

  async close(): Promise<void> {
    await this.#transport.close()
  }

  get clock(): Clock {
    return this.#options.clock
  }

  get random(): () => number {
    return this.#options.random ?? randomShare
  }

  allowOrigin(origin: string): void {
    const url = new URL(origin)
    assertSafe(url)
    // A remote service must not send the credential to a port of this machine.
    if (isLoopback(url.hostname) && !isLoopback(this.baseUrl.hostname)) throw otherOrigin(this.baseUrl, url)
    this.#origins.add(url.origin)
  }

  /** Throws SERVICE_OTHER_ORIGIN unless the address may receive the credential. */
  assertAllowed(from: URL, url: URL): void {
    if (!this.#origins.has(url.origin) || url.username !== '' || url.password !== '') throw otherOrigin(from, url)
  }

  /** One exchange when its turn has come. */
  async send(wanted: TransportRequest, signal: AbortSignal | null): Promise<TransportResponse> {
    return this.#pace.run(() => this.#transport.exchange(wanted, signal), signal)
  }

  holdUntil(atMs: number): void {
    this.#pace.holdUntil(atMs)
  }

  async session(client: ServiceClient, refused: Session | null): Promise<Session> {
    const nowMs = this.clock.now()
    const signIn = (previous: Session | null): Promise<Session> => this.#signIn(client, previous, nowMs)
    return refused === null ? this.#sessions.current(nowMs, signIn) : this.#sessions.replace(refused, nowMs, signIn)
  }

  /** Whose account the credential belongs to; null where the service does not tell. Rejects with the service's error. */
  async account(client: ServiceClient): Promise<Account | null> {
    const { definition, options } = this.#options
    if (this.#account !== undefined || definition.account === undefined) return this.#account ?? null
    const session = await this.session(client, null)
    const told = await definition.account({ client, session, credential: this.#credential, options })
    const fit = (text: string): string => tame(text, this.#unsayable())
    this.#account = told === null ? null : { id: fit(told.id), name: fit(told.name) }
    return this.#account
  }

  tame(text: string): string {
    return tame(text, this.#secrets)
  }

  /** What the service said in a body of an error, fit for a sentence; null when nothing readable. */
  words(response: ServiceResponse): ServiceWords | null {
    if (isWebPage(response)) return null
    try {
      const read = this.#options.definition.readError(response)
      return read === null
        ? null
        : {
            code: read.code === null ? null : this.tame(String(read.code)),
            message: this.tame(String(read.message)).replace(/\.$/, ''),
          }
    } catch {
      // An error body is hostile data too; one that cannot be read says nothing.
      return null
    }
  }

  async #signIn(client: ServiceClient, previous: Session | null, nowMs: number): Promise<Session> {
    const session = await this.#options.definition.signIn({
      client,
      credential: this.#credential,
      options: this.#options.options,
      nowMs,
      previous,
    })
    if (session.renewedCredential !== undefined) {
      const renewed = { ...this.#credential, ...session.renewedCredential }
      await this.#options.saveCredential(renewed)
      this.#credential = renewed
    }
    this.#rememberSecrets(session)
    return session
  }

  /** The secrets without what forms show as text: a user name may be said. */
  #unsayable(): readonly string[] {
    const shown = this.#options.definition.info.credentialForms.flatMap(({ fields }) => fields.filter(({ kind }) => kind === 'text'))
    const names = shown.map(({ key }) => this.#credential[key])
    return this.#secrets.filter((secret) => !names.includes(secret))
  }

  #rememberSecrets(session: Session | null): void {
    const headerWords = Object.values(session?.headers ?? {}).flatMap((value) => [value, ...value.split(' ')])
    // Those of earlier sessions stay: a late error may still quote them.
    this.#secrets = [...new Set([...Object.values(this.#credential), ...headerWords, ...this.#secrets])]
      .filter((secret) => secret.length >= 6)
      .slice(0, 100)
  }
}

const randomShare = (): number => randomInt(1_000_000) / 1_000_000
