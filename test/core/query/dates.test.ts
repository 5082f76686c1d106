import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOfWall, zoneOffsetMs } from '../../../src-main/core/query/local-time.ts'
import { parseQuery } from '../../../src-main/core/query/parse.ts'

const now = '2026-05-31T12:00:00.000Z'

function range(query: string, zone: string): readonly [string | null, string | null] {
  const { tree, problems } = parseQuery(query, { zone, nowMs: Date.parse(now) })
  expect(problems).toEqual([])
  if (tree.kind !== 'time') throw new Error(`not a time: ${query}`)
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace('.000Z', 'Z'))
  return [iso(tree.fromMs), iso(tree.toMs)]
}

describe('dates', () => {
  it.each([
    ['on:2026-01-31', 'UTC', '2026-01-31T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['on:2026-02', 'UTC', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['on:2026', 'Asia/Tokyo', '2025-12-31T15:00:00Z', '2026-12-31T15:00:00Z'],
    ['on:0099-12-31', 'UTC', '0099-12-31T00:00:00Z', '0100-01-01T00:00:00Z'],
    ['on:2024-02-29', 'UTC', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
    // a day of 23 and one of 25 hours
    ['on:2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['on:2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    // midnight skipped, midnight shown twice, a day skipped
    ['on:2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z', '2018-11-05T02:00:00Z'],
    ['on:2025-11-02', 'America/Havana', '2025-11-02T04:00:00Z', '2025-11-03T05:00:00Z'],
    ['on:2011-12-30', 'Pacific/Apia', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z'],
    ['after:2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:00:00Z', null],
    ['after:2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30:00Z', null],
    ['after:2026-01-31', 'Asia/Kolkata', '2026-01-30T18:30:00Z', null],
    ['after:2026-01-31T14:00Z', 'Asia/Kolkata', '2026-01-31T14:00:00Z', null],
    ['before:2026-01-31T14:00:05+02:00', 'UTC', null, '2026-01-31T12:00:05Z'],
    ['before:"2026-01-31 14:00:05.25"', 'UTC', null, '2026-01-31T14:00:05.250Z'],
    ['before:2026', 'America/New_York', null, '2026-01-01T05:00:00Z'],
    ['last:7d', 'Europe/Berlin', '2026-05-24T12:00:00Z', null],
    ['last:12h', 'UTC', '2026-05-31T00:00:00Z', null],
    ['last:30m', 'UTC', '2026-05-31T11:30:00Z', null],
    ['last:4w', 'UTC', '2026-05-03T12:00:00Z', null],
    ['last:3mo', 'UTC', '2026-02-28T12:00:00Z', null],
    ['last:1y', 'UTC', '2025-05-31T12:00:00Z', null],
    ['on:*', 'UTC', null, null],
  ])('%s in %s', (query, zone, from, to) => {
    expect(range(query, zone)).toEqual([from, to])
  })

  it('takes several days for on:', () => {
    expect(parseQuery('on:2026-01-01,2026-01-03', { zone: 'UTC', nowMs: 0 }).tree).toMatchObject({
      kind: 'or',
      parts: [{ kind: 'time' }, { kind: 'time' }],
    })
  })

  it('gives every instant to exactly one local day', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
      'America/St_Johns',
    ]
    const between = (from: string, to: string) => fc.integer({ min: Date.parse(from), max: Date.parse(to) })
    const instant = fc.oneof(
      between('1980-01-01T00:00:00Z', '2035-01-01T00:00:00Z'),
      between('0002-01-01T00:00:00Z', '9998-01-01T00:00:00Z'),
    )
    fc.assert(
      fc.property(fc.constantFrom(...zones), instant, (zone, instantMs) => {
        const day = new Date(instantMs + zoneOffsetMs(zone, instantMs)).toISOString().slice(0, 10)
        const { tree } = parseQuery(`on:${day}`, { zone, nowMs: 0 })
        if (tree.kind !== 'time' || tree.fromMs === null || tree.toMs === null) throw new Error('not a span')
        expect(tree.fromMs).toBeLessThanOrEqual(instantMs)
        expect(tree.toMs).toBeGreaterThan(instantMs)
        expect(instantOfWall(zone, Date.parse(`${day}T00:00:00Z`))).toBe(tree.fromMs)
      }),
      { numRuns: 1000 },
    )
  })
})
