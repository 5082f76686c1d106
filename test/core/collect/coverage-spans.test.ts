import { describe, expect, it } from 'vitest'
import type { CoverageState } from '../../../src-main/contract/model/coverage.ts'
import type { AskedSpan } from '../../../src-main/core/cache/archive.ts'
import { coverageSpans } from '../../../src-main/core/collect/coverage-spans.ts'

const day = (n: number): string => new Date(Date.UTC(2026, 0, n)).toISOString()
const asked = (from: string | null, to: string, state: CoverageState, since = to): AskedSpan => ({
  connection: 'c',
  stream: 'events',
  from,
  to,
  state,
  since,
})
const spans = (given: readonly AskedSpan[], forgottenBefore: string | null, keptDays: number | null = null) =>
  coverageSpans({
    connection: 'c',
    stream: 'events',
    asked: given,
    nowMs: Date.parse(day(30)),
    forgottenBeforeMs: forgottenBefore === null ? null : Date.parse(forgottenBefore),
    keptMs: keptDays === null ? null : keptDays * 86_400_000,
  }).map(({ from, to, state }) => [from, to, state])

describe('coverage, every instant of it', () => {
  it('is never, where nothing was asked for', () => {
    expect(spans([], null)).toEqual([[null, day(30), 'never']])
    expect(spans([], day(5))).toEqual([
      [null, day(5), 'expired'],
      [day(5), day(30), 'never'],
    ])
  })

  it('is what was walked, and never in between', () => {
    expect(spans([asked(day(3), day(5), 'complete'), asked(day(7), day(9), 'failed'), asked(day(9), day(12), 'complete')], null)).toEqual([
      [null, day(3), 'never'],
      [day(3), day(5), 'complete'],
      [day(5), day(7), 'never'],
      [day(7), day(9), 'failed'],
      [day(9), day(12), 'complete'],
    ])
  })

  it('is expired where the service had forgotten, also under a clean walk', () => {
    expect(spans([asked(null, day(20), 'complete')], day(10))).toEqual([
      [null, day(10), 'expired'],
      [day(10), day(20), 'complete'],
    ])
  })

  it('has no lower bound where the service forgets nothing', () => {
    expect(spans([asked(null, day(20), 'complete')], null)).toEqual([[null, day(20), 'complete']])
  })

  it('is expired where nothing was collected for longer than the service keeps events', () => {
    const gap = [asked(null, day(10), 'complete'), asked(day(10), day(25), 'complete'), asked(day(25), day(26), 'failed', day(29))]
    expect(spans(gap, day(4), 6)).toEqual([
      [null, day(4), 'expired'],
      [day(4), day(10), 'complete'],
      [day(10), day(19), 'expired'],
      [day(19), day(25), 'complete'],
      [day(25), day(26), 'failed'],
    ])
    expect(spans([asked(day(1), day(2), 'complete', day(20))], null, 6)).toEqual([
      [null, day(1), 'never'],
      [day(1), day(2), 'expired'],
    ])
  })

  it('is expired to the end where all that was asked for had been forgotten', () => {
    expect(spans([asked(day(1), day(4), 'complete')], day(10))).toEqual([[null, day(4), 'expired']])
  })
})
