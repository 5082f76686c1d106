import { TrailviewError } from '../../../contract/errors.ts'
import type { WalkContext, WalkPage } from '../define.ts'
import { wholeOption } from '../kit/options.ts'
import { fingerprint } from '../kit/seen.ts'
import { sliceOf, splitPoint, walkSlices, type Slice, type SliceEnd, type SlicePage } from '../kit/slices.ts'
import { knownFlavour, listEvents, type Flavour, type ListAnswer } from './api.ts'
import { timeOf } from './map.ts'
import { filterQuery, isWanted, narrowed, pageSize } from './options.ts'
import { boundsQuery, settleTimeForm } from './times.ts'

/** A slice with more rows than this is cut: how deep `start` may go is not documented. */
const mostRowsPerSlice = 5_000
const mostAttempts = 4
/** How many rows a page shares with the one before. */
const mostSharedRows = 12
/** A slice is not cut into parts narrower than this; with date math, whose bounds move and are widened by an hour, not below several hours. */
const leastSliceMs = { absolute: 4_000, math: 8 * 3_600_000 }
/** A window that ends this close to now is read up to now: rows that settle later are re-read by the overlap. */
const recentMs = 15 * 60_000

/**
 * Walks the events of a window. `before` is frozen, so new events do not move the offsets; each page begins on the last rows of the page before,
 * so that rows taken away, let in or in another order show themselves, and the slice is read again.
 */
export async function* walkEvents(context: WalkContext): AsyncGenerator<WalkPage, void, void> {
  const { client, options, memory, nowMs } = context
  const window = sliceOf(context.window)
  const whole = narrowed(
    { fromMs: window.fromMs, toMs: nowMs - window.toMs < recentMs ? Math.max(nowMs, window.toMs) : window.toMs },
    options,
    nowMs,
  )
  if (whole === null) return yield { records: [], resume: null }
  const filter = filterQuery(options)
  const flavour = await settleFlavour(context)
  const form = await settleTimeForm(client, flavour, filter, memory, nowMs)
  const skip = wholeOption(options, 'start') ?? 0
  const limit = pageSize(options)

  async function page(slice: Slice, start: number): Promise<ListAnswer> {
    return listEvents(client, flavour, [...filter, ...boundsQuery(slice, form, nowMs), ['start', String(start)], ['limit', String(limit)]])
  }

  async function* read(slice: Slice): AsyncGenerator<SlicePage, SliceEnd, void> {
    const times: number[] = []
    // A skip leaves out rows of one list; a list in parts would leave them out of every part.
    const cut = (): number | null => (skip > 0 ? null : splitPoint(times, slice, leastSliceMs[form]))
    for (let attempt = 1; attempt <= mostAttempts; attempt++) {
      let start = skip
      /** The last rows of the page before, which the next one repeats. */
      let tail: readonly string[] = []
      for (;;) {
        const answer = await page(slice, start)
        if (answer.kind !== 'records') {
          const splitAtMs = start > skip ? cut() : null
          if (splitAtMs !== null) return { splitAtMs }
          throw refused(client.baseUrl, flavour, answer.kind)
        }
        const { records } = answer
        const prints = records.map(fingerprint)
        if (tail.some((print, index) => print !== prints[index])) break
        yield { records: records.filter((record) => isWanted(record, options, nowMs)) }
        times.push(...records.flatMap((record) => timeOf(record) ?? []))
        if (records.length === tail.length) return 'complete'
        // Of the rows received: fewer may come than were asked for, and each page must bring new ones.
        tail = prints.slice(prints.length - Math.min(mostSharedRows, Math.floor(prints.length / 2)))
        start += records.length - tail.length
        const splitAtMs = start - skip >= mostRowsPerSlice ? cut() : null
        if (splitAtMs !== null) return { splitAtMs }
      }
    }
    const splitAtMs = cut()
    if (splitAtMs !== null) return { splitAtMs }
    throw new TrailviewError(
      'SERVICE_LIST_CHANGED',
      `The events of ${client.baseUrl.host} changed each of the ${mostAttempts} times they were read, so it is not known that all were seen. Collect again later.`,
      {
        retryable: true,
      },
    )
  }
  yield* walkSlices(context, [whole], read)
}

/** Version 2 where it is there, else version 1; remembered, because the records of the two differ. */
async function settleFlavour({ client, options, memory }: WalkContext): Promise<Flavour> {
  const known = knownFlavour(options, memory)
  if (known !== null) return known
  const probe = await listEvents(client, 'v2', [...filterQuery(options), ['limit', '1']])
  const flavour = probe.kind === 'absent' ? 'v1' : 'v2'
  memory.set('api', flavour)
  return flavour
}

function refused(baseUrl: URL, flavour: Flavour, kind: 'refused' | 'absent'): TrailviewError {
  const asked = `version ${flavour === 'v1' ? '1' : '2'} of the event list`
  return kind === 'refused'
    ? new TrailviewError(
        'SERVICE_BAD_REQUEST',
        `${baseUrl.host} did not accept the parameters for ${asked}. Check the options of the connection.`,
      )
    : new TrailviewError(
        'SERVICE_NOT_FOUND',
        `${baseUrl.host} does not have ${asked}. Check the base URL, or choose the other version in the option "api".`,
      )
}
