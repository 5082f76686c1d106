import { TrailviewError } from '../../../contract/errors.ts'
import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { ConnectorMemory, NameFact, RawRecord, ServiceClient, ServiceResponse } from '../define.ts'
import { fieldsOf, idOf, textOf, wholeNumberOf, type Fields } from '../kit/fields.ts'
import { listOption, wholeOption } from '../kit/options.ts'
import { recordsAt } from '../runtime/records.ts'
import { apiPath } from './json-api.ts'
import { includedPeople } from './names.ts'

/** The largest page the service gives; larger ones are refused. */
export const mostPerPage = 100

/** What of a request the service takes: the grammar is documented, but not for which lists. */
type Form = 'sorted with people' | 'sorted' | 'with people' | 'plain'
const forms: readonly Form[] = ['sorted with people', 'sorted', 'with people', 'plain']

/** One page of events. */
export interface EventPage {
  readonly records: readonly RawRecord[]
  readonly names: readonly NameFact[]
  /** Readable ids of the page, in its order. */
  readonly ids: readonly bigint[]
  /** How many events there are in all; null when the answer does not say. */
  readonly total: number | null
  /** Nothing follows this page. */
  readonly isLast: boolean
  /** Whether newest first was asked for and not refused. */
  readonly isSorted: boolean
}

/** The list of events, asked in the fullest form the service takes; which one that is, is remembered. */
export class EventList {
  readonly pageSize: number
  readonly #client: ServiceClient
  readonly #options: ConnectionOptions
  readonly #memory: ConnectorMemory

  constructor(client: ServiceClient, options: ConnectionOptions, memory: ConnectorMemory) {
    this.#client = client
    this.#options = options
    this.#memory = memory
    this.pageSize = Math.max(1, Math.min(mostPerPage, wholeOption(options, 'page[size]') ?? mostPerPage))
  }

  /** The page with this number, from 1. */
  async page(number: number): Promise<EventPage> {
    return this.#ask(listOption(this.#options, 'filter[id]'), number, this.pageSize)
  }

  /** The events with these ids, at most 100, as they are listed. */
  async byIds(ids: readonly string[]): Promise<EventPage> {
    return this.#ask(ids, 1, mostPerPage)
  }

  /** Newest first is not to be had: said yes to, and not done. */
  forgetSort(): void {
    this.#memory.set('form', this.#knownForm()?.includes('people') === true ? 'with people' : 'plain')
  }

  #knownForm(): Form | null {
    return forms.find((form) => form === this.#memory.get('form')) ?? null
  }

  async #ask(ids: readonly string[], number: number, size: number): Promise<EventPage> {
    const known = this.#knownForm()
    let response: ServiceResponse | null = null
    const order = known === null ? forms : [known, ...forms.filter((form) => form !== known)]
    for (const form of order) {
      const isFinal = form === order.at(-1)
      response = await this.#client.request(`${apiPath}/user_events`, {
        query: queryOf(form, ids, number, size),
        ...(isFinal ? {} : { accept: [400] }),
      })
      if (response.status === 400) continue
      this.#memory.set('form', form)
      return this.#pageOf(response, form.startsWith('sorted'), number, size)
    }
    throw new TrailviewError('INTERNAL', 'The list of OK SKY events was asked in no form.')
  }

  #pageOf(response: ServiceResponse, isSorted: boolean, number: number, size: number): EventPage {
    const records = recordsAt(response, ['data'])
    const body = fieldsOf(response.json())
    // A short page that is not the last one: the service may give fewer than were asked for.
    const hasNext = this.#hasNext(body) || lastNumberOf(body) > number
    return {
      records,
      names: includedPeople(body),
      ids: records.flatMap((record) => sequenceOf(record) ?? []),
      total: wholeNumberOf(fieldsOf(body?.['meta'])?.['record_count']),
      isLast: records.length === 0 || (records.length < size && !hasNext),
      isSorted,
    }
  }

  /** Pages are asked for by number, but a link that leads elsewhere is told, not passed over. The documentation's placeholder host is no link. */
  #hasNext(body: Fields | null): boolean {
    const link = fieldsOf(body?.['links'])?.['next']
    const href = textOf(link) ?? textOf(fieldsOf(link)?.['href'])
    if (href === null || !URL.canParse(href, this.#client.baseUrl.href)) return href !== null
    const next = new URL(href, this.#client.baseUrl)
    if (next.origin === this.#client.baseUrl.origin) return true
    throw new TrailviewError(
      'SERVICE_OTHER_ORIGIN',
      `${this.#client.baseUrl.host} points to ${next.origin} for its next page, which does not belong to this connection, so it was not asked. If that is the right address of the service, make it the base URL.`,
    )
  }
}

/** The number of the last page as links say it, wherever they lead; 0 when they do not. */
function lastNumberOf(body: Fields | null): number {
  const link = fieldsOf(body?.['links'])?.['last']
  const query = (textOf(link) ?? textOf(fieldsOf(link)?.['href']) ?? '').split('?')[1]
  return wholeNumberOf(new URLSearchParams(query).get('page[number]')) ?? 0
}

/** The id of a record as a number; null when it has none. */
export function sequenceOf(record: RawRecord): bigint | null {
  const id = idOf(fieldsOf(record.value)?.['id'])
  return id !== null && /^\d{1,30}$/.test(id) ? BigInt(id) : null
}

function queryOf(form: Form, ids: readonly string[], number: number, size: number): readonly (readonly [string, string])[] {
  return [
    ...(form.startsWith('sorted') ? [['sort', '-id'] as const] : []),
    ['page[size]', String(size)],
    ['page[number]', String(number)],
    ...(form.includes('people')
      ? [['include', 'user'] as const, ['fields[users]', 'name,full_name,username,email,user_type'] as const]
      : []),
    ...(ids.length === 0 ? [] : [['filter[id]', ids.join(',')] as const]),
  ]
}
