import { EventStore } from '../event-store.ts'
import type { People } from '../generator/people.ts'
import { jsonReply, slice, wholeNumber, type PracticeRequest, type Reply } from '../http/message.ts'
import type { ServiceParts } from '../practice-service.ts'
import { createRandom } from '../random.ts'
import type { PracticeClock } from '../types.ts'
import { createLyticsNames } from './names.ts'
import type { LyticsEvent, LyticsWorld } from './records.ts'
import { parseDateMath, parseDay, parseRfc3339 } from './time.ts'

export interface LyticsQuirks {
  /** The most events of a page, whatever more was asked for. */
  mostPerPage: number
  /** Whether `/v2/event` exists; without it, 404. */
  isV2On: boolean
  /** What an absent `before` means: `now-3d` as documented (with the same `after`, an empty window) or `now`. */
  beforeDefault: 'now-3d' | 'now'
  /** What a `limit` over 100 does. */
  overLimit: 'clamp' | 'reject'
  /** The form of `status` in success envelopes; `mixed` is a number twice and a text the third time. */
  status: 'number' | 'string' | 'mixed'
  /** What version 1 makes of RFC-3339 times. */
  rfc3339: 'accepted' | 'rejected' | 'ignored'
  order: 'oldest-first' | 'newest-first'
  /** How an event that does not exist is answered: 200 with `Not Found` in the body, or a true 404. */
  eventNotFound: 200 | 404
}

type Version = 1 | 2
const maxLimit = 100
const threeDaysMs = 3 * 86_400_000

