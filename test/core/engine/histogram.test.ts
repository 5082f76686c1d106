import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketUnits, type BucketUnit } from '../../../src-main/contract/model/query.ts'
import { ZoneBuckets } from '../../../src-main/core/cache/engine/counting/zone-buckets.ts'
import { everything, never, query, recordOf, testEngine, unreadable } from './engine-fixture.ts'
import { anyEvent } from './query-arbitraries.ts'

const eventAt = (iso: string) =>
  recordOf({
    externalId: iso,
    occurredAt: new Date(iso).toISOString(),
    occurredAtOriginal: iso,
    actor: null,
    action: 'x',
    verb: 'read',
    object: null,
    workspace: null,
    related: [],
    outcome: 'unknown',
    summary: '',
  })

describe('buckets in a zone', () => {
  test.each<[string, BucketUnit, readonly string[], readonly (readonly [string, number])[]]>([
    [
      'an hour repeated is two buckets',
      'hour',
      ['2024-10-27T00:30:00Z', '2024-10-27T01:30:00Z', '2024-10-27T01:59:00Z'],
      [
        ['2024-10-27T00:00:00.000Z', 1],
        ['2024-10-27T01:00:00.000Z', 2],
      ],
    ],
    [
      'an hour skipped is none',
      'hour',
      ['2024-03-31T00:59:00Z', '2024-03-31T01:00:00Z'],
      [
        ['2024-03-31T00:00:00.000Z', 1],
        ['2024-03-31T01:00:00.000Z', 1],
      ],
    ],
    [
      'a day of 25 hours',
      'day',
      ['2024-10-26T22:00:00Z', '2024-10-27T22:59:59.999Z', '2024-10-27T23:00:00Z'],
      [
        ['2024-10-26T22:00:00.000Z', 2],
        ['2024-10-27T23:00:00.000Z', 1],
      ],
    ],
    [
      'weeks begin on Monday',
      'week',
      ['2024-03-31T21:59:00Z', '2024-03-31T22:00:00Z'],
      [
        ['2024-03-24T23:00:00.000Z', 1],
        ['2024-03-31T22:00:00.000Z', 1],
      ],
    ],
    [
      'months of the zone',
      'month',
      ['2024-03-31T21:59:00Z', '2024-03-31T22:00:00Z'],
      [
        ['2024-02-29T23:00:00.000Z', 1],
        ['2024-03-31T22:00:00.000Z', 1],
      ],
    ],
  ])('%s', async (_, unit, times, expected) => {
    const archive = await testEngine()
    archive.add('c1', times.map(eventAt))
    const { buckets } = await (await archive.engine()).histogram({ ...everything, zone: 'Europe/Berlin' }, unit, never)
    expect(buckets.map(({ start, count }) => [start, count])).toEqual(expected)
  })

  test('a half hour of daylight saving cuts the hour in which it happens', () => {
    const buckets = new ZoneBuckets('Australia/Lord_Howe')
    // Clocks go from 02:00 back to 01:30 at 15:00 UTC.
    const at = (iso: string) => new Date(buckets.bucketOf('hour', Date.parse(iso)).startMs).toISOString()
    expect(at('2024-04-06T14:59:00Z')).toBe('2024-04-06T14:00:00.000Z')
    expect(at('2024-04-06T15:10:00Z')).toBe('2024-04-06T15:00:00.000Z')
    expect(at('2024-04-06T15:31:00Z')).toBe('2024-04-06T15:30:00.000Z')
  })

  test('a day begins where clocks skip its midnight', () => {
    const buckets = new ZoneBuckets('America/Havana')
    const { startMs } = buckets.bucketOf('day', Date.parse('2024-03-10T12:00:00Z'))
    expect(new Date(startMs).toISOString()).toBe('2024-03-10T05:00:00.000Z')
  })
})

test('each event lies in the bucket its clock time says, and buckets add up', async () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC']
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 60 }), fc.constantFrom(...zones), async (events, zone) => {
      const archive = await testEngine()
      archive.add('c1', [...events.map((event) => recordOf(event)), unreadable('{}')])
      const engine = await archive.engine()
      const total = await engine.count(everything, never)
      for (const unit of bucketUnits) {
        const { buckets, untimed } = await engine.histogram({ ...everything, zone }, unit, never)
        expect(untimed).toBe(1)
        expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0) + untimed).toBe(total)
        const starts = buckets.map(({ start }) => start)
        expect(starts).toEqual(starts.toSorted((a, b) => Date.parse(a) - Date.parse(b)))
        for (const [at, { start, count }] of buckets.entries()) {
          const next = buckets[at + 1]
          const within = await engine.count(
            query({ kind: 'time', fromMs: Date.parse(start), toMs: next === undefined ? null : Date.parse(next.start) }),
            never,
          )
          expect(within).toBe(count)
        }
      }
    }),
    { numRuns: 15 },
  )
})

test('a clock hour, day and month of a zone agree with the clock', () => {
  const zones = ['Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Africa/Casablanca']
  fc.assert(
    fc.property(
      fc.integer({ min: Date.parse('1990-01-01'), max: Date.parse('2030-01-01') }),
      fc.constantFrom(...zones),
      (instantMs, zone) => {
        const buckets = new ZoneBuckets(zone)
        const date = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
        const day = buckets.bucketOf('day', instantMs)
        expect(instantMs).toBeGreaterThanOrEqual(day.startMs)
        expect(instantMs).toBeLessThan(day.endMs)
        expect(date.format(day.startMs)).toBe(date.format(instantMs))
        expect(date.format(day.endMs - 1)).toBe(date.format(instantMs))
        expect(date.format(day.startMs - 1)).not.toBe(date.format(instantMs))
        const month = buckets.bucketOf('month', instantMs)
        expect(date.format(month.startMs).slice(-2)).toBe('01')
        expect(date.format(month.startMs).slice(0, 7)).toBe(date.format(instantMs).slice(0, 7))
        const hour = buckets.bucketOf('hour', instantMs)
        const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit' })
        expect(clock.format(hour.startMs)).toBe(clock.format(instantMs))
        expect(clock.format(hour.endMs - 1)).toBe(clock.format(instantMs))
      },
    ),
    { numRuns: 300 },
  )
})
