/**
 * Text from a service made safe to look at: control characters and the characters that reorder or hide text become
 * visible signs, so that a name cannot pretend to be another one; lone surrogates become U+FFFD.
 */
export function visibleText(text: string): string {
  if (!suspicious.test(text)) return text
  return text.toWellFormed().replace(controls, sign)
}

/** The same for text of several lines, whose line breaks and tabs stay. */
export function visibleLines(text: string): string {
  return text
    .split(/(\r\n|[\n\t])/u)
    .map((part, i) => (i % 2 === 1 ? part.replace('\r', '') : visibleText(part)))
    .join('')
}

const controls = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/gu
const suspicious = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/

function sign(character: string): string {
  const code = character.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  if (code === 0x7f) return '\u2421'
  return `\u27e8U+${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`
}
