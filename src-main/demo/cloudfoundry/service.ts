import { EventStore } from '../event-store.ts'
import type { People } from '../generator/people.ts'
import { jsonReply, type PracticeRequest, type Reply } from '../http/message.ts'
import { createTokenDesk } from '../http/tokens.ts'
import type { ServiceParts } from '../practice-service.ts'
import { createRandom } from '../random.ts'
import type { PracticeClock } from '../types.ts'
import { CfError, errorForStatus, errorReply, unknownRequest } from './errors.ts'
import { createRateLimit } from './rate-limit.ts'
import type { CfEvent, CfWorld } from './records.ts'
import { uaaToken } from './uaa.ts'
import { listV2Events, oneV2Event, v2Name } from './v2.ts'
import { listV3Events, listV3Names, oneV3Event } from './v3.ts'

export interface CloudFoundryQuirks {
  /** Version 2: there, or switched off in one of the two ways foundations do it. */
  v2: 'on' | 'off-json' | 'off-text'
  isV3On: boolean
  /** Days after which the daily job (20:00 UTC) deletes events; null: never, so that practice data can span years. */
  retentionDays: number | null
  /** Version 2 refuses pages beyond it; null: it does not. */
  maxTotalResults: number | null
  /** Requests an hour before 429, with the header family on every answer; null: no limit and no headers. */
  requestsPerHour: number | null
  /** The same for version 2 alone, with the `-V2-API` family. */
  v2RequestsPerHour: number | null
  tokenLifetimeSeconds: number
  /** Whether a refresh token is replaced whenever it is used. */
  isRefreshTokenRotating: boolean
  /** Newer servers show `actor_username` in version 2. */
  hasActorUsername: boolean
  /** Older servers write `+00:00` in version 2. */
  zoneSuffix: 'Z' | '+00:00'
}

const dayMs = 86_400_000
const uncounted = new Set(['/', '/v3', '/v2/info', '/healthz'])

export interface CloudFoundryOrigins {
  api(): string
  uaa(): string
}

