import { TrailviewError } from '../../../contract/errors.ts'
import type { Json, WalkContext, WalkPage } from '../define.ts'
import { fieldsOf, textOf, wholeNumberOf } from '../kit/fields.ts'
import { listOption, wholeOption } from '../kit/options.ts'
import { EventList, mostPerPage, type EventPage } from './list.ts'
import { WindowEdge } from './window-edge.ts'

/** Between two pages at most this many ids are looked up one by one, to see whether rows slipped through. */
const widestGap = 1_000n
const mostAttempts = 3
/** How many ids beyond two pages are asked for where rows changed places. */
const rowsBeyond = 20n
/** How many rows a resumed walk begins before the place where it stopped. */
const rowsBack = 50
/** From this many rows on, a page that counts upwards means that the order asked for was ignored. */
const tellingRows = 10

/** Where a walk stands: what was handed on ends with id `last`; `page` comes next. */
interface Position {
  readonly page: number
  readonly last: bigint | null
}

/**
 * Walks `user_events` from the newest id down to `stopAtSequence`, or until it has left a window with a lower bound behind. Events that come in meanwhile push others to later pages, which repeats some;
 * events that are taken away pull others up, so ids missing between two pages are asked for by number.
 */
export async function* walkUserEvents(context: WalkContext): AsyncGenerator<WalkPage, void, void> {
  const list = new EventList(context.client, context.options, context.memory)
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const walk = new Walk(list, context)
    yield* walk.run(attempt === 1 ? positionOf(context.resume) : null)
    if (!walk.mayHaveMissed) return
  }
  throw new TrailviewError(
    'SERVICE_LIST_CHANGED',
    `Events of ${context.client.baseUrl.host} were taken away each of the ${mostAttempts} times the list was read, so it is not known that all were seen. Collect again later.`,
    { retryable: true },
  )
}

class Walk {
  /** Rows went away while a stretch of ids too wide to be looked up lay between two pages. */
  mayHaveMissed = false
  readonly #list: EventList
  readonly #context: WalkContext
  readonly #firstPage: number
  readonly #isFiltered: boolean
  readonly #window: WindowEdge
  #before: EventPage | null = null

  constructor(list: EventList, context: WalkContext) {
    this.#list = list
    this.#context = context
    this.#firstPage = Math.max(1, wholeOption(context.options, 'page[number]') ?? 1)
    this.#isFiltered = listOption(context.options, 'filter[id]').length > 0
    this.#window = new WindowEdge(context)
  }

