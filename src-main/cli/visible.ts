/** Controls, line and paragraph separators, and characters that reorder the text around them or take no room: the same as on the screen. */
const hiddenCharacters = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** Text from a service made safe for a terminal: every character that could move the cursor or hide text is shown as a picture or an escape. */
export function visible(text: string): string {
  return text.replace(hiddenCharacters, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    if (code === 0x7f) return '\u2421'
    return `\\u${code.toString(16).padStart(4, '0')}`
  })
}
