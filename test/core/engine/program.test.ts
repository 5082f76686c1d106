import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasBit } from '../../../src-main/core/cache/engine/columns/bitmap.ts'
import { EventColumns, flag } from '../../../src-main/core/cache/engine/columns/columns.ts'
import { ListedRows } from '../../../src-main/core/cache/engine/search/listed-rows.ts'
import { type Program, runListed, runSlice, testRow } from '../../../src-main/core/cache/engine/search/program.ts'
import { bySelectivity } from '../../../src-main/core/cache/engine/search/selectivity.ts'

/** Dictionary numbers of each column; rows there are. */
const numbers = 40
const mostRows = 200

const anyRow = fc.record({
  timeMs: fc.integer({ min: 0, max: 1_000 }),
  actor: fc.nat(numbers - 1),
  object: fc.nat(numbers - 1),
  context: fc.nat(numbers - 1),
  template: fc.nat(3),
  flags: fc.constantFrom(0, flag.note, flag.removed),
})

const anyBits = (count: number): fc.Arbitrary<Uint32Array> => {
  const words = Math.ceil(count / 32)
  return fc
    .array(fc.oneof(fc.constantFrom(0, 0xffffffff), fc.nat(0xffffffff)), { minLength: words, maxLength: words })
    .map((values) => Uint32Array.from(values))
}

const { program: anyProgram } = fc.letrec<{ program: Program }>((tie) => ({
  program: fc.oneof(
    { depthSize: 'small' },
    fc.record({
      op: fc.constant('table' as const),
      column: fc.constantFrom('actor', 'object', 'context', 'template'),
      table: anyBits(numbers),
    }),
    fc.record({ op: fc.constant('table' as const), column: fc.constant('flags' as const), table: anyBits(256) }),
    fc.record({ op: fc.constant('bits' as const), words: anyBits(mostRows) }),
    fc.uniqueArray(fc.nat(mostRows)).map((rows): Program => ({ op: 'rows', rows: Uint32Array.from(rows).sort() })),
    anyBits(numbers).map((actor): Program => ({ op: 'slots', listOfTemplate: Uint32Array.of(0, 1, 0, 2), lists: [[], [{ actor }], [{}]] })),
    fc.record({ op: fc.constantFrom('and', 'or'), parts: fc.array(tie('program'), { minLength: 1, maxLength: 3 }) }),
    tie('program').map((part): Program => ({ op: 'not', part })),
    tie('program').map((candidates): Program => ({ op: 'confirm', candidates, isMatch: (row) => row % 3 === 0, isSlow: false })),
  ),
}))

test('rows match alike one by one, in a slice of all and in a list in whatever order', () => {
  fc.assert(
    fc.property(
      fc.array(anyRow, { minLength: 1, maxLength: mostRows }),
      anyProgram,
      fc.infiniteStream(fc.nat()),
      (rows, program, picks) => {
        const columns = new EventColumns()
        rows.forEach((row, at) => columns.set(at, row))
        const expected = rows.map((_, row) => testRow(program, columns, row))

        const words = new Uint32Array(Math.ceil(rows.length / 32))
        runSlice(bySelectivity(program, columns), columns, 0, rows.length, words)
        expect(rows.map((_, row) => hasBit(words, row))).toEqual(expected)

        const listed = new ListedRows(columns)
        for (const length of [rows.length, Math.ceil(rows.length / 3)]) {
          const list = Uint32Array.from({ length }, () => (picks.next().value as number) % rows.length)
          listed.list(list)
          runListed(program, listed, list, words)
          expect([...list.keys()].map((at) => hasBit(words, at))).toEqual([...list].map((row) => expected[row]))
        }
      },
    ),
    { numRuns: 500 },
  )
})
