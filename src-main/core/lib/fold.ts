/**
 * The one folding of text for comparison and search: compatibility-decomposed, accents removed, lower case.
 * Character by character, so that the folding of two joined texts is the two foldings joined wherever they meet at a space.
 */
export function fold(text: string): string {
  if (isPlainLowerAscii(text)) return text
  // Half of a surrogate pair is no character: as UTF-8, which texts are stored and searched as, it is one that says so.
  const lower = text
    .toWellFormed()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
  // Lower case alone depends on the neighbours here: a sigma is another letter at the end of a word.
  return lower.replaceAll('ς', 'σ')
}

function isPlainLowerAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7e || (unit >= 0x41 && unit <= 0x5a)) return false
  }
  return true
}
