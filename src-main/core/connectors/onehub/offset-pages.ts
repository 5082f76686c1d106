import { TrailviewError } from '../../../contract/errors.ts'
import type { ConnectorMemory, RawRecord, ServiceClient } from '../define.ts'
import { fieldsOf, wholeNumberOf } from '../kit/fields.ts'
import { fingerprint } from '../kit/seen.ts'
import { recordsAt } from '../runtime/records.ts'

export type Query = readonly (readonly [name: string, value: string])[]

/** A list of Onehub: where it is, what narrows it, and what is remembered of how it pages. */
export interface ActivityList {
  readonly client: ServiceClient
  readonly memory: ConnectorMemory
  readonly path: string
  readonly query: Query
}

/** One answer of a list. Its totals are not trusted, they only say whether to look further. */
export interface ActivityPage {
  readonly records: readonly RawRecord[]
  /** From 1; null when the answer does not say. */
  readonly number: number | null
  readonly perPage: number
  readonly isFull: boolean
  /** The service itself says that there is more than this page. */
  readonly claimsMore: boolean
}

const usualPerPage = 30
const mostPasses = 4

/** The page at an `offset`, in whatever that counts. */
export async function requestPage({ client, path, query }: ActivityList, offset: number): Promise<ActivityPage> {
  const response = await client.request(path, { query: offset === 0 ? query : [...query, ['offset', String(offset)]] })
  const records = recordsAt(response, ['items'])
  const head = fieldsOf(response.json())
  const perPage = wholeNumberOf(head?.['per_page']) ?? 0
  return {
    records,
    number: wholeNumberOf(head?.['current_page']),
    perPage: perPage > 0 ? perPage : usualPerPage,
    isFull: records.length >= (perPage > 0 ? perPage : usualPerPage),
    claimsMore: (wholeNumberOf(head?.['total_entries']) ?? 0) > records.length || (wholeNumberOf(head?.['total_pages']) ?? 0) > 1,
  }
}

/**
 * All of a list, page by page. A pass ends at an empty page or one that brings nothing new; while a pass of several pages still finds something,
 * another follows, because rows move up when one before them is taken away. Throws SERVICE_LIST_CHANGED when that does not come to rest.
 */
export async function* walkOffsets(list: ActivityList): AsyncGenerator<ActivityPage, void, void> {
  const known = new Set<string>()
  for (let pass = 1; pass <= mostPasses; pass++) {
    const first = await requestPage(list, 0)
    const ofPass = new Set<string>()
    let found = 0
    let index = 0
    for (let page = first; addNew(ofPass, page.records) > 0; page = await pageAt(list, first, index)) {
      found += addNew(known, page.records)
      yield page
      index++
      if (index === 1 && !first.isFull && !first.claimsMore) return
    }
    if (index <= 1 || (pass > 1 && found === 0)) return
  }
  throw new TrailviewError(
    'SERVICE_LIST_CHANGED',
    `The list at ${list.path} changed each of the ${mostPasses} times it was read, so it is not known to be complete. Collect again later.`,
    { retryable: true },
  )
}

/** The page with number `index`, from 0, in the unit that holds; the unit is found out anew when the answer is another page than asked for. */
async function pageAt(list: ActivityList, first: ActivityPage, index: number): Promise<ActivityPage> {
  const remembered = list.memory.get('offsetUnit')
  if (remembered === 'items' || remembered === 'pages') {
    const page = await requestPage(list, remembered === 'items' ? index * first.perPage : index)
    if (page.number === null || page.number === index + 1) return page
  }
  const unit = await detectUnit(list, first)
  list.memory.set('offsetUnit', unit)
  return requestPage(list, unit === 'items' ? index * first.perPage : index)
}

/**
 * What `offset` counts: the API's text says items, its example pages. The number of the page that an offset of one page's worth of items leads to
 * tells it, or else whether a step of one repeats the first page.
 */
async function detectUnit(list: ActivityList, first: ActivityPage): Promise<'items' | 'pages'> {
  const far = await requestPage(list, first.perPage)
  if (far.number === 2) return 'items'
  if (far.number === first.perPage + 1) return 'pages'
  const near = await requestPage(list, 1)
  const onFirst = new Set(first.records.map(fingerprint))
  return near.records.some((record) => onFirst.has(fingerprint(record))) ? 'items' : 'pages'
}

/** How many of the records were not in the set; they are now. */
function addNew(set: Set<string>, records: readonly RawRecord[]): number {
  const before = set.size
  for (const record of records) set.add(fingerprint(record))
  return set.size - before
}