/** Lytics (`/api/event`, `/v2/event`, names) over a generated world. */
export const createLytics = (
  seed: string,
  people: People,
  world: LyticsWorld,
  events: readonly LyticsEvent[],
  clock: PracticeClock,
): ServiceParts<LyticsEvent, LyticsQuirks> => {
  const random = createRandom(`${seed}/lytics/secrets`)
  const quirks: LyticsQuirks = {
    mostPerPage: maxLimit,
    isV2On: true,
    beforeDefault: 'now-3d',
    overLimit: 'clamp',
    status: 'mixed',
    rfc3339: 'accepted',
    order: 'oldest-first',
    eventNotFound: 200,
  }
  const credential = { token: random.hex(40) }
  const store = new EventStore(events, (left, right) => left.timeMs - right.timeMs || (left.id < right.id ? -1 : 1))
  let successes = 0

  const element = (event: LyticsEvent, version: Version): string => {
    const account = event.accountId === world.account.id ? world.account : world.otherAccount
    const head =
      version === 1
        ? { id: event.id, ts: String(event.timeMs), priority: event.priority }
        : {
            id: event.id,
            timestamp: new Date(event.timeMs).toISOString(),
            ...(event.userId === null ? {} : { user_id: event.userId }),
            aid: account.aid,
          }
    return store.edited(
      event.id,
      JSON.stringify({
        ...head,
        subject_type: event.subjectType,
        subject_id: event.subjectId,
        verb: event.verb,
        ...(event.related.length === 0 ? {} : { related: event.related }),
        account_id: event.accountId,
        ...(event.context === null ? {} : { context: event.context }),
      }),
    )
  }

  const v1Error = (status: number, message: string): Reply => jsonReply(status, { data: null, message, status })
  const v2Error = (status: number, code: string, message: string): Reply =>
    jsonReply(status, {
      errors: [{ code, level: 'error', message, timestamp: new Date(clock.now()).toISOString() }],
      request_id: random.hex(32),
      status,
    })
  const badRequest = (version: Version, message: string): Reply =>
    version === 1 ? v1Error(400, message) : v2Error(400, 'BADREQ-001', message)

  const statusText = (): string => {
    if (quirks.status === 'number') return '200'
    if (quirks.status === 'string') return '"success"'
    successes += 1
    return successes % 3 === 0 ? '"success"' : '200'
  }
  const success = (data: string): Reply => ({
    ...jsonReply(200, null),
    body: `{"data":${data},"message":"success","status":${statusText()}}`,
  })

  /** Undefined: the parameter is none that this version understands; null: it is absent or has no effect. */
  const readTime = (text: string | null, version: Version): number | null | undefined => {
    if (text === null || text === '') return null
    const rfc3339 = parseRfc3339(text)
    if (version === 2) return rfc3339 ?? undefined
    if (rfc3339 === null) return parseDateMath(text, clock.now()) ?? parseDay(text) ?? undefined
    if (quirks.rfc3339 === 'accepted') return rfc3339
    return quirks.rfc3339 === 'ignored' ? null : undefined
  }

  const list = (request: PracticeRequest, version: Version): Reply => {
    const { query } = request
    const before = readTime(query.get('before'), version)
    const after = readTime(query.get('after'), version)
    if (before === undefined || after === undefined) return badRequest(version, 'Invalid date')
    const start = query.get('start') === null || query.get('start') === '' ? 0 : wholeNumber(query.get('start'))
    const limit = query.get('limit') === null || query.get('limit') === '' ? 20 : wholeNumber(query.get('limit'), 1)
    if (start === null || limit === null) return badRequest(version, 'start and limit must be numbers')
    if (limit > maxLimit && quirks.overLimit === 'reject') return badRequest(version, 'limit must not be more than 100')
    const accountId = query.get('account_id') ?? world.account.id
    if (accountId !== world.account.id && accountId !== world.otherAccount.id) {
      return version === 1 ? v1Error(403, 'Not authorized') : v2Error(403, 'FORBIDDEN-026', 'Not authorized')
    }

    const afterMs = after ?? clock.now() - threeDaysMs
    const beforeMs = before ?? (quirks.beforeDefault === 'now' ? clock.now() : clock.now() - threeDaysMs)
    const wanted = { type: query.get('type') ?? '', id: query.get('id') ?? '', verb: query.get('verb') ?? '' }
    const priority = version === 2 ? wholeNumber(query.get('priority')) : null
    const passing = store.select(
      JSON.stringify([afterMs, beforeMs, accountId, wanted, priority]),
      (event) =>
        event.timeMs > afterMs &&
        event.timeMs < beforeMs &&
        event.accountId === accountId &&
        (wanted.type === '' || event.subjectType === wanted.type) &&
        (wanted.id === '' || event.subjectId === wanted.id) &&
        (wanted.verb === '' || event.verb === wanted.verb) &&
        (priority === null || event.priority === priority),
    )
    const shown = slice(quirks.order === 'oldest-first' ? passing : passing.toReversed(), start, Math.min(limit, quirks.mostPerPage))
    return { ...success(`[${shown.map((event) => element(event, version)).join(',')}]`), eventIds: shown.map(({ id }) => id) }
  }

  const single = (id: string, version: Version): Reply => {
    const event = store.find(id)
    if (event !== undefined) return success(element(event, version))
    if (version === 2) return v2Error(404, 'NOTFOUND-003', 'Not Found')
    return jsonReply(quirks.eventNotFound, { data: null, message: 'Not Found', status: quirks.eventNotFound })
  }

  const names = createLyticsNames(people, world, clock, success, v1Error)

  const handle = (request: PracticeRequest): Reply => {
    const { path } = request
    const [, prefix = '', id = ''] = /^\/(api|v2)\/event(?:\/([^/]+))?$/.exec(path) ?? []
    const version: Version = path.startsWith('/v2/') ? 2 : 1
    if (request.headers['authorization'] !== credential.token) {
      return version === 1 ? v1Error(401, 'Not authorized') : v2Error(401, 'UNAUTHORIZED-017', 'Not authorized')
    }
    if (version === 2 && (!quirks.isV2On || prefix === '')) return v2Error(404, 'NOTFOUND-003', 'Not Found')
    if (request.method !== 'GET') return v1Error(405, 'Method not allowed')
    if (prefix !== '') return id === '' ? list(request, version) : single(id, version)
    return names(path) ?? v1Error(404, 'Not Found')
  }

  return {
    service: 'lytics',
    name: 'Lytics (practice)',
    credential,
    otherCredentials: [],
    quirks,
    store,
    source: world,
    render: (event) => element(event, quirks.isV2On ? 2 : 1),
    isVisible: (event) => event.accountId === world.account.id,
    revise: (record, revision) => {
      const context = typeof record['context'] === 'object' ? record['context'] : {}
      record['context'] = { ...context, corrected: String(revision) }
    },
    classify: ({ path }) => (path === '/api/event' || path === '/v2/event' ? 'list' : 'other'),
    handle,
    errorReply: v1Error,
    expireTokens: () => undefined,
  }
}
