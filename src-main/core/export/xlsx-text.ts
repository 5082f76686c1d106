/** The most UTF-16 units a cell may hold; spreadsheet programs call a file with more damaged. */
export const maxCellChars = 32_767

// Control characters, lone surrogates and two non-characters cannot stand in XML; what looks like an escape must not be read as one.
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|_(?=x[0-9a-fA-F]{4}_)/g
const needsEscape = /[&<>\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]|_x/

/** Text as it stands in the XML of a spreadsheet: characters that XML cannot hold as `_xHHHH_`, which spreadsheet programs undo. */
export function spreadsheetXml(text: string): string {
  if (!needsEscape.test(text)) return text
  return text
    .replace(unsafe, (char) => `_x${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** The text where it fits a cell; else its beginning with a visible mark of how much is missing. */
export function cutToCell(text: string): { readonly text: string; readonly isCut: boolean } {
  if (text.length <= maxCellChars) return { text, isCut: false }
  const mark = ` … [cut: ${text.length} characters in all; complete in a CSV or NDJSON export]`
  return { text: text.slice(0, maxCellChars - mark.length) + mark, isCut: true }
}
