import type { EventStore } from '../event-store.ts'
import { jsonReply, slice, wholeNumber, type Reply } from '../http/message.ts'
import { badQuery, notFound } from './errors.ts'
import type { CfEvent, CfWorld } from './records.ts'

export interface V2Context {
  readonly store: EventStore<CfEvent>
  readonly world: CfWorld
  /** `page × results-per-page` beyond it is refused; null: no limit. */
  maxTotalResults(): number | null
  /** Events written before it are purged. */
  purgedBeforeMs(): number
  render(event: CfEvent): string
}

const operators = ['>=', '<=', ':', '<', '>', ' IN '] as const
type Operator = (typeof operators)[number]

interface Condition {
  readonly filter: string
  readonly operator: Operator
  readonly value: string
}

const filterValues: Readonly<Record<string, (event: CfEvent) => string>> = {
  type: (event) => event.type,
  actee: (event) => event.target.guid,
  space_guid: (event) => event.spaceGuid,
  organization_guid: (event) => event.organizationGuid,
}

/** Splits at `;`, with `;;` for a semicolon that belongs to the value. */
const segments = (query: string): readonly string[] =>
  query
    .replace(/;;/g, '\0')
    .split(';')
    .map((part) => part.replace(/\0/g, ';'))

const parseCondition = (text: string): Condition => {
  const match = /^([a-z_]+)(>=|<=|:|<|>| IN )(.*)$/s.exec(text)
  const operator = operators.find((candidate) => candidate === match?.[2])
  if (match === null || operator === undefined) throw badQuery(text)
  const [, filter = '', , value = ''] = match
  if (filter !== 'timestamp' && filterValues[filter] === undefined) throw badQuery(text)
  return { filter, operator, value }
}

/** Whole seconds, as the service truncates them. Reads what Ruby's `Time.parse` reads of ISO-like times; without an offset, UTC. */
const parseSecond = (value: string): number => {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/.exec(value.trim())
  const [, day = '', clock = '00:00:00', zone = 'Z'] = match ?? []
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d{2})(\d{2})$/, '$1:$2')
  const ms = Date.parse(`${day}T${clock.length === 5 ? `${clock}:00` : clock}${offset}`)
  if (match === null || Number.isNaN(ms)) throw badQuery(`timestamp ${value}`)
  return Math.floor(ms / 1000)
}

const compare = (operator: Operator, left: number, right: number): boolean => {
  switch (operator) {
    case '>=':
      return left >= right
    case '<=':
      return left <= right
    case '<':
      return left < right
    case '>':
      return left > right
    case ':':
    case ' IN ':
      return left === right
  }
}

const conditionTest = ({ filter, operator, value }: Condition): ((event: CfEvent) => boolean) => {
  if (filter === 'timestamp') {
    const seconds = (operator === ' IN ' ? value.split(',') : [value]).map(parseSecond)
    return (event) => seconds.some((second) => compare(operator, event.timeMs / 1000, second))
  }
  const read = filterValues[filter]
  if (read === undefined) throw badQuery(filter)
  if (operator === ' IN ') {
    const values = new Set(value.split(','))
    return (event) => values.has(read(event))
  }
  return (event) => compare(operator, read(event) < value ? -1 : read(event) > value ? 1 : 0, 0)
}

const paging = (query: URLSearchParams, maxTotalResults: number | null): { readonly page: number; readonly size: number } => {
  const page = query.get('page') === null ? 1 : wholeNumber(query.get('page'), 1)
  const size = query.get('results-per-page') === null ? 50 : wholeNumber(query.get('results-per-page'), 1)
  if (page === null) throw badQuery('page must be >= 1')
  if (size === null) throw badQuery('results_per_page must be >= 1')
  if (size > 100) throw badQuery('results_per_page must be <= 100')
  if ((wholeNumber(query.get('inline-relations-depth')) ?? 0) > 3) throw badQuery('inline_relations_depth must be <= 3')
  if (maxTotalResults !== null && page * size > maxTotalResults) throw badQuery(`(page * per_page) must be less than ${maxTotalResults}`)
  return { page, size }
}

/** `GET /v2/events` */
export const listV2Events = (context: V2Context, query: URLSearchParams): Reply => {
  const { page, size } = paging(query, context.maxTotalResults())
  const direction = query.get('order-direction') ?? 'asc'
  if (direction !== 'asc' && direction !== 'desc') throw badQuery(`order_direction must be 'asc' or 'desc' but was '${direction}'`)
  const tests = query.getAll('q').flatMap(segments).map(parseCondition).map(conditionTest)
  const purgedBeforeMs = context.purgedBeforeMs()
  const passing = context.store.select(
    JSON.stringify(['v2', query.getAll('q'), purgedBeforeMs]),
    (event) => event.columnMs >= purgedBeforeMs && tests.every((test) => test(event)),
  )
  const ordered = direction === 'asc' ? passing : passing.toReversed()
  const totalPages = Math.max(1, Math.ceil(ordered.length / size))

  const link = (target: number): string => {
    const kept = new URLSearchParams({ 'order-direction': direction, page: String(target) })
    for (const q of query.getAll('q')) kept.append('q', q)
    kept.append('results-per-page', String(size))
    const depth = query.get('inline-relations-depth')
    if (depth !== null) kept.set('inline-relations-depth', depth)
    return `/v2/events?${kept.toString()}`
  }
  const shown = slice(ordered, (page - 1) * size, size)
  const head = JSON.stringify({
    total_results: ordered.length,
    total_pages: totalPages,
    prev_url: page > 1 ? link(page - 1) : null,
    next_url: page < totalPages ? link(page + 1) : null,
  })
  return {
    ...jsonReply(200, null, { 'X-Content-Type-Options': 'nosniff', 'X-Cf-Warnings': 'Endpoint%20deprecated' }),
    body: `${head.slice(0, -1)},"resources":[${shown.map((event) => context.render(event)).join(',')}]}`,
    eventIds: shown.map(({ id }) => id),
  }
}

export const oneV2Event = (context: V2Context, guid: string): Reply => {
  const event = context.store.find(guid)
  if (event === undefined || event.columnMs < context.purgedBeforeMs()) throw notFound(`The event could not be found: ${guid}`)
  return { ...jsonReply(200, null), body: context.render(event) }
}

/** `GET /v2/spaces/:guid`, `/v2/organizations/:guid`, `/v2/apps/:guid` */
export const v2Name = ({ world }: V2Context, collection: string, guid: string): Reply => {
  const resource = (entity: Readonly<Record<string, unknown>>): Reply =>
    jsonReply(200, { metadata: { guid, url: `/v2/${collection}/${guid}`, created_at: '2024-01-01T00:00:00Z', updated_at: null }, entity })
  switch (collection) {
    case 'spaces': {
      const space = world.spaces.find(({ id, isDeleted }) => id === guid && !isDeleted)
      if (space !== undefined) return resource({ name: space.name, organization_guid: space.organization.id })
      break
    }
    case 'organizations': {
      const organization = world.organizations.find(({ id, isDeleted }) => id === guid && !isDeleted)
      if (organization !== undefined) return resource({ name: organization.name, status: 'active' })
      break
    }
    default: {
      const app = world.apps.find(guid)
      if (app !== undefined) return resource({ name: app.name, space_guid: app.space.id, state: 'STARTED' })
    }
  }
  throw notFound(`The ${collection.replace(/s$/, '')} could not be found: ${guid}`)
}
