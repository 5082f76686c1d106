import { TrailviewError } from '../../../contract/errors.ts'
import type { Json, WalkContext, WalkPage } from '../define.ts'
import { fieldsOf, textOf, wholeNumberOf } from '../kit/fields.ts'
import { listOption, wholeOption } from '../kit/options.ts'
import { EventList, type EventPage } from './list.ts'

/** Between two pages at most this many ids are looked up one by one, to see whether rows slipped through. */
const widestGap = 1_000n
const mostAttempts = 3
/** From this many rows on, a page that counts upwards means that the order asked for was ignored. */
const tellingRows = 10

/** Where a walk stands: what was handed on ends with id `last`; `page` comes next. */
interface Position {
  readonly page: number
  readonly last: bigint | null
}

/**
 * Walks `user_events` from the newest id down to `stopAtSequence`. Events that come in meanwhile push others to later pages, which repeats some;
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
  #highestTotal = 0

  constructor(list: EventList, context: WalkContext) {
    this.#list = list
    this.#context = context
    this.#firstPage = Math.max(1, wholeOption(context.options, 'page[number]') ?? 1)
    this.#isFiltered = listOption(context.options, 'filter[id]').length > 0
  }

  async *run(resume: Position | null): AsyncGenerator<WalkPage, void, void> {
    const first = await this.#list.page(this.#firstPage)
    const [newest, oldest] = [first.ids[0], first.ids.at(-1)]
    const isTelling = first.ids.length >= Math.min(tellingRows, this.#list.pageSize)
    const isUpwards = newest !== undefined && oldest !== undefined && newest < oldest && isTelling
    if (isUpwards && first.isSorted) this.#list.forgetSort()
    if (!first.isSorted || isUpwards) yield* this.#upwards(resume)
    else yield* this.#downwards(first, resume)
  }

  async *#downwards(first: EventPage, resume: Position | null): AsyncGenerator<WalkPage, void, void> {
    const stop = this.#context.stopAtSequence
    let { page, at } = resume === null ? { page: first, at: { page: this.#firstPage, last: null } } : await this.#pickUp(first, resume)
    for (;;) {
      yield* this.#between(page, at)
      at = { page: at.page + 1, last: lowestOf(page) ?? at.last }
      yield { records: page.records, names: page.names, resume: jsonOf(at) }
      if (page.isLast || (stop !== null && page.ids.length > 0 && page.ids.every((id) => id <= stop))) return
      page = await this.#list.page(at.page)
    }
  }

  /** The page that follows on from where an interrupted walk stopped; further up, should much have been taken away since. */
  async #pickUp(first: EventPage, resume: Position): Promise<{ readonly page: EventPage; readonly at: Position }> {
    for (let number = resume.page; number > this.#firstPage; number = Math.floor(number / 2)) {
      const page = await this.#list.page(number)
      const highest = highestOf(page)
      if (highest !== null && resume.last !== null && highest + widestGap >= resume.last)
        return { page, at: { page: number, last: resume.last } }
    }
    return { page: first, at: { page: this.#firstPage, last: null } }
  }

  /** For a service that does not sort: oldest first, where what comes in is appended, begun at the page that holds the first id wanted. */
  async *#upwards(resume: Position | null): AsyncGenerator<WalkPage, void, void> {
    let number = resume === null ? await this.#firstPageAbove() : Math.max(this.#firstPage, resume.page - 1)
    let last: bigint | null = null
    for (;;) {
      const page = await this.#list.page(number)
      yield* this.#between(page, { page: number, last })
      last = highestOf(page) ?? last
      number++
      yield { records: page.records, names: page.names, resume: jsonOf({ page: number, last }) }
      if (page.isLast) return
    }
  }

  /** The last page that begins at or below `stopAtSequence`, found by halving. */
  async #firstPageAbove(): Promise<number> {
    const stop = this.#context.stopAtSequence
    if (stop === null || this.#isFiltered || this.#firstPage > 1) return this.#firstPage
    let low = 1
    let high = Math.max(1, Math.ceil(((await this.#list.page(1)).total ?? 0) / this.#list.pageSize))
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      const [first] = (await this.#list.page(middle)).ids
      if (first !== undefined && first <= stop) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The events whose ids lie between the page before and this one: there are none, unless rows moved. */
  async *#between(page: EventPage, before: Position): AsyncGenerator<WalkPage, void, void> {
    const hasFallen = page.total !== null && page.total < this.#highestTotal
    this.#highestTotal = Math.max(this.#highestTotal, page.total ?? 0)
    const near = before.last
    const [low, high] = [lowestOf(page), highestOf(page)]
    if (near === null || low === null || high === null || this.#isFiltered) return
    const [from, to] = near > high ? [high + 1n, near] : [near + 1n, low]
    if (to - from > widestGap) {
      this.mayHaveMissed ||= hasFallen
      return
    }
    const missing = Array.from({ length: Math.max(0, Number(to - from)) }, (_, index) => String(from + BigInt(index)))
    for (let index = 0; index < missing.length; index += 100) {
      const found = await this.#list.byIds(missing.slice(index, index + 100))
      if (found.records.length > 0) yield { records: found.records, names: found.names, resume: jsonOf(before) }
    }
  }
}

const highestOf = ({ ids }: EventPage): bigint | null =>
  ids.reduce<bigint | null>((most, id) => (most === null || id > most ? id : most), null)
const lowestOf = ({ ids }: EventPage): bigint | null =>
  ids.reduce<bigint | null>((least, id) => (least === null || id < least ? id : least), null)

const jsonOf = ({ page, last }: Position): Json => ({ page, last: last === null ? null : String(last) })

function positionOf(resume: Json): Position | null {
  const fields = fieldsOf(resume)
  const page = wholeNumberOf(fields?.['page'])
  const last = textOf(fields?.['last'])
  return page === null || page < 1 ? null : { page, last: last !== null && /^\d+$/.test(last) ? BigInt(last) : null }
}
