import type { ServerResponse } from 'node:http'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Session } from '../../../src-main/core/connectors/define.ts'
import { longestWaitMs } from '../../../src-main/core/connectors/runtime/link-client.ts'
import { answer, linkTo, serve, serveScript, skippingClock, type Answer } from './practice-server.ts'

const ok = answer(200, '{"a":1}')
const cutInTheMiddle: Answer = (_request, response) => {
  response.writeHead(200, { 'content-length': 100 })
  response.write('{"a":', () => response.destroy())
}
const hangUp: Answer = (request) => void request.socket.destroy()

describe('a request', () => {
  it('carries query and credential, and reads the answer', async () => {
    const { baseUrl, requests } = await serveScript(ok)
    const client = linkTo(baseUrl).client()
    const response = await client.request('/v2/event?fields=a', {
      query: [
        ['q', 'x >= 1'],
        ['q', 'ä'],
      ],
    })
    expect(response.json()).toEqual({ a: 1 })
    expect(requests).toEqual([
      { method: 'GET', url: '/v2/event?fields=a&q=x+%3E%3D+1&q=%C3%A4', authorization: 'token-of-the-test', body: '' },
    ])
    expect(client.requestCount).toBe(1)
  })

  it('sends forms, and no credential where none is wanted', async () => {
    const { baseUrl, requests } = await serveScript(ok)
    await linkTo(baseUrl)
      .client()
      .request('/oauth/token', { form: { grant_type: 'password', password: 'ä&b' }, authorized: false })
    expect(requests[0]).toEqual({
      method: 'POST',
      url: '/oauth/token',
      authorization: undefined,
      body: 'grant_type=password&password=%C3%A4%26b',
    })
  })

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
  ] as const)('unpacks %s', async (encoding, pack) => {
    const { baseUrl } = await serveScript(answer(200, pack('{"a":1}'), { 'content-encoding': encoding }))
    expect((await linkTo(baseUrl).client().request('/')).json()).toEqual({ a: 1 })
  })
})

describe('faults on the way', () => {
  it.each<[string, Answer]>([
    ['a reset in the middle of the body', cutInTheMiddle],
    ['a reset before the head', hangUp],
    ['a body that ends too early for its compression', answer(200, gzipSync('{"a":1}').subarray(0, 15), { 'content-encoding': 'gzip' })],
    ['JSON that ends in the middle', answer(200, '{"a":[1,')],
    ['an empty body', answer(200, '')],
    ['500', answer(500, '{}')],
    ['502 with a web page', answer(502, '<html>')],
    ['503', answer(503)],
    ['429 without a word', answer(429)],
  ])('tries again after %s', async (_what, fault) => {
    const { baseUrl } = await serveScript(fault, fault, ok)
    const clock = skippingClock()
    const client = linkTo(baseUrl, { clock }).client()
    expect((await client.request('/')).json()).toEqual({ a: 1 })
    expect(client.requestCount).toBe(3)
    expect(clock.slept).toEqual([250, 500])
  })

  it.each<[string, Answer, string, number]>([
    ['resets', hangUp, 'SERVICE_UNAVAILABLE', 5],
    ['5xx', answer(503, 'down for maintenance'), 'SERVICE_UNAVAILABLE', 5],
    ['429', answer(429), 'SERVICE_RATE_LIMITED', 5],
    ['403', answer(403, 'moderators only'), 'SERVICE_FORBIDDEN', 1],
    ['404', answer(404), 'SERVICE_NOT_FOUND', 1],
    ['400', answer(400), 'SERVICE_BAD_REQUEST', 1],
    ['a redirect to nowhere', answer(302), 'SERVICE_UNEXPECTED', 1],
  ])('gives up on %s in the end, with a sentence', async (_what, fault, code, tries) => {
    const { baseUrl, requests } = await serveScript(fault)
    const failure = linkTo(baseUrl).client().request('/list?page=1')
    await expect(failure).rejects.toMatchObject({ code, message: expect.stringContaining(baseUrl.host) as string })
    await expect(failure).rejects.toMatchObject({ message: expect.stringMatching(/\.$/) as string })
    expect(requests).toHaveLength(tries)
  })

  it('quotes the words of the service, without page markup, control characters or secrets', async () => {
    const words = await serveScript(answer(400, 'Bad\u0007  filter for token-of-the-test\n'))
    await expect(linkTo(words.baseUrl).client().request('/')).rejects.toThrow('"Bad filter for …"')
    const page = await serveScript(answer(400, '<html><body>token-of-the-test'))
    await expect(linkTo(page.baseUrl).client().request('/')).rejects.not.toThrow(/html|token/)
  })

  it('hands wanted statuses to the caller', async () => {
    const { baseUrl } = await serveScript(answer(404, 'V2 endpoints disabled'))
    expect(
      (
        await linkTo(baseUrl)
          .client()
          .request('/v2', { accept: [404] })
      ).text(),
    ).toBe('V2 endpoints disabled')
  })

  it('says a web page is a web page', async () => {
    const { baseUrl } = await serveScript(answer(200, '<html>Sign in, hidden'))
    const response = await linkTo(baseUrl).client().request('/')
    expect(() => response.json()).toThrow(
      expect.objectContaining({ code: 'SERVICE_NOT_JSON', message: expect.not.stringContaining('hidden') as string }),
    )
  })

  it('ends what drips for too long', async () => {
    const baseUrl = await serve((_request, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 50)
      response.on('close', () => clearInterval(drip))
    })
    await expect(
      linkTo(baseUrl, { options: { timeoutSeconds: '1' } })
        .client()
        .request('/'),
    ).rejects.toMatchObject({ code: 'SERVICE_TIMEOUT', retryable: true })
  })

  it.each<[string, Answer]>([
    ['plain', (_request, response) => sendMiB(response, 65)],
    ['packed', answer(200, gzipSync(Buffer.alloc(65 * 1024 * 1024)), { 'content-encoding': 'gzip' })],
  ])('refuses a body beyond 64 MiB, %s', async (_what, big) => {
    const { baseUrl, requests } = await serveScript(big)
    await expect(linkTo(baseUrl).client().request('/')).rejects.toMatchObject({ code: 'SERVICE_TOO_LARGE' })
    expect(requests).toHaveLength(1)
  })

  it('calls a service that is not there unreachable', async () => {
    await expect(linkTo(new URL('http://127.0.0.1:1')).client().request('/')).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      retryable: true,
    })
    await expect(
      linkTo(new URL('https://no-such-host.invalid'), { options: { proxy: 'direct' } })
        .client()
        .request('/'),
    ).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
  })
})

