import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeParse } from '../../src-renderer/api/fake/fake-query.ts'
import { askedRange } from '../../src-renderer/lib/asked-range.ts'
import { coverageLanes } from '../../src-renderer/lib/coverage-lanes.ts'
import { boundText, endText, unitFor } from '../../src-renderer/lib/time-axis.ts'
import { dateAfter, formatInstant, offsetMs, startOf, zonedTime } from '../../src-renderer/lib/time.ts'

const berlin = 'Europe/Berlin'
const at = (iso: string): number => Date.parse(iso)

describe('times in a zone', () => {
  it.each([
    ['2016-01-18T19:16:53.000Z', berlin, '2016-01-18 20:16:53 +01:00'],
    ['2016-07-01T00:00:00.000Z', berlin, '2016-07-01 02:00:00 +02:00'],
    ['2016-01-18T19:16:53.000Z', 'UTC', '2016-01-18 19:16:53 +00:00'],
    ['2016-01-18T19:16:53.000Z', 'Asia/Kathmandu', '2016-01-19 01:01:53 +05:45'],
    ['0001-01-02T00:00:00.000Z', 'UTC', '0001-01-02 00:00:00 +00:00'],
    ['9999-12-31T23:59:59.999Z', 'UTC', '9999-12-31 23:59:59 +00:00'],
  ])('%s in %s is %s', (instant, zone, text) => {
    expect(formatInstant(instant, zone)).toBe(text)
  })

  it('reads the offset it shows', () => {
    expect(offsetMs('America/St_Johns', at('2026-01-01T00:00:00Z'))).toBe(-3.5 * 3_600_000)
  })

  it('begins a day where the clock shows midnight, daylight saving or not', () => {
    const instants = fc.date({ min: new Date('1990-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(instants, fc.constantFrom('UTC', berlin, 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'), (instant, zone) => {
        const { date } = zonedTime(instant.getTime(), zone)
        const start = zonedTime(startOf(date, zone) ?? 0, zone)
        expect([start.date, start.time]).toEqual([date, '00:00:00'])
      }),
    )
  })
})

describe('a range brushed in the histogram', () => {
  it('takes in whole days, also the one of 25 hours', () => {
    const start = startOf('2026-10-25', berlin) ?? 0
    expect(boundText(start, 'day', berlin)).toBe('2026-10-25')
    expect(endText(start + 24 * 3_600_000, 'day', berlin)).toBe('2026-10-26')
  })

  it('is an instant for hours, which a date could not say', () => {
    expect(boundText(at('2026-10-25T00:00:00Z'), 'hour', berlin)).toBe('2026-10-25T00:00Z')
  })

  it('keeps the number of bars within a few hundred', () => {
    const sizeMs = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 28 * 86_400_000 }
    fc.assert(fc.property(fc.integer({ min: 0, max: 40 * 365 }), (days) => (days * 86_400_000) / sizeMs[unitFor(days * 86_400_000)] <= 600))
  })
})

describe('the range a query asks for', () => {
  const now = at('2026-11-01T12:00:00Z')
  it.each([
    ['after:2026-01-01 before:2026-02', '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['on:2026-01 logo', '2026-01-01T00:00:00.000Z', '2026-02-01T00:00:00.000Z'],
    ['on:2025-12-31', '2025-12-31T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    ['on:2025', '2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    ['last:7d', '2026-10-25T12:00:00.000Z', '2026-11-01T12:00:00.000Z'],
    ['after:2026-10-31T10:00Z', '2026-10-31T10:00:00.000Z', '2026-11-01T12:00:00.000Z'],
  ])('%s', (text, from, to) => {
    const range = askedRange({ text, ...fakeParse(text) }, 'UTC', now)
    expect(range && [new Date(range.fromMs).toISOString(), new Date(range.toMs).toISOString()]).toEqual([from, to])
  })

  it.each(['', 'before:2026-01-01', 'after:nonsense', 'after:2027-01-01'])('%j has no beginning to speak of', (text) => {
    expect(askedRange({ text, ...fakeParse(text) }, 'UTC', now)).toBeNull()
  })
})

describe('coverage of a stretch of time', () => {
  const domain = { fromMs: 0, toMs: 1_000 }
  const iso = (ms: number): string => new Date(ms).toISOString()

  it('calls what nobody asked for "never", not empty', () => {
    expect(coverageLanes(['c'], [], domain)[0]?.pieces).toEqual([{ ...domain, state: 'never' }])
  })

  it('is as complete as the least complete stream', () => {
    const spans = [
      { connection: 'c', stream: 'a', from: null, to: iso(1_000), state: 'complete' as const },
      { connection: 'c', stream: 'b', from: iso(0), to: iso(400), state: 'complete' as const },
      { connection: 'c', stream: 'b', from: iso(400), to: iso(1_000), state: 'failed' as const },
    ]
    expect(coverageLanes(['c'], spans, domain)[0]?.pieces.map(({ state, toMs }) => [state, toMs])).toEqual([
      ['complete', 400],
      ['failed', 1_000],
    ])
  })

  it('fills the stretch without gap or overlap, whatever the spans', () => {
    const span = fc.record({
      connection: fc.constantFrom('c', 'd'),
      stream: fc.constantFrom('a', 'b'),
      from: fc.option(fc.integer({ min: -500, max: 900 }).map(iso)),
      to: fc.integer({ min: 0, max: 2_000 }).map(iso),
      state: fc.constantFrom('complete' as const, 'failed' as const, 'never' as const, 'expired' as const),
    })
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), (spans) => {
        const pieces = coverageLanes(['c'], spans, domain)[0]?.pieces ?? []
        expect(pieces[0]?.fromMs).toBe(0)
        expect(pieces.at(-1)?.toMs).toBe(1_000)
        for (const [i, piece] of pieces.entries()) if (i > 0) expect(piece.fromMs).toBe(pieces[i - 1]?.toMs)
      }),
    )
  })
})

describe('the date after', () => {
  it.each([
    ['2024-02-28', '2024-02-29'],
    ['2023-12-31', '2024-01-01'],
    ['2016-12', '2017-01'],
    ['0999', '1000'],
  ])('%s is %s', (date, next) => {
    expect(dateAfter(date)).toBe(next)
  })
})
