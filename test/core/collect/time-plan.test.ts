import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { merge, subtract, type Span } from '../../../src-main/core/collect/spans.ts'
import { planTime, type TimePlanInput } from '../../../src-main/core/collect/time-plan.ts'

const minute = 60_000
const day = 24 * 60 * minute
const end = Date.parse('2026-03-01T12:00:00Z')
const base: TimePlanInput = {
  endMs: end,
  sinceMs: -Infinity,
  untilMs: Infinity,
  isFull: false,
  behindMs: 0,
  complete: [],
  overlapMs: 10 * minute,
  interrupted: null,
}
const everything: Span = { from: -Infinity, to: end }

describe('planTime', () => {
  it('walks a first run from newest to oldest in growing slices, the last without a lower bound', () => {
    const windows = planTime(base)
    expect(windows.map(({ from }) => (end - from) / day)).toEqual([1, 7, 30, 90, 365, Infinity])
    expect(windows.map(({ to }) => (end - to) / day)).toEqual([0, 1, 7, 30, 90, 365])
  })

  it('walks an idle run as one window: the overlap', () => {
    expect(planTime({ ...base, complete: [everything] })).toEqual([
      { from: end - 10 * minute, to: end, resume: null, happenedMs: Infinity },
    ])
    expect(planTime({ ...base, complete: [{ from: -Infinity, to: end - 2 * day }] })).toEqual([
      { from: end - 2 * day - 10 * minute, to: end, resume: null, happenedMs: Infinity },
    ])
  })

  it('re-reads the overlap even when the clock went backwards', () => {
    expect(planTime({ ...base, complete: [{ from: -Infinity, to: end + day }] })).toEqual([
      { from: end - 10 * minute, to: end, resume: null, happenedMs: Infinity },
    ])
  })

  it.each([8, 40, 400, 20_000])('walks an idle run as one window too where the service is %i days behind', (days) => {
    const nowMs = end - days * day
    const behind = { ...base, behindMs: days * day }
    expect(planTime({ ...behind, complete: [{ from: -Infinity, to: nowMs - 3 * 60 * minute }] })).toEqual([
      { from: nowMs - 190 * minute, to: end, resume: null, happenedMs: Infinity },
    ])
    // A backfill is cut by the service's clock, and what is yet to happen goes with its newest part.
    const windows = planTime(behind)
    expect(windows.map(({ from }) => (nowMs - from) / day)).toEqual([1, 7, 30, 90, 365, Infinity])
    expect(windows[0]?.to).toBe(end)
    expect(planTime({ ...behind, complete: [{ from: -Infinity, to: nowMs - 50 * day }] })).toHaveLength(4)
  })

  it('cuts a long absence into slices too', () => {
    expect(planTime({ ...base, complete: [{ from: -Infinity, to: end - 50 * day }] })).toHaveLength(4)
  })

  it('hands the resume point back to exactly the window it belongs to, and re-reads the overlap above it', () => {
    const interrupted = { from: end - 40 * day, to: end - 9 * day, resume: { page: 7 }, happenedMs: Infinity }
    const windows = planTime({ ...base, complete: [{ from: end - 9 * day, to: end - day }], interrupted })
    expect(windows).toContainEqual(interrupted)
    expect(windows[0]).toEqual({ from: end - day - 10 * minute, to: end, resume: null, happenedMs: Infinity })
    expect(windows.filter(({ resume }) => resume !== null)).toHaveLength(1)
  })

  it('walks everything again when asked to, from the start of each window', () => {
    const interrupted = { from: end - 30 * day, to: end - 7 * day, resume: { page: 7 }, happenedMs: Infinity }
    expect(planTime({ ...base, isFull: true, complete: [everything], interrupted })).toEqual(planTime(base))
  })

  it('keeps to the bounds asked for', () => {
    expect(planTime({ ...base, sinceMs: end - 3 * day, untilMs: end - 2 * day })).toEqual([
      { from: end - 3 * day, to: end - 2 * day, resume: null, happenedMs: Infinity },
    ])
    expect(planTime({ ...base, sinceMs: end + 1 })).toEqual([])
  })

  it('leaves nothing out: what is complete and what is planned cover all that was asked for, newest first', () => {
    const spans = fc.array(
      fc.tuple(fc.nat(500), fc.nat(200)).map(([age, days]) => ({ from: end - (age + days) * day, to: end - age * day })),
    )
    const interruptions = fc.option(
      fc
        .tuple(fc.nat(500), fc.integer({ min: 1, max: 200 }), fc.constantFrom(null, Infinity, end - 30 * day, end - 300 * day))
        .map(([age, days, happenedMs]) => ({ from: end - (age + days) * day, to: end - age * day, resume: 1, happenedMs })),
    )
    const behind = fc.oneof(
      fc.constant(0),
      fc.nat(900).map((days) => days * day),
    )
    const since = fc.option(fc.nat(600)).map((age) => (age === null ? -Infinity : end - age * day))
    fc.assert(
      fc.property(
        spans,
        interruptions,
        since,
        fc.nat(3 * day),
        fc.boolean(),
        behind,
        (complete, interrupted, sinceMs, overlapMs, isFull, behindMs) => {
          const merged = merge(complete.filter(({ from, to }) => from < to))
          const windows = planTime({ ...base, complete: merged, interrupted, sinceMs, overlapMs, isFull, behindMs })
          expect(subtract({ from: sinceMs, to: end }, [...windows, ...(isFull ? [] : merged)])).toEqual([])
          expect(windows.every(({ from, to }) => from < to && from >= sinceMs && to <= end)).toBe(true)
          const reachedMs = interrupted?.happenedMs ?? Infinity
          if (reachedMs === Infinity) expect(windows.map(({ to }) => to)).toEqual(windows.map(({ to }) => to).toSorted((a, b) => b - a))
          // What had not happened when a walk began is not left to that walk.
          const seen = windows.flatMap(({ from, to, resume }) =>
            resume === null ? [{ from, to }] : [{ from, to: Math.min(to, reachedMs) }],
          )
          const whole = seen.filter(({ from, to }) => from < to)
          expect(subtract({ from: sinceMs, to: end }, [...whole, ...(isFull ? [] : merged)])).toEqual([])
          expect(windows.filter(({ resume }) => resume !== null).every((window) => window === interrupted)).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })
})