  async *run(resume: Position | null): AsyncGenerator<WalkPage, void, void> {
    const first = await this.#list.page(this.#firstPage)
    const [newest, oldest] = [first.ids[0], first.ids.at(-1)]
    const isTelling = first.ids.length >= Math.min(tellingRows, this.#list.pageSize)
    const isUpwards = newest !== undefined && oldest !== undefined && newest < oldest && isTelling
    if (isUpwards && first.isSorted) this.#list.forgetSort()
    if (!first.isSorted || isUpwards) yield* this.#upwards(first, resume)
    else yield* this.#downwards(first, resume)
  }

  async *#downwards(first: EventPage, resume: Position | null): AsyncGenerator<WalkPage, void, void> {
    const stop = this.#context.stopAtSequence
    let { page, at } = resume === null ? { page: first, at: { page: this.#firstPage, last: null } } : await this.#pickUp(first, resume)
    for (;;) {
      yield* this.#between(page, at)
      at = { page: at.page + 1, last: lowestOf(page) ?? at.last }
      yield { records: page.records, names: page.names, resume: jsonOf(at) }
      if (page.isLast || (stop !== null && page.ids.length > 0 && page.ids.every((id) => id <= stop)) || this.#window.isLeftBy(page)) return
      page = await this.#list.page(at.page)
    }
  }

  /** A page that begins at or above where an interrupted walk stopped, some rows early because rows may have moved; further up, should many be gone. */
  async #pickUp(first: EventPage, resume: Position): Promise<{ readonly page: EventPage; readonly at: Position }> {
    const back = Math.ceil(rowsBack / this.#list.pageSize)
    for (let number = resume.page - back; number > this.#firstPage; number = Math.floor(number / 2)) {
      const page = await this.#list.page(number)
      const highest = highestOf(page)
      if (highest !== null && resume.last !== null && highest >= resume.last) return { page, at: { page: number, last: null } }
    }
    return { page: first, at: { page: this.#firstPage, last: null } }
  }

  /** For a service that does not sort: oldest first, where what comes in is appended, begun at the page that holds the first id wanted. */
  async *#upwards(first: EventPage, resume: Position | null): AsyncGenerator<WalkPage, void, void> {
    let number =
      resume === null
        ? await this.#firstPageAbove(first)
        : Math.max(this.#firstPage, resume.page - Math.ceil(rowsBack / this.#list.pageSize))
    let last: bigint | null = null
    for (;;) {
      const page: EventPage = number === this.#firstPage && last === null ? first : await this.#list.page(number)
      yield* this.#between(page, { page: number, last })
      last = highestOf(page) ?? last
      number++
      yield { records: page.records, names: page.names, resume: jsonOf({ page: number, last }) }
      if (page.isLast) return
    }
  }

  /** The last page that begins at or below `stopAtSequence`, found by halving. */
  async #firstPageAbove(first: EventPage): Promise<number> {
    const stop = this.#context.stopAtSequence
    if (stop === null || this.#isFiltered || this.#firstPage > 1) return this.#firstPage
    let low = 1
    let high = Math.max(1, Math.ceil((first.total ?? 0) / this.#list.pageSize))
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const [lowest] = (await this.#list.page(middle)).ids
      if (lowest !== undefined && lowest <= stop) low = middle
      else high = middle - 1
    }
    return low
  }

  /**
   * Events that may have slipped past between the page before and this one, asked for by id. Between two pages in order that is the gap between them;
   * where rows moved otherwise than by the number that came in, everything not seen in the range of both.
   */
  async *#between(page: EventPage, at: Position): AsyncGenerator<WalkPage, void, void> {
    const before = this.#before
    this.#before = page
    const [low, high] = [lowestOf(page), highestOf(page)]
    // A page that was announced and is empty: its rows moved to pages already read.
    if (page.records.length === 0 && before !== null) this.mayHaveMissed ||= (page.total ?? 0) < (before.total ?? 0)
    if (at.last === null || low === null || high === null || this.#isFiltered) return
    const range = before === null || !isMoved(before, page) ? gapOf(at.last, low, high) : rangeOf([...before.ids, ...page.ids])
    if (range.to - range.from > widestGap) {
      this.mayHaveMissed ||=
        before === null || page.total === null || before.total === null || page.total < before.total || isMoved(before, page)
      return
    }
    const seen = new Set([...(before?.ids ?? []), ...page.ids, at.last])
    const missing: string[] = []
    for (let id = range.from; id <= range.to; id++) if (!seen.has(id)) missing.push(String(id))
    for (let index = 0; index < missing.length; index += mostPerPage) {
      const found = await this.#list.byIds(missing.slice(index, index + mostPerPage))
      if (found.records.length > 0) yield { records: found.records, names: found.names, resume: jsonOf(at) }
    }
  }
}

interface Range {
  readonly from: bigint
  /** Included. */
  readonly to: bigint
}

/** The ids between the last one handed on and a page that reaches from `low` to `high`, on whichever side of it that page lies. */
function gapOf(last: bigint, low: bigint, high: bigint): Range {
  return last > high ? { from: high + 1n, to: last - 1n } : { from: last + 1n, to: low - 1n }
}

/** What pages span, and a little beyond, where rows that changed places may have come from. */
function rangeOf(ids: readonly bigint[]): Range {
  const low = lowestOf({ ids }) ?? 0n
  return { from: low > rowsBeyond ? low - rowsBeyond : 0n, to: (highestOf({ ids }) ?? 0n) + rowsBeyond }
}

/** Whether rows changed places between two neighbouring pages: one is out of order, or they share more rows than came in meanwhile. */
function isMoved(before: EventPage, page: EventPage): boolean {
  const first = new Set(before.ids)
  const shared = page.ids.filter((id) => first.has(id)).length
  const added = before.total === null || page.total === null ? 0 : Math.max(0, page.total - before.total)
  return shared > added || !isInOrder(before.ids) || !isInOrder(page.ids)
}

function isInOrder(ids: readonly bigint[]): boolean {
  const isDown = (ids[0] ?? 0n) > (ids.at(-1) ?? 0n)
  return ids.every((id, index) => index === 0 || (isDown ? id < (ids[index - 1] ?? id) : id > (ids[index - 1] ?? id)))
}

const highestOf = ({ ids }: Pick<EventPage, 'ids'>): bigint | null =>
  ids.reduce<bigint | null>((most, id) => (most === null || id > most ? id : most), null)
const lowestOf = ({ ids }: Pick<EventPage, 'ids'>): bigint | null =>
  ids.reduce<bigint | null>((least, id) => (least === null || id < least ? id : least), null)

const jsonOf = ({ page, last }: Position): Json => ({ page, last: last === null ? null : String(last) })

function positionOf(resume: Json): Position | null {
  const fields = fieldsOf(resume)
  const page = wholeNumberOf(fields?.['page'])
  const last = textOf(fields?.['last'])
  return page === null || page < 1 ? null : { page, last: last !== null && /^\d+$/.test(last) ? BigInt(last) : null }
}
