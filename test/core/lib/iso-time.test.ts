import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoTime } from '../../../src-main/core/lib/iso-time.ts'

const firstMs = Date.parse('0001-01-01T00:00:00.000Z')
const lastMs = Date.parse('9999-12-31T23:59:59.999Z')

test('writes every time as a date does, whichever was written before', () => {
  const steps = fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: -100_000, max: 100_000 }))
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(firstMs, -1, 0, lastMs), fc.integer({ min: firstMs, max: lastMs })),
      fc.array(steps),
      (from, moves) => {
        let timeMs = from
        for (const move of [0, ...moves]) {
          timeMs = Math.min(Math.max(timeMs + move, firstMs), lastMs)
          expect(isoTime(timeMs)).toBe(new Date(timeMs).toISOString())
        }
      },
    ),
  )
  expect(() => isoTime(Number.NaN)).toThrow(RangeError)
})
