import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyBits, setBit } from '../../../src-main/core/cache/engine/columns/bitmap.ts'
import { EventColumns } from '../../../src-main/core/cache/engine/columns/columns.ts'
import { ResultSet } from '../../../src-main/core/cache/engine/search/result-set.ts'
import { TimeOrder } from '../../../src-main/core/cache/engine/columns/time-order.ts'

const rowCount = 300_000

/** Rows at scattered times, many at the same one and some without; `version` 1. */
function scatteredList() {
  const columns = new EventColumns()
  for (let row = 0; row < rowCount; row++) {
    const timeMs = row % 97 === 0 ? Number.NaN : ((row * 7_919) % 50_021) * 1_000
    columns.set(row, { timeMs, actor: 0, object: 0, context: 0, template: 0, flags: 0 })
  }
  const order = new TimeOrder()
  order.rebuild(columns)
  return { version: 1, columns, order }
}

test('a large result has the same rows at every place, whether places are counted yet or not', () => {
  const list = scatteredList()
  const positions = Array.from({ length: rowCount }, (_, position) => position)
  const place = fc.oneof(fc.nat(1_200), fc.nat(rowCount))
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 30 }),
      // from the earliest or the latest on, so that a walk from the beginning meets many of them, or none
      fc.constantFrom(0, 0.5, 0.96),
      fc.constantFrom('newest' as const, 'oldest' as const),
      fc.array(fc.tuple(place, fc.integer({ min: 1, max: 300 })), { minLength: 1, maxLength: 4 }),
      (oneIn, from, display, windows) => {
        const matching = positions
          .slice(from * rowCount)
          .map((position) => list.order.rowAt(display, position))
          .filter((row) => row % oneIn === 0)
        const words = emptyBits(rowCount)
        for (const row of matching) setBit(words, row)
        const result = new ResultSet(words, list.version)
        for (const [first, count] of windows) {
          expect(result.rowsAt(list, display, first, count)).toEqual(matching.slice(first, first + count))
        }
      },
    ),
    { numRuns: 12 },
  )
})
