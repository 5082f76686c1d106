import type { EventStore } from '../event-store.ts'
import type { People } from '../generator/people.ts'
import { jsonReply, slice, wholeNumber, type Reply } from '../http/message.ts'
import { badQuery, notFound } from './errors.ts'
import type { CfApp, CfEvent, CfOrganization, CfSpace, CfWorld } from './records.ts'

export interface V3Context {
  readonly store: EventStore<CfEvent>
  readonly world: CfWorld
  readonly people: People
  nowMs(): number
  /** Events written before it are purged. */
  purgedBeforeMs(): number
  /** Origin of the links. */
  origin(): string
  render(event: CfEvent): string
}

const eventParameters = new Set([
  'types',
  'target_guids',
  'target_guids[not]',
  'space_guids',
  'organization_guids',
  'guids',
  'page',
  'per_page',
  'order_by',
])
const timeParameter = /^(created_ats|updated_ats)(?:\[(gt|gte|lt|lte)\])?$/

const checkNames = (query: URLSearchParams, isKnown: (name: string) => boolean, known: readonly string[]): void => {
  const unknown = [...new Set(query.keys())].filter((name) => !isKnown(name))
  if (unknown.length === 0) return
  const list = unknown.map((name) => `'${name}'`).join(', ')
  throw badQuery(`Unknown query parameter(s): ${list}. Valid parameters are: ${known.map((name) => `'${name}'`).join(', ')}`)
}

const commaList = (query: URLSearchParams, name: string): ReadonlySet<string> | null => {
  const value = query.get(name)
  // A comma inside a value is encoded once more than the rest.
  return value === null ? null : new Set(value.split(',').map((part) => part.replace(/%2C/gi, ',')))
}

const parseTime = (name: string, value: string): number => {
  const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(ms)) throw badQuery(`${name} has an invalid timestamp format. Timestamps should be formatted as 'YYYY-MM-DDThh:mm:ssZ'`)
  return ms
}

/** Compares the column, finer than a second, with a bound in whole seconds, as the service does. */
const timeTest = (name: string, operator: string | undefined, value: string): ((event: CfEvent) => boolean) => {
  const values = value.split(',')
  const [first = ''] = values
  if (operator !== undefined && values.length > 1) throw badQuery(`${name} accepts only one value with a relational operator`)
  const bound = parseTime(name, first)
  switch (operator) {
    case 'gt':
      return ({ columnMs }) => columnMs > bound + 999
    case 'gte':
      return ({ columnMs }) => columnMs >= bound
    case 'lt':
      return ({ columnMs }) => columnMs < bound
    case 'lte':
      return ({ columnMs }) => columnMs <= bound + 999
    default: {
      const bounds = values.map((text) => parseTime(name, text))
      return ({ columnMs }) => bounds.some((start) => columnMs >= start && columnMs <= start + 999)
    }
  }
}

const paging = (query: URLSearchParams): { readonly page: number; readonly perPage: number } => {
  const page = query.get('page') === null ? 1 : wholeNumber(query.get('page'), 1)
  const perPage = query.get('per_page') === null ? 50 : wholeNumber(query.get('per_page'), 1)
  if (page === null) throw badQuery('Page must be greater than 0')
  if (perPage === null || perPage > 5000) throw badQuery('Per page must be between 1 and 5000')
  return { page, perPage }
}

const pagination = (origin: string, path: string, query: URLSearchParams, total: number): Readonly<Record<string, unknown>> => {
  const { page, perPage } = paging(query)
  const totalPages = Math.max(1, Math.ceil(total / perPage))
  const link = (target: number): { readonly href: string } => {
    const kept = new URLSearchParams(query)
    kept.set('page', String(target))
    kept.set('per_page', String(perPage))
    return { href: `${origin}${path}?${kept.toString()}` }
  }
  return {
    total_results: total,
    total_pages: totalPages,
    first: link(1),
    last: link(totalPages),
    next: page < totalPages ? link(page + 1) : null,
    previous: page > 1 ? link(page - 1) : null,
  }
}

const byColumn = (left: CfEvent, right: CfEvent): number => left.columnMs - right.columnMs || (left.id < right.id ? -1 : 1)
const byRow = (left: CfEvent, right: CfEvent): number => left.row - right.row

/** Sorted copies by the filtered list they were made from, so that a walk sorts once. */
const sortedLists = new WeakMap<readonly CfEvent[], Map<string, readonly CfEvent[]>>()
const sorted = (list: readonly CfEvent[], order: string): readonly CfEvent[] => {
  const copies = sortedLists.get(list) ?? new Map<string, readonly CfEvent[]>()
  sortedLists.set(list, copies)
  const copy = copies.get(order) ?? makeSorted(list, order)
  copies.set(order, copy)
  return copy
}
const makeSorted = (list: readonly CfEvent[], order: string): readonly CfEvent[] => {
  if (order === '') return list.toSorted(byRow)
  const ascending = list.toSorted(byColumn)
  return order.startsWith('-') ? ascending.reverse() : ascending
}

