import { TrailviewError } from '../../../contract/errors.ts'
import type { RequestOptions, ServiceClient, ServiceResponse, Session } from '../define.ts'
import { statusError, transportFailure, waitTooLong } from './failures.ts'
import type { ServiceLink } from './http.ts'
import { isWholeBody, responseOf } from './response.ts'
import type { TransportRequest } from './transport.ts'
import { TransportError } from './transport-error.ts'
import { otherOrigin } from './trust.ts'
import { backoffMs, retryAtMs, serviceNowMs } from './waits.ts'

/** How long a run waits for a service that asks for patience; beyond it the run ends and says when to come back, ms. */
export const longestWaitMs = 15 * 60_000

const mostTries = 5
const mostTriesUnreachable = 3
const mostTriesTimeout = 2
const mostWaits = 20
const mostRedirects = 5

/** Whoever uses a client: how it stops, and where it tells that the service asked to wait (null: waiting is over). */
export interface ClientUse {
  readonly signal?: AbortSignal
  readonly onWait?: (untilMs: number | null) => void
}

/** One use of a link: counts its requests, stops with its signal, tells its waits. */
export class LinkClient implements ServiceClient {
  readonly #link: ServiceLink
  readonly #use: ClientUse
  readonly #signal: AbortSignal | null
  requestCount = 0
  aheadMs = 0

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

  tame(text: string): string {
    return this.#link.tame(text)
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
    const sentMs = this.#link.clock.now()
    try {
      const wanted: TransportRequest = { url, method: options.method ?? (form === null ? 'GET' : 'POST'), headers, body: form }
      const response = responseOf(url, await this.#link.send(wanted, this.#signal))
      // Never more than it is: an answer is dated when it is made, not before the request was sent.
      this.aheadMs = Math.max(this.aheadMs, sentMs - (serviceNowMs(response.headers) ?? sentMs))
      return response
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

function cancelled(url: URL): TrailviewError {
  return new TrailviewError('CALL_CANCELLED', `The request to ${url.host} was cancelled.`)
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
