import { EventStore } from '../event-store.ts'
import type { People } from '../generator/people.ts'
import { bodyParameters, htmlReply, jsonReply, slice, wholeNumber, type PracticeRequest, type Reply } from '../http/message.ts'
import { createTokenDesk } from '../http/tokens.ts'
import type { ServiceParts } from '../practice-service.ts'
import { createRandom } from '../random.ts'
import type { PracticeClock } from '../types.ts'
import { createOnehubNames } from './names.ts'
import type { OnehubEvent, OnehubWorld } from './records.ts'
import { pacificTime, parseRfc2822 } from './zone.ts'

export interface OnehubQuirks {
  /** What `offset` counts: the text says items, the vendor's example pages. */
  offsetUnit: 'items' | 'pages'
  /** Whether `/activity` tells how many there are, or zero as in the vendor's sample. */
  totals: 'zero' | 'true'
  /** Whose time zone counts in `start_time` and `end_time`: the requesting user's, or the one in the text. */
  zone: 'user' | 'text'
  /** How somebody below Moderator is refused an audit trail. */
  auditTrailRefusal: 403 | 404
  /** Parameters of `/activity` that have no effect, silently. */
  ignoredParameters: readonly string[]
  tokenLifetimeSeconds: number
}

const perPage = 30

const newestFirst = (events: readonly OnehubEvent[]): readonly OnehubEvent[] => events.toReversed()

const errorReply = (status: number, message: string): Reply => jsonReply(status, { error: message })

