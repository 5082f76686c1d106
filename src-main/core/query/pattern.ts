import { fold } from '../lib/fold.ts'
import type { Pattern } from './tree.ts'

/** The pattern of a value as written: `*` is any run of characters, everything else is compared folded. */
export function valuePattern(text: string): Pattern {
  const pieces = text.split('*').map(fold)
  return { pieces: pieces.filter((piece, i) => piece !== '' || i === 0 || i === pieces.length - 1) }
}

/** The pattern of free text: as a text is looked for anywhere in a place, a `*` at an end adds nothing. Without pieces: found everywhere. */
export function textPattern(text: string): Pattern {
  return {
    pieces: text
      .split('*')
      .map(fold)
      .filter((piece) => piece !== ''),
  }
}

/** Whether a folded value is, from end to end, what the pattern says. */
export function matchesWhole(pattern: Pattern, foldedValue: string): boolean {
  const first = pattern.pieces[0] ?? ''
  if (pattern.pieces.length === 1) return foldedValue === first
  const last = pattern.pieces.at(-1) ?? ''
  const restEnd = foldedValue.length - last.length
  if (first.length > restEnd || !foldedValue.startsWith(first) || !foldedValue.endsWith(last)) return false
  return areInOrder(pattern.pieces.slice(1, -1), foldedValue.slice(first.length, restEnd))
}

/** Whether the pattern is found somewhere within a folded text. */
export function matchesWithin(pattern: Pattern, foldedText: string): boolean {
  return areInOrder(pattern.pieces, foldedText)
}

function areInOrder(pieces: readonly string[], text: string): boolean {
  let from = 0
  for (const piece of pieces) {
    const at = text.indexOf(piece, from)
    if (at < 0) return false
    from = at + piece.length
  }
  return true
}
