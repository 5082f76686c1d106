import { TrailviewError } from '../../../contract/errors.ts'
import type { ConnectorDefinition, WalkContext, WalkPage } from '../define.ts'
import { textOf } from '../kit/fields.ts'
import { Seen } from '../kit/seen.ts'
import { sliceOf, splitPoint, walkSlices, type Slice, type SliceEnd, type SlicePage } from '../kit/slices.ts'
import { formatRfc2822, offsetOf } from '../kit/times.ts'
import { eventOf } from './map.ts'
import { requestPage, walkOffsets, type ActivityList, type ActivityPage, type Query } from './offset-pages.ts'
import { filterQuery, isWanted, narrowed, timeOf } from './options.ts'
import { leastSliceMs, OrderWatch, zoneMarginMs } from './order-watch.ts'

const activityPath = '/activity/'
/**
 * Walks `/activity/` in slices of time that fit one page each, so that no offset is needed and nothing moves while it is read.
 * Only what cannot be cut (more than a page in a few seconds, or a service that ignores the times) is paged by offset.
 */
export async function* walkActivity(context: WalkContext): AsyncGenerator<WalkPage, void, void> {
  const { client, memory, options } = context
  const wanted = narrowed(sliceOf(context.window), options)
  if (wanted === null) return yield { records: [], resume: null }
  const offset = await userOffset(context)
  const whole: Slice = { fromMs: wanted.fromMs === null ? null : wanted.fromMs - zoneMarginMs, toMs: wanted.toMs + zoneMarginMs }
  const order = new OrderWatch()
  let isOffsetChecked = false

  async function* read(slice: Slice): AsyncGenerator<SlicePage, SliceEnd, void> {
    const query = [...filterQuery(options), ...timeQuery(slice, offset, order.offsetAt(slice) ?? offset)]
    const list: ActivityList = { client, memory, path: activityPath, query }
    const first = await requestPage(list, 0)
    if (!isOffsetChecked) checkOffset(offset, first, context)
    isOffsetChecked = true
    yield handOn(first)
    if (!order.continues(slice, first.records)) return { readDownToMs: slice.toMs + zoneMarginMs }
    order.check(slice, first.records)
    if (!first.isFull && !first.claimsMore) return 'complete'
    const times = first.records.flatMap((record) => timeOf(record) ?? [])
    const hasTimesOutside = times.some(
      (ms) => ms > slice.toMs + zoneMarginMs || (slice.fromMs !== null && ms < slice.fromMs - zoneMarginMs),
    )
    const isCuttable = first.isFull && times.length > 0 && !hasTimesOutside
    const readDownToMs = isCuttable ? order.readDownTo(slice, first.records) : null
    // Another walk has not seen the page that this one goes on from.
    if (readDownToMs !== null) return { readDownToMs, resumeAtMs: readDownToMs + zoneMarginMs }
    const splitAtMs = isCuttable ? splitPoint(times, slice, leastSliceMs) : null
    if (splitAtMs !== null) {
      order.expect(splitAtMs, first.records)
      return { splitAtMs }
    }
    for await (const page of walkOffsets(list)) yield handOn(page)
    return 'complete'
  }
  const handOn = (page: ActivityPage): SlicePage => ({ records: page.records.filter((record) => isWanted(record, options)) })
  yield* walkSlices(context, [whole], read)
}

/** A slice's bounds as the service reads them, a second wider on either side because it is not said whether they are included. */
function timeQuery({ fromMs, toMs }: Slice, offset: number, endOffset: number): Query {
  const end = ['end_time', formatRfc2822(Math.ceil(toMs / 1000) * 1000 + 1000, endOffset)] as const
  return fromMs === null ? [end] : [['start_time', formatRfc2822(Math.floor(fromMs / 1000) * 1000 - 1000, offset)], end]
}

/**
 * The offset from UTC, minutes, that the service writes the user's times in. Whether it honours the offset in a bound or overrides it with the user's
 * zone is not documented; written with the user's own offset, both readings agree. Learnt from the newest event and remembered.
 */
async function userOffset({ client, memory, options }: WalkContext): Promise<number> {
  const remembered = memory.get('utcOffsetMinutes')
  if (typeof remembered === 'number') return remembered
  const page = await requestPage({ client, memory, path: activityPath, query: filterQuery(options) }, 0)
  const offset = offsetIn(page)
  if (offset !== null) memory.set('utcOffsetMinutes', offset)
  return offset ?? 0
}

/** Remembers the offset of the newest events there are. Throws SERVICE_LIST_CHANGED where the user has moved so far that bounds were not read as meant. */
function checkOffset(used: number, first: ActivityPage, { client, memory }: WalkContext): void {
  const offset = offsetIn(first)
  if (offset === null || offset === used) return
  memory.set('utcOffsetMinutes', offset)
  if (Math.abs(offset - used) * 60_000 <= zoneMarginMs) return
  throw new TrailviewError(
    'SERVICE_LIST_CHANGED',
    `The account at ${client.baseUrl.host} is in another time zone than before, so spans of time have to be asked for anew. Collect again.`,
    { retryable: true },
  )
}

/** The offset of the first time of a page, minutes; null where there is none. */
function offsetIn({ records }: ActivityPage): number | null {
  const [offset] = records.flatMap((record) => offsetOf(textOf(eventOf(record)?.['updated_at']) ?? '') ?? [])
  return offset ?? null
}

type FileTrailContext = Parameters<NonNullable<ConnectorDefinition['walkFileTrail']>>[0]

/** All events of one file. It takes the role of Moderator or above in the file's workspace; without it, SERVICE_FORBIDDEN says so. */
export async function* walkFileTrail({ client, memory, fileId, signal }: FileTrailContext): AsyncGenerator<WalkPage, void, void> {
  const list: ActivityList = { client, memory, path: `/files/${encodeURIComponent(fileId)}/audit_trail`, query: [] }
  const seen = new Seen()
  try {
    for await (const page of walkOffsets(list)) {
      yield { records: seen.fresh(page.records), resume: null }
      signal.throwIfAborted()
    }
  } catch (error) {
    if (error instanceof TrailviewError && (error.code === 'SERVICE_FORBIDDEN' || error.code === 'SERVICE_NOT_FOUND'))
      throw notModerator(fileId, error)
    throw error
  }
}

function notModerator(fileId: string, cause: TrailviewError): TrailviewError {
  return new TrailviewError(
    'SERVICE_FORBIDDEN',
    `Onehub does not show the audit trail of file ${fileId} to this account. It takes the role of Moderator or above in the file's workspace; ask an administrator of the workspace, or check the id of the file.`,
    { cause },
  )
}