describe('patience', () => {
  it('waits as long as it is told, says so, and holds back everything else of the connection', async () => {
    const { baseUrl } = await serveScript(answer(429, '', { 'retry-after': '7' }), ok)
    const clock = skippingClock()
    const startMs = clock.now()
    const waits: (number | null)[] = []
    await linkTo(baseUrl, { clock })
      .client({ onWait: (untilMs) => waits.push(untilMs) })
      .request('/')
    expect(waits).toEqual([startMs + 7000, null])
    expect(clock.now()).toBe(startMs + 7000)
  })

  it('does not wait longer than a run does, but says until when', async () => {
    const clock = skippingClock()
    const { baseUrl, requests } = await serveScript(answer(429, '', { 'retry-after': String(longestWaitMs / 1000 + 60) }))
    const retryAt = new Date(clock.now() + longestWaitMs + 60_000).toISOString()
    await expect(linkTo(baseUrl, { clock }).client().request('/')).rejects.toMatchObject({
      code: 'SERVICE_RATE_LIMITED',
      retryable: true,
      details: { retryAt },
    })
    expect(requests).toHaveLength(1)
  })

  it('stops waiting when cancelled', async () => {
    const { baseUrl } = await serveScript(answer(429, '', { 'retry-after': '60' }))
    const stop = new AbortController()
    const clock = {
      ...skippingClock(),
      sleep: (_ms: number, signal?: AbortSignal) =>
        new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
    }
    const pending = linkTo(baseUrl, { clock })
      .client({ signal: stop.signal, onWait: (untilMs) => untilMs !== null && setImmediate(() => stop.abort()) })
      .request('/')
    await expect(pending).rejects.toMatchObject({ code: 'CALL_CANCELLED' })
  })

  it('keeps to its number of requests at once and a second', async () => {
    const open: ServerResponse[] = []
    let most = 0
    const baseUrl = await serve((_request, response) => {
      most = Math.max(most, open.push(response))
      // Answered two and two, after a moment in which a third could come.
      if (open.length === 2) setTimeout(() => open.splice(0).forEach((waiting) => waiting.end('{}')), 5)
    })
    const clock = skippingClock()
    const client = linkTo(baseUrl, { clock, options: { concurrency: '2', requestsPerSecond: '4' } }).client()
    await Promise.all(Array.from({ length: 8 }, () => client.request('/')))
    expect(most).toBe(2)
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(7 * 250)
  })
})

