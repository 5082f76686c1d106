import { matchesWhole, matchesWithin } from '../../../query/pattern.ts'
import type { Pattern } from '../../../query/tree.ts'
import { emptyBits, forEachBit, hasBit, setBit } from '../columns/bitmap.ts'
import type { TextColumn } from '../texts/text-column.ts'
import type { Searching } from '../texts/text-scan.ts'

/** Marks the entries that are, from end to end, what the pattern says. */
export function* markingWhole(column: TextColumn, pattern: Pattern, bits: Uint32Array): Searching<void> {
  const { pieces } = pattern
  const [first = '', second] = pieces
  if (second === undefined) yield* column.marking('whole', first, bits)
  else if (pieces.every((piece) => piece === '')) yield* column.marking('anywhere', '', bits)
  else if (pieces.length === 2 && second === '') yield* column.marking('start', first, bits)
  else if (pieces.length === 2 && first === '') yield* column.marking('end', second, bits)
  else if (pieces.length === 3 && first === '' && pieces[2] === '') yield* column.marking('anywhere', second, bits)
  else yield* markingConfirmed(column, pattern, bits, matchesWhole)
}

/** The same for entries within which the pattern is found. */
export function* markingWithin(column: TextColumn, pattern: Pattern, bits: Uint32Array): Searching<void> {
  const [only] = pattern.pieces
  if (pattern.pieces.length === 1 && only !== undefined) yield* column.marking('anywhere', only, bits)
  else yield* markingConfirmed(column, pattern, bits, matchesWithin)
}

/** Entries that hold the longest piece are looked at one by one. */
function* markingConfirmed(
  column: TextColumn,
  pattern: Pattern,
  bits: Uint32Array,
  isMatch: (pattern: Pattern, text: string) => boolean,
): Searching<void> {
  const longest = pattern.pieces.reduce((a, b) => (b.length > a.length ? b : a), '')
  const candidates = emptyBits(column.count)
  yield* column.marking('anywhere', longest, candidates)
  for (let from = 0; from < candidates.length; from += stepWords) {
    forEachBit(candidates, from, Math.min(from + stepWords, candidates.length), (number) => {
      const text = hasBit(bits, number) ? null : column.text(number)
      if (text !== null && isMatch(pattern, text)) setBit(bits, number)
    })
    yield []
  }
}

/** Control characters that stand for names in wordings: as text they are only found by looking at each event. */
export const nameMarks = /[\u0001-\u0004]/

/** The text of a pattern that has no `*` within; null otherwise. */
export function plainTextOf({ pieces }: Pattern): string | null {
  const [only] = pieces
  return pieces.length === 1 && only !== undefined && !nameMarks.test(only) ? only : null
}

/** Words of candidates between two breaths: 4,096 entries. */
const stepWords = 128
