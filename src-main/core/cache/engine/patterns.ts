import { matchesWhole, matchesWithin } from '../../query/pattern.ts'
import type { Pattern } from '../../query/tree.ts'
import { emptyBits, forEachBit, hasBit, setBit } from './bitmap.ts'
import type { TextColumn } from './text-column.ts'

/** Marks the entries that are, from end to end, what the pattern says. */
export function markMatching(column: TextColumn, pattern: Pattern, bits: Uint32Array): void {
  const { pieces } = pattern
  const [first = '', second] = pieces
  if (second === undefined) column.markAt('whole', first, bits)
  else if (pieces.every((piece) => piece === '')) column.markPresent(bits)
  else if (pieces.length === 2 && second === '') column.markAt('start', first, bits)
  else if (pieces.length === 2 && first === '') column.markAt('end', second, bits)
  else if (pieces.length === 3 && first === '' && pieces[2] === '') column.markContaining(second, bits)
  else markConfirmed(column, pattern, bits, matchesWhole)
}

/** Marks the entries within which the pattern is found. */
export function markWithin(column: TextColumn, pattern: Pattern, bits: Uint32Array): void {
  const [only] = pattern.pieces
  if (pattern.pieces.length === 1 && only !== undefined) column.markContaining(only, bits)
  else markConfirmed(column, pattern, bits, matchesWithin)
}

/** Entries that hold the longest piece are looked at one by one. */
function markConfirmed(
  column: TextColumn,
  pattern: Pattern,
  bits: Uint32Array,
  isMatch: (pattern: Pattern, text: string) => boolean,
): void {
  const longest = pattern.pieces.reduce((a, b) => (b.length > a.length ? b : a), '')
  const candidates = emptyBits(column.count)
  column.markContaining(longest, candidates)
  forEachBit(candidates, 0, candidates.length, (number) => {
    const text = hasBit(bits, number) ? null : column.text(number)
    if (text !== null && isMatch(pattern, text)) setBit(bits, number)
  })
}
