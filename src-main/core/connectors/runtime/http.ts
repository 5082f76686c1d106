import { TrailviewError } from '../../../contract/errors.ts'
import type { ConnectionOptions, CredentialInput } from '../../../contract/model/connection.ts'
import type { Clock } from '../../ports.ts'
import type { ConnectorDefinition, RequestOptions, ServiceClient, ServiceResponse, Session } from '../define.ts'
import { readCommonOptions } from './common-options.ts'
import { statusError, tame, transportFailure, waitTooLong, type ServiceWords } from './failures.ts'
import { Pace } from './pace.ts'
import { isWebPage, isWholeBody, responseOf } from './response.ts'
import { SessionKeeper } from './session.ts'
import { Transport, isLoopback, type TransportRequest, type TransportResponse } from './transport.ts'
import { TransportError } from './transport-error.ts'
import { backoffMs, retryAtMs } from './waits.ts'

/** How long a run waits for a service that asks for patience; beyond it the run ends and says when to come back, ms. */
export const longestWaitMs = 15 * 60_000

const mostTries = 5
const mostTriesUnreachable = 3
const mostTriesTimeout = 2
const mostWaits = 20
const mostRedirects = 5

export interface LinkOptions {
  readonly definition: Pick<ConnectorDefinition, 'signIn' | 'readError'>
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

/** Whoever uses a client: how it stops, and where it tells that the service asked to wait (null: waiting is over). */
export interface ClientUse {
  readonly signal?: AbortSignal
  readonly onWait?: (untilMs: number | null) => void
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
    return this.#options.random ?? Math.random
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

