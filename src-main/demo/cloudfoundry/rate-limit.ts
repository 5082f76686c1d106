import { jsonReply, type Reply } from '../http/message.ts'

/** Counts requests in windows of one hour, and speaks the header family of its API. */
export interface RateLimit {
  /** Counts one request. The headers every answer carries; `refusal` once the limit is passed. Null limit: nothing counts. */
  count(limit: number | null, nowMs: number): { readonly headers: Readonly<Record<string, string>>; readonly refusal: Reply | null }
}

const windowMs = 3_600_000

/** `suffix` is `-V2-API` for the twins that count version 2 alone. */
export const createRateLimit = (suffix: '' | '-V2-API'): RateLimit => {
  let windowEndMs = 0
  let used = 0
  const [code, title] = suffix === '' ? [10013, 'CF-RateLimitExceeded'] : [10018, 'CF-RateLimitV2APIExceeded']
  return {
    count: (limit, nowMs) => {
      if (limit === null) return { headers: {}, refusal: null }
      if (nowMs >= windowEndMs) {
        windowEndMs = nowMs + windowMs
        used = 0
      }
      used += 1
      const tenth = Math.max(1, limit / 10)
      const headers = {
        [`X-RateLimit-Limit${suffix}`]: String(limit),
        // The service only estimates what remains, in steps of a tenth.
        [`X-RateLimit-Remaining${suffix}`]: String(Math.floor(Math.floor(Math.max(0, limit - used) / tenth) * tenth)),
        [`X-RateLimit-Reset${suffix}`]: String(Math.ceil(windowEndMs / 1000)),
      }
      if (used <= limit) return { headers, refusal: null }
      const retryAfter = String(Math.ceil((windowEndMs - nowMs) / 1000))
      const body =
        suffix === ''
          ? { errors: [{ code, title, detail: 'Rate Limit Exceeded' }] }
          : { description: 'Rate Limit Exceeded', error_code: title, code }
      return {
        headers,
        refusal: jsonReply(429, body, { ...headers, 'content-type': 'text/plain; charset=utf-8', 'Retry-After': retryAfter }),
      }
    },
  }
}
