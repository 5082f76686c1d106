import { matchesWhole, matchesWithin } from '../../query/pattern.ts'
import type { Pattern } from '../../query/tree.ts'
import type { TextColumn } from './text-column.ts'

/** Marks the entries that are, from end to end, what the pattern says. */
export function markMatching(column: TextColumn, pattern: Pattern, mask: Uint8Array): void {
  const { pieces } = pattern
  const [first = '', second] = pieces
  if (second === undefined) column.markAt('whole', first, mask)
  else if (pieces.every((piece) => piece === '')) column.markPresent(mask)
  else if (pieces.length === 2 && second === '') column.markAt('start', first, mask)
  else if (pieces.length === 2 && first === '') column.markAt('end', second, mask)
  else if (pieces.length === 3 && first === '' && pieces[2] === '') column.markContaining(second, mask)
  else markConfirmed(column, pattern, mask, matchesWhole)
}

/** Marks the entries within which the pattern is found. */
export function markWithin(column: TextColumn, pattern: Pattern, mask: Uint8Array): void {
  const [only] = pattern.pieces
  if (pattern.pieces.length === 1 && only !== undefined) column.markContaining(only, mask)
  else markConfirmed(column, pattern, mask, matchesWithin)
}

/** Entries that hold the longest piece are looked at one by one. */
function markConfirmed(column: TextColumn, pattern: Pattern, mask: Uint8Array, isMatch: (pattern: Pattern, text: string) => boolean): void {
  const longest = pattern.pieces.reduce((a, b) => (b.length > a.length ? b : a), '')
  const candidates = new Uint8Array(column.count)
  column.markContaining(longest, candidates)
  for (let number = 0; number < candidates.length; number++) {
    if (candidates[number] === 0 || mask[number] === 1) continue
    const text = column.text(number)
    if (text !== null && isMatch(pattern, text)) mask[number] = 1
  }
}
