import type { RawRecord } from '../define.ts'
import { textOf } from '../kit/fields.ts'
import { fingerprint } from '../kit/seen.ts'
import type { Slice } from '../kit/slices.ts'
import { offsetOf } from '../kit/times.ts'
import { eventOf } from './map.ts'
import { timeOf } from './options.ts'

/** Bounds are read in the user's own zone; should daylight saving be read otherwise than meant, this covers it. */
export const zoneMarginMs = 2 * 3_600_000
/** A slice is not cut into parts narrower than this: times have whole seconds, and neighbouring slices overlap by two. */
export const leastSliceMs = 4_000
/** After this many parts that held nothing but what the page before had shown, newest first is believed for the rest of the walk. */
const convincingParts = 5
/** Where newest first is believed, this share of a page counts as read: rows near its end may have changed places with others just behind it. */
const believedShare = 0.55
/** After two pages that did not fit together, so many steps keep the margin. */
const carefulSteps = 20

/** Where the next page is to go on from the last one. */
interface Step {
  readonly toMs: number
  /** The offset the service writes that instant in, minutes; null when it cannot be told. */
  readonly offset: number | null
  /** Rows of that instant: the next page must show them again. */
  readonly edge: ReadonlySet<string>
  /** All rows of the page, and the instants it reaches between. */
  readonly shown: ReadonlySet<string>
  readonly firstMs: number
  readonly lastMs: number
}

/**
 * Finds out whether lists come newest first, which is not documented: the newer part of a cut slice is asked for again,
 * and must then hold nothing that the page before had not shown. Once that is believed, a full page need not be cut: the next one goes on from it,
 * begins with rows it has shown, and must agree with it wherever they overlap.
 */
export class OrderWatch {
  #confirmed = 0
  #careful = 0
  #expected: { readonly fromMs: number; readonly shown: ReadonlySet<string> } | null = null
  #step: Step | null = null

  /** A slice was cut at an instant; its newer part comes next. */
  expect(fromMs: number, shown: readonly RawRecord[]): void {
    this.#expected = { fromMs, shown: new Set(shown.map(fingerprint)) }
  }

  check(slice: Slice, records: readonly RawRecord[]): void {
    const expected = this.#expected
    this.#expected = null
    if (expected === null || slice.fromMs !== expected.fromMs) return
    this.#confirmed = records.every((record) => (timeOf(record) ?? 0) < expected.fromMs || expected.shown.has(fingerprint(record)))
      ? this.#confirmed + 1
      : 0
  }

  /**
   * Down to where a full page can be taken for everything there is; null while that is not known, or where it would save nothing.
   * Exactly there, because the next page proves by its overlap that nothing lies between; a margin above it, after one that did not.
   */
  readDownTo(slice: Slice, records: readonly RawRecord[]): number | null {
    const rows = records.flatMap((record) => {
      const ms = timeOf(record)
      return ms === null ? [] : [{ ms, record }]
    })
    const isNewestFirst = rows.every(({ ms }, index) => index === 0 || ms <= (rows[index - 1]?.ms ?? ms))
    const [first, worthwhile, edge, last] = [rows[0], rows[rows.length >> 2], rows[Math.floor(rows.length * believedShare)], rows.at(-1)]
    if (this.#confirmed < convincingParts || !isNewestFirst || !first || !worthwhile || !edge || !last) return null
    const isCareful = this.#careful > 0
    const toMs = isCareful ? edge.ms + zoneMarginMs : edge.ms
    if (toMs > worthwhile.ms || toMs > slice.toMs - leastSliceMs || (slice.fromMs !== null && edge.ms < slice.fromMs + leastSliceMs))
      return null
    if (isCareful) this.#careful--
    else
      this.#step = {
        toMs,
        offset: offsetOf(textOf(eventOf(edge.record)?.['updated_at']) ?? ''),
        edge: new Set(rows.flatMap(({ ms, record }) => (ms === toMs ? [fingerprint(record)] : []))),
        shown: new Set(records.map(fingerprint)),
        firstMs: first.ms,
        lastMs: last.ms,
      }
    return toMs
  }

  /** The offset in which the upper bound of a slice is to be written, where the page before has told it. */
  offsetAt(slice: Slice): number | null {
    return this.#step?.toMs === slice.toMs ? this.#step.offset : null
  }

  /**
   * Whether the first page of a slice goes on from the page before: it shows the rows of the instant it was to begin with, so the bound was read as meant,
   * and between the ends of that page no other rows, so that page was whole. True where nothing is to be gone on from.
   */
  continues(slice: Slice, records: readonly RawRecord[]): boolean {
    const step = this.#step
    this.#step = null
    if (step?.toMs !== slice.toMs) return true
    const prints = new Set(records.map(fingerprint))
    const isEdgeShown = [...step.edge].every((print) => prints.has(print))
    const isAgreed = records.every((record) => {
      const ms = timeOf(record)
      return ms === null || ms <= step.lastMs || ms > step.firstMs || step.shown.has(fingerprint(record))
    })
    if (!isAgreed) this.#confirmed = 0
    if (isEdgeShown && isAgreed) return true
    this.#careful = carefulSteps
    return false
  }
}