/** Onehub (`/activity`, `/files/:id/audit_trail`, OAuth, names) over a generated world. */
export const createOnehub = (
  seed: string,
  people: People,
  world: OnehubWorld,
  events: readonly OnehubEvent[],
  clock: PracticeClock,
): ServiceParts<OnehubEvent, OnehubQuirks> => {
  const random = createRandom(`${seed}/onehub/secrets`)
  const quirks: OnehubQuirks = {
    offsetUnit: 'items',
    totals: 'zero',
    zone: 'user',
    auditTrailRefusal: 403,
    ignoredParameters: [],
    tokenLifetimeSeconds: 7200,
  }
  const credential = {
    clientId: random.hex(40),
    clientSecret: random.hex(40),
    username: people.reader.email,
    password: `practice-${random.hex(12)}`,
  }
  const desk = createTokenDesk(`${seed}/onehub`, clock)
  const standingToken = random.hex(64)
  const store = new EventStore(events, (left, right) => left.timeMs - right.timeMs || Number(left.id) - Number(right.id))
  const names = createOnehubNames(people, world, clock)

  const render = (event: OnehubEvent): string =>
    store.edited(
      event.id,
      JSON.stringify({
        event: {
          id: Number(event.id),
          updated_at: pacificTime(event.timeMs),
          detail: event.detail,
          workspace_id: event.workspaceId,
          user_id: event.userId,
        },
      }),
    )

  const token = (request: PracticeRequest): Reply => {
    const form = bodyParameters(request)
    if (form.get('client_id') !== credential.clientId || form.get('client_secret') !== credential.clientSecret) {
      return jsonReply(401, { error: 'invalid_client', error_description: 'Client authentication failed.' })
    }
    const grant = form.get('grant_type')
    if (grant === 'password') {
      if (form.get('username') !== credential.username || form.get('password') !== credential.password) {
        return jsonReply(401, { error: 'invalid_grant', error_description: 'The username or password is wrong.' })
      }
    } else if (grant === 'refresh_token') {
      if (!desk.acceptRefresh(form.get('refresh_token') ?? '', false)) {
        return jsonReply(401, { error: 'invalid_grant', error_description: 'The refresh token is not valid.' })
      }
    } else {
      return jsonReply(400, { error: 'unsupported_grant_type', error_description: 'Use password or refresh_token.' })
    }
    const lifetime = quirks.tokenLifetimeSeconds
    return jsonReply(200, { access_token: desk.issueAccess(lifetime), refresh_token: desk.issueRefresh(), expires_in: lifetime })
  }

  const page = (all: readonly OnehubEvent[], parameters: URLSearchParams, totals: 'zero' | 'true'): Reply => {
    const offset = wholeNumber(parameters.get('offset')) ?? 0
    const skip = quirks.offsetUnit === 'items' ? offset : offset * perPage
    const shown = slice(all, skip, perPage)
    const total = totals === 'zero' ? 0 : all.length
    const head = JSON.stringify({
      total_entries: total,
      current_page: Math.floor(skip / perPage) + 1,
      total_pages: Math.ceil(total / perPage),
      per_page: perPage,
    })
    return {
      ...jsonReply(200, null),
      body: `${head.slice(0, -1)},"items":[${shown.map(render).join(',')}]}`,
      eventIds: shown.map(({ id }) => id),
    }
  }

  const activity = (request: PracticeRequest): Reply => {
    const parameters = new URLSearchParams([...bodyParameters(request), ...request.query])
    for (const ignored of quirks.ignoredParameters) {
      parameters.delete(ignored)
      parameters.delete(`${ignored}[]`)
    }
    const workspaces = new Set(parameters.getAll('workspaces[]').map(Number))
    const verbs = new Set(parameters.getAll('verbs[]'))
    const actor = wholeNumber(parameters.get('actor'))
    const own = parameters.get('filter_self') === 'true' || parameters.get('filter_self') === '1' ? people.reader.onehubId : null
    const startMs = parseRfc2822(parameters.get('start_time') ?? '', quirks.zone) ?? Number.NEGATIVE_INFINITY
    const endMs = parseRfc2822(parameters.get('end_time') ?? '', quirks.zone) ?? Number.POSITIVE_INFINITY
    const key = JSON.stringify([[...workspaces], [...verbs], actor, own, String(startMs), String(endMs)])
    const passing = store.select(
      key,
      (event) =>
        event.timeMs >= startMs &&
        event.timeMs <= endMs &&
        (workspaces.size === 0 || workspaces.has(event.workspaceId)) &&
        (verbs.size === 0 || verbs.has(event.verb)) &&
        (actor === null || event.userId === actor) &&
        event.userId !== own,
    )
    return page(newestFirst(passing), parameters, quirks.totals)
  }

  const auditTrail = (fileId: number, request: PracticeRequest): Reply => {
    const ofFile = store.select(`file ${fileId}`, (event) => event.fileId === fileId)
    const workspace = world.workspaces.find(({ id }) => id === (world.findFile(fileId)?.workspaceId ?? ofFile[0]?.workspaceId))
    if (workspace === undefined) return errorReply(404, 'Not found')
    if (workspace.role !== 'Administrator' && workspace.role !== 'Moderator') {
      return errorReply(
        quirks.auditTrailRefusal,
        quirks.auditTrailRefusal === 403 ? 'Only moderators may see the audit trail of a file.' : 'Not found',
      )
    }
    return page(newestFirst(ofFile), new URLSearchParams([...bodyParameters(request), ...request.query]), 'true')
  }

  const isAuthorised = (request: PracticeRequest): boolean => {
    const [, bearer = ''] = /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '') ?? []
    return bearer === standingToken || desk.isValidAccess(bearer)
  }

  const trimmed = (path: string): string => path.replace(/\/$/, '').replace(/\.json$/, '')
  const handle = (request: PracticeRequest): Reply => {
    const path = trimmed(request.path)
    if (path === '/oauth/token') return request.method === 'POST' ? token(request) : htmlReply(404, '404 Not Found')
    if (!isAuthorised(request))
      return jsonReply(401, { error: 'invalid_token', error_description: 'The access token is missing, wrong or expired.' })
    if (request.method !== 'GET') return htmlReply(404, '404 Not Found')
    if (path === '/activity') return activity(request)
    const trail = /^\/files\/(\d+)\/audit_trail$/.exec(path)
    if (trail !== null) return auditTrail(Number(trail[1]), request)
    return names(path, request) ?? errorReply(404, 'Not found')
  }

  return {
    service: 'onehub',
    name: 'Onehub (practice)',
    credential,
    otherCredentials: [{ accessToken: standingToken }],
    quirks,
    store,
    source: world,
    render,
    isVisible: () => true,
    revise: (element, revision) => {
      const { event } = element
      if (typeof event === 'object' && event !== null && 'detail' in event) {
        event.detail = `${String(event.detail)} <complement>(corrected ${revision})</complement>`
      }
    },
    classify: (request) => {
      const path = trimmed(request.path)
      if (path === '/oauth/token') return 'sign-in'
      return path === '/activity' || path.endsWith('/audit_trail') ? 'list' : 'other'
    },
    handle,
    errorReply,
    expireTokens: () => desk.expireAll(),
  }
}
