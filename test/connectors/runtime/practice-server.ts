import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import type { Clock } from '../../../src-main/core/ports.ts'
import { ServiceLink, type LinkOptions } from '../../../src-main/core/connectors/runtime/http.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A plain answer. */
export const answer =
  (status: number, body: string | Uint8Array = '', headers: Readonly<Record<string, string>> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body)

/** A clock whose sleeps take no time and are written down. */
export function skippingClock(startMs = Date.parse('2026-03-01T12:00:00Z')): Clock & { readonly slept: number[] } {
  let nowMs = startMs
  const slept: number[] = []
  return {
    slept,
    now: () => nowMs,
    sleep(ms, signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
      slept.push(Math.round(ms))
      nowMs += ms
      return Promise.resolve()
    },
  }
}

const cleanUps: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** A server on loopback for one test. */
export async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanUps.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

export interface Script {
  readonly baseUrl: URL
  /** What arrived, in order: method, path with query, authorization. */
  readonly requests: { readonly method: string; readonly url: string; readonly authorization: string | undefined; readonly body: string }[]
}

/** A server that gives the answers in order, the last one for ever. */
export async function serveScript(...answers: readonly Answer[]): Promise<Script> {
  const requests: Script['requests'] = []
  const baseUrl = await serve((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => (body += text))
    request.on('end', () => {
      requests.push({ method: request.method ?? '', url: request.url ?? '', authorization: request.headers.authorization, body })
      answers[Math.min(requests.length, answers.length) - 1]?.(request, response)
    })
  })
  return { baseUrl, requests }
}

/** A link to the server with a token as its credential, closed after the test. */
export function linkTo(baseUrl: URL, options: Partial<LinkOptions> = {}): ServiceLink {
  const link = new ServiceLink({
    definition: {
      info: { credentialForms: [] },
      signIn: ({ credential }) => Promise.resolve({ headers: { authorization: credential['token'] ?? '' }, expiresAtMs: null }),
      readError: (response) => ({ code: null, message: response.text() }),
    },
    baseUrl,
    options: {},
    credential: { token: 'token-of-the-test' },
    saveCredential: () => Promise.resolve(),
    clock: skippingClock(),
    environment: {},
    proxyUrl: '',
    random: () => 0,
    ...options,
  })
  cleanUps.push(() => link.close())
  return link
}

/** Runs something at the end of the test. */
export function finallyDo(cleanUp: () => void | Promise<void>): void {
  cleanUps.push(cleanUp)
}
