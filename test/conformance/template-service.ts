import type { ServiceId } from '../../src-main/contract/model/audit-event.ts'
import { EventStore } from '../../src-main/demo/event-store.ts'
import { moments } from '../../src-main/demo/generator/calendar.ts'
import { plainName } from '../../src-main/demo/generator/names.ts'
import { jsonReply, wholeNumber, type PracticeRequest, type Reply } from '../../src-main/demo/http/message.ts'
import { serve } from '../../src-main/demo/http/server.ts'
import { assemble, type ServiceParts } from '../../src-main/demo/practice-service.ts'
import { createRandom } from '../../src-main/demo/random.ts'
import type { PracticeClock, PracticeEvent, PracticeService } from '../../src-main/demo/types.ts'

interface TemplateEvent extends PracticeEvent {
  readonly userId: string
  /** Null: the entry does not name its user, who has to be looked up. */
  readonly userName: string | null
  readonly action: string
  readonly report: string
}

interface TemplatePractice {
  readonly source: PracticeService
  close(): Promise<void>
}

const spanMs = 400 * 86_400_000
const most = 200
const people = Array.from({ length: 12 }, (_unused, index) => ({
  id: `u${index}`,
  name: `Person ${index}`,
  email: `p${index}@template.example`,
}))

/**
 * The imaginary service of the connector to copy, as its README has it: `/api/audit` lists newest first, and a cursor names a place in the order of
 * time and id, so that entries which come and go move nothing. Rejects when the port cannot be had.
 */
export async function startTemplateService(seed: number, events: number, clock: PracticeClock): Promise<TemplatePractice> {
  let origin = ''
  const { service, served } = assemble(createTemplate(seed, events, clock), clock, String(seed), () => origin)
  const server = await serve(served, '127.0.0.1', 0)
  origin = server.origin
  return { source: service, close: () => server.close() }
}

function createTemplate(seed: number, events: number, clock: PracticeClock): ServiceParts<TemplateEvent, null> {
  const random = createRandom(`${seed}/template`)
  let made = 0
  const make = (timeMs: number): TemplateEvent => {
    const person = random.pick(people)
    return {
      id: `e-${String(++made).padStart(6, '0')}`,
      timeMs,
      userId: person.id,
      userName: random.chance(0.5) ? person.name : null,
      action: random.pick(['created', 'viewed', 'changed', 'removed', 'logged_in', 'archived']),
      report: plainName(random),
    }
  }
  const nowMs = clock.now()
  const initial = [...moments(`${seed}/template`, events, nowMs - spanMs, nowMs)].map(make)
  const store = new EventStore(initial, compare)

  const render = (event: TemplateEvent): string =>
    store.edited(
      event.id,
      JSON.stringify({
        id: event.id,
        created_at: new Date(event.timeMs).toISOString(),
        user_id: event.userId,
        ...(event.userName === null ? {} : { user_name: event.userName }),
        action: event.action,
        target: { type: 'report', name: event.report },
        project: 'p1',
      }),
    )
  const failure = (status: number, message: string): Reply => jsonReply(status, { error: { code: String(status), message } })

  const list = (query: URLSearchParams): Reply => {
    const [after, before] = [query.get('after') ?? '', query.get('before') ?? '']
    const [afterMs, beforeMs] = [after === '' ? -Infinity : Date.parse(after), Date.parse(before)]
    const limit = wholeNumber(query.get('limit'), 1)
    const place = placeOf(query.get('cursor'))
    if (Number.isNaN(afterMs) || Number.isNaN(beforeMs) || limit === null || limit > most || place === undefined)
      return failure(400, 'A parameter cannot be read.')
    const rest = store
      .list()
      .filter((event) => event.timeMs >= afterMs && event.timeMs < beforeMs && (place === null || compare(event, place) < 0))
      .toSorted((left, right) => compare(right, left))
    const page = rest.slice(0, limit)
    const last = page.at(-1)
    // Out of order or not, a page holds the same entries: the order of the store decides only how they stand in it.
    const shown = store.isReordered ? store.list().filter((event) => page.includes(event)) : page
    const next = last === undefined || rest.length === page.length ? 'null' : JSON.stringify(`${last.timeMs}:${last.id}`)
    return {
      ...jsonReply(200, null),
      body: `{"entries":[${shown.map(render).join(',')}],"next":${next}}`,
      eventIds: shown.map(({ id }) => id),
    }
  }

  const handle = ({ path, query, headers }: PracticeRequest): Reply => {
    if (headers['authorization'] !== `Bearer ${credential.token}`) return failure(401, 'The token is missing or wrong.')
    if (path === '/api/me') return jsonReply(200, { user: people[0] })
    if (path === '/api/audit') return list(query)
    // Entries speak of the last person, whom the service no longer knows.
    const asked = new Set((query.get('ids') ?? '').split(','))
    if (path === '/api/people') return jsonReply(200, { people: people.slice(0, -1).filter(({ id }) => asked.has(id)) })
    return failure(404, 'There is nothing here.')
  }

  return {
    // Not one of the services the product has.
    service: 'template' as ServiceId,
    name: 'Template (practice)',
    credential,
    otherCredentials: [],
    quirks: null,
    store,
    source: { next: make, late: make },
    render,
    isVisible: () => true,
    revise: (entry, revision) => (entry['note'] = `corrected ${revision}`),
    classify: ({ path }) => (path === '/api/audit' ? 'list' : 'other'),
    handle,
    errorReply: failure,
    expireTokens: () => undefined,
  }
}

const credential = { token: 'practice-token' }

function compare(left: PracticeEvent, right: PracticeEvent): number {
  return left.timeMs - right.timeMs || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0)
}

/** The place a cursor names; null without one, undefined when it cannot be read. */
function placeOf(cursor: string | null): PracticeEvent | null | undefined {
  if (cursor === null) return null
  const [, timeMs, id] = /^(\d+):(.+)$/.exec(cursor) ?? []
  return timeMs === undefined || id === undefined ? undefined : { timeMs: Number(timeMs), id }
}
