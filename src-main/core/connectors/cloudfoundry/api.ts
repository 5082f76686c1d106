import { TrailviewError } from '../../../contract/errors.ts'
import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { ConnectorMemory, RawRecord, ServiceClient, ServiceResponse } from '../define.ts'
import { fieldsOf, textOf, wholeNumberOf } from '../kit/fields.ts'
import { optionOf, wholeOption } from '../kit/options.ts'
import type { Slice } from '../kit/slices.ts'
import { formatSeconds } from '../kit/times.ts'
import { recordsAt } from '../runtime/records.ts'
import { needOfV2, v2OnlyQuery } from './options.ts'
import { v2Filters, v3Filters, type Condition } from './selection.ts'

export type Flavour = 'v3' | 'v2'

export const eventPath: Readonly<Record<Flavour, string>> = { v3: '/v3/audit_events', v2: '/v2/events' }

/** One page of events. */
export interface EventPage {
  readonly records: readonly RawRecord[]
  readonly total: number | null
  /** Address of the next page; null on the last. */
  readonly next: URL | null
}

/** Rows of a page: v2 refuses more than 100. */
export function pageSize(flavour: Flavour, options: ConnectionOptions): number {
  const asked = wholeOption(options, 'results-per-page')
  return flavour === 'v3' ? Math.min(5000, asked ?? 500) : Math.min(100, asked ?? 100)
}

/** The address of a slice's first page; null when the conditions exclude each other. */
export function firstPage(
  flavour: Flavour,
  baseUrl: URL,
  slice: Slice,
  conditions: readonly Condition[],
  options: ConnectionOptions,
): URL | null {
  const url = new URL(eventPath[flavour], baseUrl)
  const filters = flavour === 'v3' ? v3Filters(conditions) : v2Filters(conditions)
  if (filters === null) return null
  const isDescending = optionOf(options, 'order-direction') === 'desc'
  const page = wholeOption(options, 'page') ?? 1
  const size = String(pageSize(flavour, options))
  const query =
    flavour === 'v3'
      ? [
          ...(slice.fromMs === null ? [] : [['created_ats[gte]', formatSeconds(slice.fromMs)] as const]),
          ['created_ats[lt]', formatSeconds(slice.toMs)] as const,
          ['order_by', isDescending ? '-created_at' : 'created_at'] as const,
          ['per_page', size] as const,
        ]
      : [
          ...(slice.fromMs === null ? [] : [['q', `timestamp>=${formatSeconds(slice.fromMs)}`] as const]),
          ['q', `timestamp<${formatSeconds(slice.toMs)}`] as const,
          ['order-direction', isDescending ? 'desc' : 'asc'] as const,
          ['results-per-page', size] as const,
          ...v2OnlyQuery(options),
        ]
  for (const [name, value] of [...filters, ...query, ...(page > 1 ? [['page', String(page)] as const] : [])])
    url.searchParams.append(name, value)
  return url
}

/** Reads a list answer of either API. Throws SERVICE_UNEXPECTED when it is none. */
export function readPage(flavour: Flavour, response: ServiceResponse): EventPage {
  const body = fieldsOf(response.json())
  if (flavour === 'v2') {
    const next = textOf(body?.['next_url'])
    return { records: recordsAt(response, ['resources']), total: wholeNumberOf(body?.['total_results']), next: urlOf(next, response.url) }
  }
  const pagination = fieldsOf(body?.['pagination'])
  const next = textOf(fieldsOf(pagination?.['next'])?.['href'])
  return {
    records: recordsAt(response, ['resources']),
    total: wholeNumberOf(pagination?.['total_results']),
    next: urlOf(next, response.url),
  }
}

function urlOf(href: string | null, base: URL): URL | null {
  if (href === null) return null
  if (URL.canParse(href, base.href)) return new URL(href, base)
  throw new TrailviewError(
    'SERVICE_UNEXPECTED',
    `${base.host} gave something that is no address for its next page of events. Try again later.`,
  )
}

/** The API to ask, and how it was decided. v3 unless it is missing, the user chose v2, or an option needs it; remembered once found. */
export async function settleFlavour(client: ServiceClient, options: ConnectionOptions, memory: ConnectorMemory): Promise<Flavour> {
  const chosen = optionOf(options, 'api')
  if (chosen === 'v2' || chosen === 'v3') return chosen
  if (needOfV2(options) !== null) return 'v2'
  const remembered = memory.get('api')
  if (remembered === 'v2' || remembered === 'v3') return remembered
  const probe = await client.request(eventPath.v3, { query: [['per_page', '1']], accept: [404] })
  const flavour: Flavour = probe.status === 404 ? 'v2' : 'v3'
  memory.set('api', flavour)
  return flavour
}

/** Why v2 is asked although it is not there, as an error; `cause` is its refusal, whatever shape that had. */
export function v2IsOff(baseUrl: URL, options: ConnectionOptions, cause: unknown): TrailviewError {
  const need = optionOf(options, 'api') === 'v2' ? 'the option "api" asks for it' : needOfV2(options)
  const reason = need === null ? 'v3 is not there either' : need.startsWith('the option "api"') ? need : `${need} needs it`
  const next =
    need === null
      ? 'Check the base URL: it is the address of the API, such as https://api.example.com.'
      : 'Change that option, so that v3 can be used.'
  return new TrailviewError('SERVICE_NOT_FOUND', `${baseUrl.host} does not offer v2 of the API, and ${reason}. ${next}`, { cause })
}