describe('sessions', () => {
  const signingIn = (sessions: readonly Session[]) => {
    const previous: (Session | null)[] = []
    return {
      previous,
      info: { credentialForms: [] },
      signIn: (context: { readonly previous: Session | null }): Promise<Session> => {
        previous.push(context.previous)
        return Promise.resolve(sessions[Math.min(previous.length, sessions.length) - 1] as Session)
      },
      readError: () => null,
    }
  }
  const first: Session = { headers: { authorization: 'first-session' }, expiresAtMs: null }
  const second: Session = { headers: { authorization: 'second-session' }, expiresAtMs: null }

  it('signs in once for many requests, and once more when refused', async () => {
    const baseUrl = await serve(
      (request, response) => void response.writeHead(request.headers.authorization === 'second-session' ? 200 : 401).end('{}'),
    )
    const definition = signingIn([first, second])
    const client = linkTo(baseUrl, { definition, options: { concurrency: '4' } }).client()
    await Promise.all(Array.from({ length: 6 }, () => client.request('/')))
    expect(definition.previous).toEqual([null, first])
  })

  it('asks for a new credential when refused again', async () => {
    const { baseUrl, requests } = await serveScript(answer(401))
    await expect(linkTo(baseUrl).client().request('/')).rejects.toMatchObject({ code: 'SERVICE_UNAUTHORIZED', retryable: false })
    expect(requests).toHaveLength(2)
  })

  it('signs in again shortly before the session expires', async () => {
    const { baseUrl } = await serveScript(ok)
    const clock = skippingClock()
    const definition = signingIn([{ ...first, expiresAtMs: clock.now() + 600_000 }, second])
    const client = linkTo(baseUrl, { clock, definition }).client()
    await client.request('/')
    await clock.sleep(575_000)
    await client.request('/')
    expect(definition.previous).toHaveLength(2)
  })

  it('stores a renewed credential before it is used', async () => {
    const { baseUrl, requests } = await serveScript(ok)
    const saved: unknown[] = []
    const definition = signingIn([{ ...first, renewedCredential: { refreshToken: 'new-refresh-token' } }])
    const saveCredential = (credential: unknown): Promise<void> => {
      expect(requests).toHaveLength(0)
      saved.push(credential)
      return Promise.resolve()
    }
    await linkTo(baseUrl, { definition, saveCredential, credential: { refreshToken: 'old-refresh-token' } })
      .client()
      .request('/')
    expect(saved).toEqual([{ refreshToken: 'new-refresh-token' }])
  })
})

describe('trust', () => {
  it('follows redirects of the same origin only', async () => {
    const other = await serveScript(ok)
    const same = await serveScript(answer(301, '', { location: '/new' }), ok)
    expect((await linkTo(same.baseUrl).client().request('/old')).json()).toEqual({ a: 1 })
    const away = await serveScript(answer(302, '', { location: other.baseUrl.href }))
    await expect(linkTo(away.baseUrl).client().request('/')).rejects.toMatchObject({ code: 'SERVICE_OTHER_ORIGIN' })
    expect(other.requests).toEqual([])
  })

  it('asks no origin that was not declared', async () => {
    const other = await serveScript(ok)
    const { baseUrl } = await serveScript(ok)
    const link = linkTo(baseUrl)
    for (const address of [other.baseUrl.href, `//${other.baseUrl.host}/`, `http://user@${baseUrl.host}/`]) {
      await expect(link.client().request(address)).rejects.toMatchObject({ code: 'SERVICE_OTHER_ORIGIN' })
    }
    link.allowOrigin(other.baseUrl.origin)
    expect((await link.client().request(other.baseUrl)).status).toBe(200)
  })

  it('never lets a remote service point the credential at this machine, nor plain http at the network', () => {
    const link = linkTo(new URL('https://api.example.com'))
    expect(() => link.allowOrigin('http://127.0.0.1:8080')).toThrow(expect.objectContaining({ code: 'SERVICE_OTHER_ORIGIN' }))
    expect(() => link.allowOrigin('http://login.example.com')).toThrow(expect.objectContaining({ code: 'CONNECTION_INVALID' }))
    expect(() => linkTo(new URL('http://api.example.com'))).toThrow(expect.objectContaining({ code: 'CONNECTION_INVALID' }))
  })

  it('says when a credential cannot be sent, without quoting it', async () => {
    const { baseUrl } = await serveScript(ok)
    const failure = linkTo(baseUrl, { credential: { token: 'line\nbreak-token' } })
      .client()
      .request('/')
    await expect(failure).rejects.toMatchObject({
      code: 'CONNECTION_INVALID',
      message: expect.not.stringContaining('break-token') as string,
    })
  })
})

function sendMiB(response: Parameters<Answer>[1], count: number): void {
  const chunk = Buffer.alloc(1024 * 1024, 0x20)
  let sent = 0
  response.on('error', () => undefined)
  const next = (): void => {
    if (sent++ === count) response.end()
    else response.write(chunk, next)
  }
  next()
}
