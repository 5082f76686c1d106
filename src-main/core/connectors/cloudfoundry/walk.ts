import { TrailviewError } from '../../../contract/errors.ts'
import type { RawRecord, WalkContext, WalkPage } from '../define.ts'
import { wholeOption } from '../kit/options.ts'
import { fingerprint } from '../kit/seen.ts'
import { sliceOf, splitPoint, walkSlices, type Slice, type SliceEnd, type SlicePage } from '../kit/slices.ts'
import { firstPage, readPage, settleFlavour, v2IsOff, type Flavour } from './api.ts'
import { guidOf, timeOf } from './map.ts'
import { allowedParts, parseConditions, spansOf } from './selection.ts'

const mostAttempts = 4
const leastSliceMs = 2_000
/** A window that ends this close to now is read to its real end, a differing clock of the service included. */
const recentMs = 15 * 60_000

/**
 * Walks the audit events of a window, with v3 or v2 of the API; the ids are the same in both. The window is cut into slices of time that fit one page
 * each, so that neither the daily clean-up nor new events move anything between pages; what cannot be cut is paged, and read again unless the counts agree.
 */
export async function* walkAuditEvents(context: WalkContext): AsyncGenerator<WalkPage, void, void> {
  const { client, options, memory } = context
  const flavour = await settleFlavour(client, options, memory)
  try {
    yield* walkFlavour(context, flavour)
  } catch (error) {
    if (!(error instanceof TrailviewError && error.code === 'SERVICE_NOT_FOUND')) throw error
    // What was remembered may be gone since: v2 is being switched off everywhere.
    memory.set('api', null)
    const other = await settleFlavour(client, options, memory)
    if (other === flavour) throw flavour === 'v2' ? v2IsOff(client.baseUrl, options, error) : error
    yield* walkFlavour(context, other)
  }
}

async function* walkFlavour(context: WalkContext, flavour: Flavour): AsyncGenerator<WalkPage, void, void> {
  const { client, options, nowMs } = context
  const { conditions } = parseConditions(options['q'] ?? '')
  const window = sliceOf(context.window)
  const isRecent = nowMs - window.toMs < recentMs
  const parts = allowedParts(
    { fromMs: window.fromMs, toMs: isRecent ? Math.max(window.toMs, nowMs) + recentMs : window.toMs },
    spansOf(conditions),
  )
  const isWhole = (wholeOption(options, 'page') ?? 1) === 1

  async function* read(slice: Slice): AsyncGenerator<SlicePage, SliceEnd, void> {
    const start = firstPage(flavour, client.baseUrl, slice, conditions, options)
    if (start === null) return 'complete'
    let times: number[] = []
    // A first page other than 1 leaves out rows of one list; a list in parts would leave them out of every part.
    const cut = (): SliceEnd | null => (isWhole ? splitAt(times, slice) : null)
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      times = []
      const seen = new Set<string>()
      const visited = new Set<string>()
      let highestTotal = 0
      for (let url: URL | null = start; url !== null;) {
        if (visited.has(url.href)) throw goesInCircles(client.baseUrl)
        visited.add(url.href)
        const response = await client.request(url, visited.size > 1 ? { accept: [400] } : {})
        if (response.status === 400) {
          const parted = cut()
          if (parted !== null) return parted
          throw new TrailviewError(
            'SERVICE_BAD_REQUEST',
            `${client.baseUrl.host} does not list events beyond page ${visited.size - 1}. Narrow the option "q", or raise "results-per-page".`,
          )
        }
        const page = readPage(flavour, response)
        yield { records: page.records }
        for (const record of page.records) seen.add(keyOf(record))
        times.push(...page.records.flatMap((record) => timeOf(record) ?? []))
        const parted = visited.size === 1 && page.next !== null ? cut() : null
        if (parted !== null) return parted
        highestTotal = Math.max(highestTotal, page.total ?? 0)
        const isSettled = page.total === null || !isWhole || (page.total >= highestTotal && seen.size >= page.total)
        if (page.next === null && isSettled) return 'complete'
        url = page.next
      }
    }
    const parted = cut()
    if (parted !== null) return parted
    throw new TrailviewError(
      'SERVICE_LIST_CHANGED',
      `The events of ${client.baseUrl.host} changed each of the ${mostAttempts} times they were read, so it is not known that all were seen. Collect again later.`,
      { retryable: true },
    )
  }

  if (parts.length === 0) yield { records: [], resume: null }
  else yield* walkSlices(context, parts, read)
}

/** Where to cut a slice, on a whole second. */
function splitAt(times: readonly number[], slice: Slice): SliceEnd | null {
  const at = splitPoint(times, slice, leastSliceMs)
  return at === null ? null : { splitAtMs: Math.floor(at / 1000) * 1000 }
}

const keyOf = (record: RawRecord): string => guidOf(record) ?? fingerprint(record)

const goesInCircles = (baseUrl: URL): TrailviewError =>
  new TrailviewError('SERVICE_UNEXPECTED', `${baseUrl.host} named a page of events as next that was read before. Try again later.`)
