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

/** Where a walk stands: what was handed on ends with id `last`, on the page before `page`; it began at id `top`. */
interface Position {
  readonly page: number
  readonly last: bigint | null
  readonly top: bigint | null
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
    const isUpwards =
      newest !== undefined && oldest !== undefined && newest < oldest && first.ids.length >= Math.min(tellingRows, this.#list.pageSize)
    if (isUpwards && first.isSorted) this.#list.forgetSort()
    if (!first.isSorted || isUpwards) return yield* this.#upwards(resume)
    yield* this.#downwards(first, resume)
  }

  async *#downwards(first: EventPage, resume: Position | null): AsyncGenerator<WalkPage, void, void> {
    const stop = this.#context.stopAtSequence
    const top = resume?.top ?? first.ids.reduce<bigint | null>(larger, null)
    let at: Position = { page: this.#firstPage, last: null, top }
    let page = first
    let newer = 0
    // After an interruption: what came in since, then on from where it stopped, pages having moved down by as many rows.
    let isCatchingUp = resume !== null
    for (;;) {
      yield* this.#between(page, at)
      const lowest = page.ids.reduce<bigint | null>(smaller, null)
      at = { page: at.page + 1, last: lowest ?? at.last, top }
      yield { records: page.records, names: page.names, resume: jsonOf(isCatchingUp && resume !== null ? resume : at) }
      newer += page.ids.filter((id) => top !== null && id > top).length
      if (page.isLast) return
      if (stop !== null && page.ids.length > 0 && page.ids.every((id) => id <= stop)) return
      if (isCatchingUp && resume !== null && lowest !== null && top !== null && lowest <= top) {
        isCatchingUp = false
        const number = Math.max(at.page, resume.page + Math.floor(newer / this.#list.pageSize) - 1)
        const next = await this.#list.page(number)
        const highest = next.ids.reduce<bigint | null>(larger, null)
        // Too far down, should much have been taken away: then simply on from here.
        if (highest !== null && resume.last !== null && highest + widestGap >= resume.last) {
          at = { page: number, last: resume.last, top }
          page = next
          continue
        }
      }
      page = await this.#list.page(at.page)
    }
  }

  /** For a service that does not sort: oldest first, where what comes in is appended, begun at the page that holds the first id wanted. */
  async *#upwards(resume: Position | null): AsyncGenerator<WalkPage, void, void> {
    let number = resume === null ? await this.#firstPageAbove() : Math.max(this.#firstPage, resume.page - 1)
    let last: bigint | null = null
    for (;;) {
      const page = await this.#list.page(number)
      yield* this.#between(page, { page: number, last, top: null })
      last = page.ids.reduce<bigint | null>(larger, null) ?? last
      number++
      yield { records: page.records, names: page.names, resume: jsonOf({ page: number, last, top: null }) }
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
    const [low, high] = [page.ids.reduce<bigint | null>(smaller, null), page.ids.reduce<bigint | null>(larger, null)]
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

const larger = (most: bigint | null, id: bigint): bigint => (most === null || id > most ? id : most)
const smaller = (least: bigint | null, id: bigint): bigint => (least === null || id < least ? id : least)

const jsonOf = ({ page, last, top }: Position): Json => ({
  page,
  last: last === null ? null : String(last),
  top: top === null ? null : String(top),
})

function positionOf(resume: Json): Position | null {
  const fields = fieldsOf(resume)
  const page = wholeNumberOf(fields?.['page'])
  const idOf = (key: string): bigint | null => (/^\d+$/.test(textOf(fields?.[key]) ?? '') ? BigInt(textOf(fields?.[key]) ?? '0') : null)
  return page === null || page < 1 ? null : { page, last: idOf('last'), top: idOf('top') }
}