/** Cloud Foundry's API (versions 2 and 3) over a generated world, and `handleUaa` for its authorization server. */
export const createCloudFoundry = (
  seed: string,
  people: People,
  world: CfWorld,
  events: readonly CfEvent[],
  clock: PracticeClock,
  origins: CloudFoundryOrigins,
): ServiceParts<CfEvent, CloudFoundryQuirks> & { handleUaa(request: PracticeRequest): Reply } => {
  const random = createRandom(`${seed}/cloudfoundry/secrets`)
  const quirks: CloudFoundryQuirks = {
    v2: 'on',
    isV3On: true,
    retentionDays: null,
    maxTotalResults: null,
    requestsPerHour: null,
    v2RequestsPerHour: null,
    tokenLifetimeSeconds: 600,
    isRefreshTokenRotating: true,
    hasActorUsername: true,
    zoneSuffix: 'Z',
  }
  const accounts = {
    userId: people.reader.cloudFoundryGuid,
    username: people.reader.username,
    password: `practice-${random.hex(12)}`,
    clientId: 'audit-reader',
    clientSecret: random.hex(32),
  }
  const desk = createTokenDesk(`${seed}/cloudfoundry`, clock)
  const standingToken = random.hex(64)
  const firstRefreshToken = desk.issueRefresh()
  const store = new EventStore(events, (left, right) => left.timeMs - right.timeMs || left.row - right.row)
  const generalLimit = createRateLimit('')
  const v2Limit = createRateLimit('-V2-API')

  const purgedBeforeMs = (): number => {
    if (quirks.retentionDays === null) return Number.NEGATIVE_INFINITY
    const lastRunMs = Math.floor((clock.now() - 20 * 3_600_000) / dayMs) * dayMs + 20 * 3_600_000
    return lastRunMs - quirks.retentionDays * dayMs
  }

  const second = (timeMs: number, suffix: string): string => `${new Date(timeMs).toISOString().slice(0, 19)}${suffix}`
  const v2Element = (event: CfEvent): string =>
    store.edited(
      event.id,
      JSON.stringify({
        metadata: {
          guid: event.id,
          url: `/v2/events/${event.id}`,
          created_at: second(event.columnMs, quirks.zoneSuffix),
          updated_at: null,
        },
        entity: {
          type: event.type,
          actor: event.actor.guid,
          actor_type: event.actor.type,
          actor_name: event.actor.name,
          ...(quirks.hasActorUsername ? { actor_username: event.actor.username } : {}),
          actee: event.target.guid,
          actee_type: event.target.type,
          actee_name: event.target.name,
          timestamp: second(event.timeMs, quirks.zoneSuffix),
          metadata: event.metadata,
          space_guid: event.spaceGuid,
          organization_guid: event.organizationGuid,
        },
      }),
    )
  const v3Element = (event: CfEvent): string =>
    store.edited(
      event.id,
      JSON.stringify({
        guid: event.id,
        created_at: second(event.timeMs, 'Z'),
        updated_at: second(event.timeMs, 'Z'),
        type: event.type,
        actor: { guid: event.actor.guid, type: event.actor.type, name: event.actor.name },
        target: event.target,
        data: event.metadata,
        space: event.spaceGuid === '' ? null : { guid: event.spaceGuid },
        organization: event.organizationGuid === '' ? null : { guid: event.organizationGuid },
        links: { self: { href: `${origins.api()}/v3/audit_events/${event.id}` } },
      }),
    )

  const v2Context = { store, world, maxTotalResults: () => quirks.maxTotalResults, purgedBeforeMs, render: v2Element }
  const v3Context = { store, world, people, nowMs: () => clock.now(), purgedBeforeMs, origin: origins.api, render: v3Element }

  const root = (): Reply => {
    const link = (path: string): { readonly href: string } => ({ href: `${origins.api()}${path}` })
    return jsonReply(200, {
      links: {
        self: link(''),
        ...(quirks.v2 === 'on' ? { cloud_controller_v2: { ...link('/v2'), meta: { version: '2.272.0' } } } : {}),
        ...(quirks.isV3On ? { cloud_controller_v3: { ...link('/v3'), meta: { version: '3.207.0' } } } : {}),
        login: { href: origins.uaa() },
        uaa: { href: origins.uaa() },
      },
    })
  }
  const v2Info = (): Reply =>
    jsonReply(200, {
      name: 'practice',
      support: quirks.v2 === 'on' ? '' : 'CF API v2 is disabled',
      version: 0,
      description: 'A practice foundation',
      authorization_endpoint: origins.uaa(),
      token_endpoint: origins.uaa(),
      min_cli_version: null,
      api_version: quirks.v2 === 'on' ? '2.272.0' : '',
      user: people.reader.cloudFoundryGuid,
    })

  const checkToken = (request: PracticeRequest): void => {
    const header = request.headers['authorization']
    if (header === undefined) throw new CfError(401, 10002, 'CF-NotAuthenticated', 'Authentication error')
    const [, token = ''] = /^bearer (\S+)$/i.exec(header) ?? []
    if (token !== standingToken && !desk.isValidAccess(token)) throw new CfError(401, 1000, 'CF-InvalidAuthToken', 'Invalid Auth Token')
  }

  const route = (request: PracticeRequest): Reply => {
    const { path, query } = request
    checkToken(request)
    if (request.method !== 'GET') throw unknownRequest()
    if (path === '/v2/events') return listV2Events(v2Context, query)
    if (path === '/v3/audit_events') return listV3Events(v3Context, query)
    const [, version, collection = '', guid] = /^\/(v2|v3)\/(\w+)(?:\/([^/]+))?$/.exec(path) ?? []
    if (version === 'v2' && guid !== undefined) {
      if (collection === 'events') return oneV2Event(v2Context, guid)
      if (['spaces', 'organizations', 'apps'].includes(collection)) return v2Name(v2Context, collection, guid)
    }
    if (version === 'v3') {
      if (collection === 'audit_events' && guid !== undefined) return oneV3Event(v3Context, guid)
      if (['spaces', 'organizations', 'apps', 'users'].includes(collection) && guid === undefined)
        return listV3Names(v3Context, collection, query)
    }
    throw unknownRequest()
  }

  const handle = (request: PracticeRequest): Reply => {
    const { path } = request
    if (path === '/') return root()
    if (path === '/v2/info') return v2Info()
    if (path === '/v3' && quirks.isV3On) return jsonReply(200, { links: { self: { href: `${origins.api()}/v3` } } })
    const version = path.startsWith('/v2') ? 2 : 3
    if (version === 2 && quirks.v2 === 'off-json') return errorReply(unknownRequest(), 3)
    if (version === 2 && quirks.v2 === 'off-text')
      return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'V2 endpoints disabled' }
    if (version === 3 && !quirks.isV3On) return errorReply(unknownRequest(), 3)

    const isCounted = !uncounted.has(path)
    const general = generalLimit.count(isCounted ? quirks.requestsPerHour : null, clock.now())
    const own = v2Limit.count(isCounted && version === 2 ? quirks.v2RequestsPerHour : null, clock.now())
    const refusal = general.refusal ?? own.refusal
    if (refusal !== null) return refusal
    const reply = answerOrError(request, version)
    return { ...reply, headers: { ...reply.headers, ...general.headers, ...own.headers } }
  }
  const answerOrError = (request: PracticeRequest, version: 2 | 3): Reply => {
    try {
      return route(request)
    } catch (error) {
      if (error instanceof CfError) return errorReply(error, version)
      throw error
    }
  }

  return {
    service: 'cloudfoundry',
    name: 'Cloud Foundry (practice)',
    credential: { username: accounts.username, password: accounts.password },
    otherCredentials: [
      { clientId: accounts.clientId, clientSecret: accounts.clientSecret },
      { refreshToken: firstRefreshToken },
      { accessToken: standingToken },
    ],
    quirks,
    store,
    source: world,
    render: (event) => (quirks.isV3On ? v3Element(event) : v2Element(event)),
    isVisible: (event) => event.columnMs >= purgedBeforeMs(),
    revise: (element, revision) => {
      const { entity } = element
      if (typeof entity === 'object' && entity !== null) Object.assign(entity, { metadata: { corrected: revision } })
      else element['data'] = { corrected: revision }
    },
    classify: ({ path }) => (path === '/v2/events' || path === '/v3/audit_events' ? 'list' : 'other'),
    handle,
    errorReply: (status, message) => errorReply(errorForStatus(status, message), 3),
    expireTokens: () => desk.expireAll(),
    handleUaa: (request) =>
      request.path === '/oauth/token' && request.method === 'POST'
        ? uaaToken(request, accounts, desk, { lifetimeSeconds: quirks.tokenLifetimeSeconds, isRotating: quirks.isRefreshTokenRotating })
        : jsonReply(404, { error: 'not_found', error_description: 'Only /oauth/token is here.' }),
  }
}
