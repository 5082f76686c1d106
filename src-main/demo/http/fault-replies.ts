import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { Fault, RateLimitShape } from '../faults.ts'
import { htmlReply, type Reply } from './message.ts'

/** How an answer leaves the server. */
export type Delivery =
  | { readonly kind: 'whole'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly bytes: Buffer }
  /** In pieces, without a length in the headers. */
  | {
      readonly kind: 'pieces'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly bytes: Buffer
      readonly pieces: number
      readonly pauseMs: number
    }
  /** The first half under the full length, then nothing; the connection is cut after `afterMs`. */
  | {
      readonly kind: 'cut'
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
      readonly bytes: Buffer
      readonly afterMs: number
    }
  | { readonly kind: 'oversized'; readonly sizeBytes: number }
  | { readonly kind: 'reset' }

interface FaultContext {
  readonly nowMs: number
  /** Path and query as asked. */
  readonly target: string
  /** An error in the service's own words. */
  errorReply(status: number, message: string): Reply
  /** The honest answer; asked for only when the fault needs it. */
  answer(): Reply
}

const whole = (reply: Reply): Delivery => ({ kind: 'whole', status: reply.status, headers: reply.headers, bytes: Buffer.from(reply.body) })

const rateLimited = (shape: RateLimitShape, waitSeconds: number, { nowMs, errorReply }: FaultContext): Reply => {
  const resetAt = String(Math.ceil(nowMs / 1000) + waitSeconds)
  const error = errorReply(429, 'Rate Limit Exceeded')
  const family = (suffix: string): Record<string, string> => ({
    [`X-RateLimit-Limit${suffix}`]: '20000',
    [`X-RateLimit-Remaining${suffix}`]: '0',
    [`X-RateLimit-Reset${suffix}`]: resetAt,
  })
  switch (shape) {
    case 'retry-after-seconds':
      return { ...error, headers: { ...error.headers, 'Retry-After': String(waitSeconds) } }
    case 'retry-after-date':
      return {
        ...error,
        headers: { ...error.headers, 'Retry-After': new Date((Math.ceil(nowMs / 1000) + waitSeconds) * 1000).toUTCString() },
      }
    case 'x-ratelimit':
      return { ...error, headers: { ...error.headers, ...family('') } }
    case 'x-ratelimit-v2-api':
      return { ...error, headers: { 'content-type': 'text/plain; charset=utf-8', ...family('-V2-API') } }
    case 'text-plain':
      return { ...error, headers: { 'content-type': 'text/plain; charset=utf-8', 'Retry-After': String(waitSeconds) } }
    case 'html':
      return htmlReply(429, '429 Too Many Requests')
  }
}

const serverError = (status: number, body: 'html' | 'json' | 'empty', context: FaultContext): Reply => {
  switch (body) {
    case 'html':
      return htmlReply(status, `${status} Bad Gateway`)
    case 'json':
      return context.errorReply(status, 'An unknown error occurred.')
    case 'empty':
      return { status, headers: {}, body: '' }
  }
}

const compress = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const

const nextLink = /("next(?:_url)?":(?:\{"href":)?")(?:https?:\/\/[^/"]+)?\//

const cut = (reply: Reply, afterMs: number): Delivery => ({
  kind: 'cut',
  status: reply.status,
  headers: reply.headers,
  bytes: Buffer.from(reply.body),
  afterMs,
})

const inPieces = (reply: Reply, pieces: number, pauseMs: number): Delivery => ({
  kind: 'pieces',
  status: reply.status,
  headers: reply.headers,
  bytes: Buffer.from(reply.body),
  pieces,
  pauseMs,
})

/** What goes over the wire for a request struck by `fault` (null: the honest answer). */
export const deliveryFor = (fault: Fault | null, context: FaultContext): Delivery => {
  if (fault === null) return whole(context.answer())
  switch (fault.kind) {
    // These three changed the service before it was asked; the answer itself is honest.
    case 'expire-tokens':
    case 'disturbance':
    case 'unreadable-page':
      return whole(context.answer())
    case 'reset-before-reply':
      return { kind: 'reset' }
    case 'reset-mid-body':
      return cut(context.answer(), 0)
    case 'stall':
      return cut(context.answer(), fault.stallMs)
    case 'truncated-json': {
      const reply = context.answer()
      return whole({ ...reply, body: reply.body.slice(0, Math.floor(reply.body.length / 2)) })
    }
    case 'server-error':
      return whole(serverError(fault.status, fault.body, context))
    case 'rate-limit':
      return whole(rateLimited(fault.shape, fault.waitSeconds, context))
    case 'slow-drip':
      return inPieces(context.answer(), fault.pieces, fault.pauseMs)
    case 'chunked':
      return inPieces(context.answer(), 7, 0)
    case 'wrong-types': {
      const { status, headers } = context.answer()
      return whole({
        status,
        headers,
        body: '{"items":"none","data":{"id":1},"resources":7,"total_entries":[],"pagination":"first","meta":null}',
      })
    }
    case 'html-200':
      return whole(htmlReply(200, 'Please sign in'))
    case 'oversized':
      return { kind: 'oversized', sizeBytes: fault.sizeBytes }
    case 'redirect':
      return whole({ status: 302, headers: { location: `${fault.origin}${context.target}` }, body: '' })
    case 'foreign-next-link': {
      const reply = context.answer()
      return whole({ ...reply, body: reply.body.replace(nextLink, `$1${fault.origin}/`) })
    }
    case 'encoded': {
      const reply = context.answer()
      const headers = { ...reply.headers, 'content-encoding': fault.encoding }
      return { kind: 'whole', status: reply.status, headers, bytes: compress[fault.encoding](reply.body) }
    }
  }
}