/** `GET /v3/audit_events` */
export const listV3Events = (context: V3Context, query: URLSearchParams): Reply => {
  checkNames(query, (name) => eventParameters.has(name) || timeParameter.test(name), [...eventParameters, 'created_ats', 'updated_ats'])
  const { page, perPage } = paging(query)
  const order = query.get('order_by') ?? ''
  if (!['', 'created_at', '-created_at', '+created_at', 'updated_at', '-updated_at', '+updated_at'].includes(order)) {
    throw badQuery("Order by can only be: 'created_at', 'updated_at'")
  }
  const times = [...query].flatMap(([name, value]) => {
    const match = timeParameter.exec(name)
    return match === null ? [] : [timeTest(match[1] ?? name, match[2], value)]
  })
  const [types, guids, targets, notTargets, spaces, organizations] = [
    commaList(query, 'types'),
    commaList(query, 'guids'),
    commaList(query, 'target_guids'),
    commaList(query, 'target_guids[not]'),
    commaList(query, 'space_guids'),
    commaList(query, 'organization_guids'),
  ]
  const purgedBeforeMs = context.purgedBeforeMs()
  const filters = [...query].filter(([name]) => name !== 'page' && name !== 'per_page' && name !== 'order_by')
  const passing = context.store.select(
    JSON.stringify(['v3', filters, purgedBeforeMs]),
    (event) =>
      event.columnMs >= purgedBeforeMs &&
      times.every((test) => test(event)) &&
      (types?.has(event.type) ?? true) &&
      (guids?.has(event.id) ?? true) &&
      (targets?.has(event.target.guid) ?? true) &&
      !(notTargets?.has(event.target.guid) ?? false) &&
      (spaces?.has(event.spaceGuid) ?? true) &&
      (organizations?.has(event.organizationGuid) ?? true),
  )
  const ordered = context.store.isReordered ? passing : sorted(passing, order)
  const shown = slice(ordered, (page - 1) * perPage, perPage)
  const head = JSON.stringify({ pagination: pagination(context.origin(), '/v3/audit_events', query, passing.length) })
  return {
    ...jsonReply(200, null),
    body: `${head.slice(0, -1)},"resources":[${shown.map((event) => context.render(event)).join(',')}]}`,
    eventIds: shown.map(({ id }) => id),
  }
}

export const oneV3Event = (context: V3Context, guid: string): Reply => {
  const event = context.store.find(guid)
  if (event === undefined || event.columnMs < context.purgedBeforeMs()) throw notFound('Event not found')
  return { ...jsonReply(200, null), body: context.render(event) }
}

const organizationBody = ({ id, name }: CfOrganization): unknown => ({ guid: id, name, suspended: false })
const spaceBody = ({ id, name, organization }: CfSpace): unknown => ({
  guid: id,
  name,
  relationships: { organization: { data: { guid: organization.id } } },
})

const unique = <T>(list: readonly T[]): readonly T[] => [...new Set(list)]

/** `GET /v3/{spaces,organizations,apps,users}?guids=`; ids that do not exist, or no longer, are simply absent. */
export const listV3Names = (context: V3Context, collection: string, query: URLSearchParams): Reply => {
  const known = ['guids', 'names', 'page', 'per_page', 'order_by', 'include', 'organization_guids', 'space_guids', 'usernames', 'origins']
  checkNames(query, (name) => known.includes(name), known)
  const { page, perPage } = paging(query)
  const guids = commaList(query, 'guids')
  const include = query.get('include') ?? ''
  const { world, people } = context
  const isWanted = (id: string): boolean => guids?.has(id) ?? true

  const answer = <T>(items: readonly T[], body: (item: T) => unknown, included?: (shown: readonly T[]) => unknown): Reply => {
    const shown = slice(items, (page - 1) * perPage, perPage)
    return jsonReply(200, {
      pagination: pagination(context.origin(), `/v3/${collection}`, query, items.length),
      resources: shown.map(body),
      ...(included === undefined ? {} : { included: included(shown) }),
    })
  }
  switch (collection) {
    case 'spaces': {
      const spaces = world.spaces.filter(({ id, isDeleted }) => !isDeleted && isWanted(id))
      const organizations = (shown: readonly CfSpace[]): unknown => ({
        organizations: unique(shown.map(({ organization }) => organization)).map(organizationBody),
      })
      return answer(spaces, spaceBody, include === 'organization' ? organizations : undefined)
    }
    case 'organizations':
      return answer(
        world.organizations.filter(({ id, isDeleted }) => !isDeleted && isWanted(id)),
        organizationBody,
      )
    case 'apps': {
      const apps = world.apps.all.filter(({ id }) => isWanted(id))
      const spacesOf = (shown: readonly CfApp[]): readonly CfSpace[] => unique(shown.map(({ space }) => space))
      const included = (shown: readonly CfApp[]): unknown => ({
        spaces: spacesOf(shown).map(spaceBody),
        organizations: unique(spacesOf(shown).map(({ organization }) => organization)).map(organizationBody),
      })
      return answer(
        apps,
        ({ id, name, space }) => ({ guid: id, name, state: 'STARTED', relationships: { space: { data: { guid: space.id } } } }),
        include === '' ? undefined : included,
      )
    }
    default: {
      const users = people.all.filter((person) => people.isThere(person, context.nowMs()) && isWanted(person.cloudFoundryGuid))
      return answer(users, ({ cloudFoundryGuid, username }) => ({
        guid: cloudFoundryGuid,
        username,
        presentation_name: username,
        origin: 'uaa',
      }))
    }
  }
}
