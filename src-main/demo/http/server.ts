import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Disturbance, FaultBox } from '../faults.ts'
import type { LoggedRequest, PracticeClock } from '../types.ts'
import { deliveryFor, type Delivery } from './fault-replies.ts'
import type { PracticeRequest, Reply } from './message.ts'

/** What a practice service supplies to be served. */
export interface ServedParts {
  readonly clock: PracticeClock
  readonly faults: FaultBox
  /** Requests are appended here. */
  readonly log: LoggedRequest[]
  classify(request: PracticeRequest): 'list' | 'sign-in' | 'other'
  handle(request: PracticeRequest): Reply
  errorReply(status: number, message: string): Reply
  beforeList(listIndex: number): void
  expireTokens(): void
  disturb(what: Disturbance): void
  damagePage(eventIds: readonly string[]): void
}

export interface RunningServer {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string
  close(): Promise<void>
}

const maxBodyBytes = 1_000_000

const readBody = async (message: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  let sizeBytes = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    sizeBytes += part.length
    if (sizeBytes > maxBodyBytes) throw new RangeError('The request body is too large.')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

const readRequest = async (message: IncomingMessage): Promise<PracticeRequest> => {
  const target = message.url ?? '/'
  const questionMark = target.indexOf('?')
  const rawPath = questionMark === -1 ? target : target.slice(0, questionMark)
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
  return {
    method: message.method ?? 'GET',
    path: decodeOrKeep(rawPath),
    query: new URLSearchParams(questionMark === -1 ? '' : target.slice(questionMark + 1)),
    target,
    headers,
    body: await readBody(message),
  }
}

const decodeOrKeep = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const sendPieces = async (response: ServerResponse, bytes: Buffer, pieces: number, pauseMs: number): Promise<void> => {
  const size = Math.max(1, Math.ceil(bytes.length / pieces))
  for (let from = 0; from < bytes.length && !response.destroyed; from += size) {
    response.write(bytes.subarray(from, from + size))
    if (pauseMs > 0) await pause(pauseMs, undefined, { ref: false })
  }
  response.end()
}

function* oversizedBody(sizeBytes: number): Generator<string, void, void> {
  yield '{"padding":"'
  const filler = 'x'.repeat(65_536)
  for (let sent = 0; sent < sizeBytes; sent += filler.length) yield filler
  yield '"}'
}

const send = async (response: ServerResponse, delivery: Delivery): Promise<void> => {
  switch (delivery.kind) {
    case 'reset':
      response.socket?.resetAndDestroy()
      return
    case 'oversized':
      response.writeHead(200, { 'content-type': 'application/json' })
      return pipeline(Readable.from(oversizedBody(delivery.sizeBytes)), response)
    case 'whole':
      response.writeHead(delivery.status, { ...delivery.headers, 'content-length': String(delivery.bytes.length) })
      response.end(delivery.bytes)
      return
    case 'pieces':
      response.writeHead(delivery.status, delivery.headers)
      return sendPieces(response, delivery.bytes, delivery.pieces, delivery.pauseMs)
    case 'cut':
      response.writeHead(delivery.status, { ...delivery.headers, 'content-length': String(delivery.bytes.length) })
      // The cut waits until the half has left, else the reset may overtake it.
      await new Promise((resolve) => response.write(delivery.bytes.subarray(0, Math.ceil(delivery.bytes.length / 2)), resolve))
      await pause(delivery.afterMs, undefined, { ref: false })
      response.socket?.resetAndDestroy()
  }
}

const statusOf = (delivery: Delivery): number | null =>
  delivery.kind === 'reset' ? null : delivery.kind === 'oversized' ? 200 : delivery.status

/** Starts one HTTP server over the parts; `port` 0 takes any free one. */
export const serve = async (parts: ServedParts, host: string, port: number): Promise<RunningServer> => {
  let listCount = 0
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(message)
    const kind = parts.classify(request)
    const entry: LoggedRequest = {
      index: parts.log.length,
      listIndex: kind === 'list' ? listCount++ : null,
      atMs: parts.clock.now(),
      method: request.method,
      path: request.path,
      query: [...request.query],
      headers: request.headers,
      status: null,
      fault: null,
    }
    parts.log.push(entry)
    if (entry.listIndex !== null) parts.beforeList(entry.listIndex)

    const fault = parts.faults.take(entry.index, kind)
    entry.fault = fault?.kind ?? null
    if (fault?.kind === 'expire-tokens') parts.expireTokens()
    if (fault?.kind === 'disturbance') parts.disturb(fault.what)
    if (fault?.kind === 'unreadable-page') parts.damagePage(parts.handle(request).eventIds ?? [])

    const delivery = deliveryFor(fault, {
      nowMs: parts.clock.now(),
      target: request.target,
      errorReply: parts.errorReply,
      answer: () => parts.handle(request),
    })
    entry.status = statusOf(delivery)
    response.setHeader('Date', new Date(parts.clock.now()).toUTCString())
    await send(response, delivery)
  }

  const server = createServer((message, response) => {
    respond(message, response).catch((error: unknown) => {
      // A client that went away in mid-request leaves nobody to answer; anything else must be seen by who runs the test.
      if (response.headersSent || response.destroyed) response.destroy()
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(`The practice service failed: ${String(error)}`)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { port: boundPort } = server.address() as AddressInfo
  return {
    origin: `http://${host}:${boundPort}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
