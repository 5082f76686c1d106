import type { Json, NameFact, RawRecord, WalkContext, WalkPage, WalkWindow } from '../define.ts'
import { listOf, wholeNumberOf, fieldsOf } from './fields.ts'
import { Seen } from './seen.ts'

/** A span of time to read, ms since 1970; `fromMs` null: no lower bound. */
export interface Slice {
  readonly fromMs: number | null
  readonly toMs: number
}

export interface SlicePage {
  readonly records: readonly RawRecord[]
  readonly names?: readonly NameFact[]
}

/**
 * How reading a slice ended: everything in it was read; or it holds too much and is to be read in two parts that meet at `splitAtMs`;
 * or all after `readDownToMs` was read, and what is older remains; after an interruption, what is older than `resumeAtMs`, where that is given.
 */
export type SliceEnd =
  'complete' | { readonly splitAtMs: number } | { readonly readDownToMs: number; readonly resumeAtMs?: number | undefined }

export function sliceOf(window: WalkWindow): Slice {
  return { fromMs: window.from === null ? null : Date.parse(window.from), toMs: Date.parse(window.to) }
}

/**
 * Reads spans (given oldest first) slice by slice, newest first, cutting slices that hold too much. After an interruption only the slices that were not finished are read again.
 * What was handed on already in this walk is left out of the pages.
 */
export async function* walkSlices(
  context: Pick<WalkContext, 'resume' | 'signal'>,
  wholes: readonly Slice[],
  read: (slice: Slice) => AsyncGenerator<SlicePage, SliceEnd, void>,
): AsyncGenerator<WalkPage, void, void> {
  const seen = new Seen()
  const waiting: (Slice & { readonly resumeAtMs?: number | undefined })[] = remaining(context.resume) ?? [...wholes]
  for (let slice = waiting.pop(); slice !== undefined; slice = waiting.pop()) {
    context.signal.throwIfAborted()
    const resume = { slices: [...waiting, slice].map(({ fromMs, toMs, resumeAtMs }) => [fromMs, resumeAtMs ?? toMs]) }
    const pages = read(slice)
    let step: IteratorResult<SlicePage, SliceEnd>
    try {
      step = await pages.next()
    } catch (error) {
      // What was finished or cut since the last page need not be asked for again, or a service that allows few requests would never be done.
      yield { records: [], resume }
      throw error
    }
    for (; step.done !== true; step = await pages.next()) yield { ...step.value, records: seen.fresh(step.value.records), resume }
    if (step.value === 'complete') continue
    if ('readDownToMs' in step.value) {
      const { readDownToMs, resumeAtMs } = step.value
      waiting.push({ fromMs: slice.fromMs, toMs: readDownToMs, resumeAtMs })
    } else waiting.push({ fromMs: slice.fromMs, toMs: step.value.splitAtMs }, { fromMs: step.value.splitAtMs, toMs: slice.toMs })
  }
}

/** The slices an interrupted walk left, oldest first; null when there is nothing to go on from. */
function remaining(resume: Json): Slice[] | null {
  const slices = listOf(fieldsOf(resume)?.['slices']).flatMap((entry): Slice[] => {
    const [from, to] = listOf(entry)
    const toMs = wholeNumberOf(to)
    return toMs === null ? [] : [{ fromMs: wholeNumberOf(from), toMs }]
  })
  return slices.length === 0 ? null : slices
}

/**
 * Where to cut a slice that held more than was wanted, from the times read so far in the order of the service:
 * so that about nine tenths of them lie in the part the service lists first, which then fits. Null when the slice cannot be cut into parts of at least `leastMs`.
 */
export function splitPoint(timesMs: readonly number[], slice: Slice, leastMs: number): number | null {
  const { fromMs, toMs } = slice
  if (fromMs !== null && toMs - fromMs < 2 * leastMs) return null
  const inside = timesMs.filter((ms) => ms < toMs && (fromMs === null || ms > fromMs))
  const isNewestFirst = (inside[0] ?? 0) >= (inside.at(-1) ?? 0)
  const sorted = inside.toSorted((a, b) => a - b)
  const seen = sorted[Math.floor(sorted.length * (isNewestFirst ? 0.1 : 0.9))]
  const at = seen ?? (fromMs === null ? null : fromMs + (toMs - fromMs) / 2)
  if (at === null) return null
  return Math.floor(Math.min(toMs - leastMs, Math.max(at, fromMs === null ? at : fromMs + leastMs)))
}
