import { rootCertificates } from 'node:tls'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib'
import { Agent, EnvHttpProxyAgent, ProxyAgent, request, type Dispatcher } from 'undici'
import { TrailviewError } from '../../../contract/errors.ts'
import { readCertificates } from './common-options.ts'
import { TransportError, failureOf } from './transport-error.ts'

/** The largest body that is read, after decompression. */
export const bodyLimitBytes = 64 * 1024 * 1024

const connectTimeoutMs = 15_000
const idleTimeoutMs = 30_000

export interface TransportOptions {
  readonly timeoutMs: number
  readonly concurrency: number
  /** PEM text or path of a private authority, beside the public ones; null: none. */
  readonly ca: string | null
  /** Address of a proxy, `direct`, or null: the environment decides. */
  readonly proxy: string | null
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface TransportRequest {
  readonly url: URL
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface TransportResponse {
  readonly status: number
  /** Lower-case names; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
}

/**
 * The connections to one service: a pool of its own, certificates always checked, proxies by rule, bodies decompressed and limited.
 * Knows nothing of retries, sessions or redirects. Rejects with TransportError, or with the signal's reason.
 */
export class Transport {
  readonly #options: TransportOptions
  readonly #direct: Agent
  readonly #throughProxy: Dispatcher

  /** Throws CONNECTION_INVALID when the private authority cannot be read. */
  constructor(options: TransportOptions) {
    this.#options = options
    const ca = options.ca === null ? undefined : [...rootCertificates, readCertificates(options.ca)]
    const tls = { timeout: connectTimeoutMs, ...(ca === undefined ? {} : { ca }) }
    const pool = { connect: tls, connections: options.concurrency, pipelining: 1, keepAliveTimeout: 10_000 }
    this.#direct = new Agent(pool)
    this.#throughProxy = proxyDispatcher(options, pool, tls, this.#direct)
  }

  async exchange(wanted: TransportRequest, signal: AbortSignal | null): Promise<TransportResponse> {
    const tooLate = AbortSignal.timeout(this.#options.timeoutMs)
    const stop = signal === null ? tooLate : AbortSignal.any([signal, tooLate])
    try {
      const response = await request(wanted.url, {
        dispatcher: isLoopback(wanted.url.hostname) ? this.#direct : this.#throughProxy,
        method: wanted.method,
        headers: { ...wanted.headers, 'accept-encoding': 'gzip, deflate, br' },
        body: wanted.body,
        signal: stop,
        headersTimeout: Math.min(this.#options.timeoutMs, 2 * idleTimeoutMs),
        bodyTimeout: Math.min(this.#options.timeoutMs, idleTimeoutMs),
      })
      const headers = flat(response.headers)
      const received = await collect(response.body)
      return { status: response.statusCode, headers, bytes: await decoded(received, headers['content-encoding'] ?? '') }
    } catch (error) {
      signal?.throwIfAborted()
      if (tooLate.aborted) throw new TransportError('timeout', 'total time-out')
      throw failureOf(error)
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#direct.destroy(), this.#throughProxy.destroy()])
  }
}

/** True for addresses of this machine: plain http is accepted for them, and no proxy stands before them. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)
}

function proxyDispatcher(
  options: TransportOptions,
  pool: Agent.Options,
  tls: { readonly timeout: number; readonly ca?: string[] },
  direct: Agent,
): Dispatcher {
  if (options.proxy === 'direct') return direct
  const named = (name: string): string => options.environment[name.toLowerCase()] ?? options.environment[name] ?? ''
  const secured = { ...pool, requestTls: tls, proxyTls: tls }
  try {
    if (options.proxy !== null) return new ProxyAgent({ ...secured, uri: options.proxy })
    // Empty texts, not undefined: otherwise undici would read this process's own environment.
    return new EnvHttpProxyAgent({
      ...secured,
      httpProxy: named('HTTP_PROXY'),
      httpsProxy: named('HTTPS_PROXY'),
      noProxy: named('NO_PROXY'),
    })
  } catch {
    // The cause is left out: it may quote the address, and with it the proxy's password.
    const place = options.proxy === null ? 'the environment (HTTPS_PROXY, HTTP_PROXY)' : 'the settings or the connection'
    throw new TrailviewError(
      'CONNECTION_INVALID',
      `The proxy address in ${place} cannot be used. Write it like http://proxy.example.com:8080.`,
    )
  }
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) result[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  return result
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of body) {
    sizeBytes += chunk.length
    if (sizeBytes > bodyLimitBytes) throw new TransportError('too-large', 'body limit')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

const unpackers: Readonly<Record<string, (bytes: Buffer) => Promise<Buffer>>> = {
  gzip: (bytes) => promisify(gunzip)(bytes, unpackLimit),
  'x-gzip': (bytes) => promisify(gunzip)(bytes, unpackLimit),
  br: (bytes) => promisify(brotliDecompress)(bytes, unpackLimit),
  // Some servers send `deflate` without the zlib header that the name promises.
  deflate: (bytes) => promisify(((bytes[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw)(bytes, unpackLimit),
  identity: (bytes) => Promise.resolve(bytes),
}
const unpackLimit = { maxOutputLength: bodyLimitBytes }

async function decoded(received: Buffer, encodings: string): Promise<Buffer> {
  let bytes = received
  const applied = encodings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  for (const name of applied.reverse()) {
    const unpack = unpackers[name]
    if (unpack === undefined) throw new TransportError('encoding', name)
    if (bytes.length > 0) bytes = await unpack(bytes)
  }
  return bytes
}
