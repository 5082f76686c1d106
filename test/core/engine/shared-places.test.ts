import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSharedPlaces, Places } from '../../../src-main/core/cache/engine/lines/shared-places.ts'
import { splitOf } from '../../support/split.ts'

test('every thread finds the places of all, and those of before are forgotten', () => {
  const count = 40_000
  const anyNumber = fc.oneof(fc.nat(70), fc.constantFrom(31, 32, 4_095, 4_096, 8_191, 8_192, 39_999), fc.nat(count - 1))
  fc.assert(
    fc.property(
      fc.array(fc.array(anyNumber, { maxLength: 80 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 3 }),
      (lists, shares) => {
        const shared = createSharedPlaces(count, 80, shares)
        const threads = Array.from({ length: shares }, (_, share) => new Places(shared, { share, shares }))
        for (const list of lists) {
          // Numbers that the list of another moment may hold are passed over.
          const numbers = [...list, count + 5_000, 0x7fff_ffff]
          const taken = threads.map((places) => [...places.take(splitOf(numbers), Uint32Array.from(numbers.keys()))])
          const expected = [...new Set(list)].filter((num) => num !== 0).sort((a, b) => a - b)
          expect(taken.flat().sort((a, b) => a - b)).toEqual(expected)
          for (const numbers of taken) expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
          for (const places of threads) for (const num of expected) expect(places.of(num)).toBe(0)
          taken.forEach((numbers, thread) => numbers.forEach((num) => threads[thread]?.set(num, num + 7)))
          const wanted = new Set(expected)
          for (const places of threads)
            for (const num of [...lists.flat(), 1, 33, count + 5_000, 0xffff_ffff])
              expect(places.of(num)).toBe(wanted.has(num) ? num + 7 : 0)
        }
      },
    ),
    { numRuns: 100 },
  )
})