  /** What the service said in a body of an error, fit for a sentence; null when nothing readable. */
  words(response: ServiceResponse): ServiceWords | null {
    if (isWebPage(response)) return null
    try {
      const read = this.#options.definition.readError(response)
      return read === null
        ? null
        : {
            code: read.code === null ? null : tame(String(read.code), this.#secrets),
            message: tame(String(read.message), this.#secrets).replace(/\.$/, ''),
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

  #rememberSecrets(session: Session | null): void {
    const headerWords = Object.values(session?.headers ?? {}).flatMap((value) => [value, ...value.split(' ')])
    // Those of earlier sessions stay: a late error may still quote them.
    this.#secrets = [...new Set([...Object.values(this.#credential), ...headerWords, ...this.#secrets])]
      .filter((secret) => secret.length >= 6)
      .slice(0, 100)
  }
}

/** One use of a link: counts its requests, stops with its signal, tells its waits. */
class LinkClient implements ServiceClient {
  readonly #link: ServiceLink
  readonly #use: ClientUse
  readonly #signal: AbortSignal | null
  requestCount = 0

  constructor(link: ServiceLink, use: ClientUse) {
    this.#link = link
    this.#use = use
    this.#signal = use.signal ?? null
  }

  get baseUrl(): URL {
    return this.#link.baseUrl
  }

  allowOrigin(origin: string): void {
    this.#link.allowOrigin(origin)
  }

  async request(pathOrUrl: string | URL, options: RequestOptions = {}): Promise<ServiceResponse> {
    let url = addressOf(pathOrUrl, this.baseUrl, options.query ?? [])
    this.#link.assertAllowed(this.baseUrl, url)
    for (let redirects = 0; ; redirects++) {
      const response = await this.#answer(url, options)
      const target = response.status >= 300 && response.status < 400 ? response.headers['location'] : undefined
      if (isWanted(response.status, options)) return response
      if (target === undefined || redirects === mostRedirects || options.method === 'POST' || !URL.canParse(target, url.href))
        throw statusError(url, response.status, null, 1)
      const next = new URL(target, url)
      if (next.origin !== url.origin) throw otherOrigin(url, next)
      url = next
    }
  }

  /** The answer to one address: repeated while that may help, with a status that is wanted, a redirect, or thrown. */
  async #answer(url: URL, options: RequestOptions): Promise<ServiceResponse> {
    let session = options.authorized === false ? null : await this.#link.session(this, null)
    let isRenewed = false
    let waits = 0
    for (let tries = 1; ; tries++) {
      const result = await this.#once(url, options, session)
      if (result instanceof TransportError) {
        if (tries >= mostTriesOf(result)) throw transportFailure(url, result, tries)
        await this.#backOff(tries)
        continue
      }
      if (isWanted(result.status, options)) {
        if (tries >= mostTries || isWholeBody(result)) return result
        await this.#backOff(tries)
        continue
      }
      if (result.status >= 300 && result.status < 400) return result
      if (result.status === 401 && session !== null && !isRenewed) {
        session = await this.#link.session(this, session)
        isRenewed = true
        continue
      }
      const waitUntilMs = result.status === 429 || result.status === 503 ? retryAtMs(result.headers, this.#link.clock.now()) : null
      if (waitUntilMs !== null && waits < mostWaits) {
        waits++
        tries--
        await this.#waitUntil(url, waitUntilMs)
        continue
      }
      const mayPass = result.status === 429 || result.status === 408 || (result.status >= 500 && result.status !== 501)
      if (!mayPass || tries >= mostTries) throw statusError(url, result.status, this.#link.words(result), mayPass ? tries : 1)
      await this.#backOff(tries)
    }
  }

  async #once(url: URL, options: RequestOptions, session: Session | null): Promise<ServiceResponse | TransportError> {
    const form = options.form === undefined ? null : new URLSearchParams(options.form).toString()
    const headers = {
      accept: 'application/json',
      'user-agent': 'Trailview',
      ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      ...lowerCase(options.headers ?? {}),
      ...lowerCase(session?.headers ?? {}),
    }
    this.requestCount++
    try {
      const wanted: TransportRequest = { url, method: options.method ?? (form === null ? 'GET' : 'POST'), headers, body: form }
      return responseOf(url, await this.#link.send(wanted, this.#signal))
    } catch (error) {
      if (this.#signal?.aborted === true) throw cancelled(url)
      if (error instanceof TransportError) return error
      throw error
    }
  }

  async #backOff(tries: number): Promise<void> {
    await this.#sleep(backoffMs(tries, this.#link.random))
  }

  async #waitUntil(url: URL, atMs: number): Promise<void> {
    const waitMs = atMs - this.#link.clock.now()
    if (waitMs > longestWaitMs) throw waitTooLong(url, atMs)
    this.#link.holdUntil(atMs)
    this.#use.onWait?.(atMs)
    try {
      // A little later than told, so that everybody told the same does not come back at once.
      await this.#sleep(waitMs + 250 * this.#link.random())
    } finally {
      this.#use.onWait?.(null)
    }
  }

  async #sleep(waitMs: number): Promise<void> {
    try {
      await this.#link.clock.sleep(waitMs, this.#signal ?? undefined)
    } catch (error) {
      if (this.#signal?.aborted === true) throw cancelled(this.baseUrl)
      throw error
    }
  }
}

function mostTriesOf(error: TransportError): number {
  switch (error.kind) {
    case 'broken':
      return mostTries
    case 'unreachable':
    case 'proxy':
      return mostTriesUnreachable
    case 'timeout':
      return mostTriesTimeout
    case 'tls':
    case 'too-large':
    case 'encoding':
    case 'unsendable':
      return 1
  }
}

function isWanted(status: number, options: RequestOptions): boolean {
  return (status >= 200 && status < 300) || (options.accept ?? []).includes(status)
}

function addressOf(pathOrUrl: string | URL, baseUrl: URL, query: readonly (readonly [name: string, value: string])[]): URL {
  const url = new URL(pathOrUrl, baseUrl)
  for (const [name, value] of query) url.searchParams.append(name, value)
  return url
}

function assertSafe(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return
  throw new TrailviewError(
    'CONNECTION_INVALID',
    `${url.host} is not asked over plain http, because the credential could be read on the way. Use an https address; http is for this machine only.`,
  )
}

function otherOrigin(from: URL, to: URL): TrailviewError {
  return new TrailviewError(
    'SERVICE_OTHER_ORIGIN',
    `${from.host} pointed to ${to.origin}, which does not belong to this connection, so it was not asked. If that is the right address of the service, make it the base URL.`,
  )
}

function cancelled(url: URL): TrailviewError {
  return new TrailviewError('CALL_CANCELLED', `The request to ${url.host} was cancelled.`)
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
