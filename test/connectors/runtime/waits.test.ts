import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, retryAtMs } from '../../../src-main/core/connectors/runtime/waits.ts'

const now = Date.parse('2026-03-01T12:00:00Z')

describe('retryAtMs', () => {
  it.each<[string, Record<string, string>, number | null]>([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['a date', { 'retry-after': 'Sun, 01 Mar 2026 12:00:30 GMT' }, 30_000],
    [
      'a date of a service whose clock is an hour ahead',
      { 'retry-after': 'Sun, 01 Mar 2026 13:00:30 GMT', date: 'Sun, 01 Mar 2026 13:00:00 GMT' },
      30_000,
    ],
    ['a date that has passed', { 'retry-after': 'Sun, 01 Mar 2026 11:00:00 GMT' }, 0],
    ['a reset in unix seconds', { 'x-ratelimit-reset': String(now / 1000 + 20) }, 20_000],
    [
      'the reset of version 2, the later of both',
      { 'x-ratelimit-reset': String(now / 1000 + 5), 'x-ratelimit-reset-v2-api': String(now / 1000 + 9) },
      9_000,
    ],
    ['a reset in seconds from now', { 'x-ratelimit-reset': '12' }, 12_000],
    ['Retry-After before a reset', { 'retry-after': '3', 'x-ratelimit-reset': '90' }, 3_000],
    ['nothing', {}, null],
    ['nonsense', { 'retry-after': 'soon', 'x-ratelimit-reset': '-4' }, null],
  ])('reads %s', (_what, headers, waitMs) => {
    expect(retryAtMs(headers, now)).toBe(waitMs === null ? null : now + waitMs)
  })

  it('never lies in the past, whatever the headers say', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (asked, reset, date) => {
        const at = retryAtMs({ 'retry-after': asked, 'x-ratelimit-reset': reset, date }, now)
        expect(at === null || at >= now).toBe(true)
      }),
    )
  })
})

describe('backoffMs', () => {
  it('doubles, with half of it by chance, up to half a minute', () => {
    expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, () => 0))).toEqual([250, 500, 1000, 15_000])
    expect([1, 2, 3, 20].map((attempt) => backoffMs(attempt, () => 1))).toEqual([500, 1000, 2000, 30_000])
  })
})
