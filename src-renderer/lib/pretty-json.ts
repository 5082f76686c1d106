/**
 * JSON text with line breaks and indentation, every token exactly as received: numbers beyond 2^53, repeated keys and
 * escapes survive, which parsing and printing again would not promise. Text that is no JSON keeps all its characters too.
 */
export function prettyJson(text: string): string {
  let out = ''
  let depth = 0
  const newLine = (): string => '\n' + '  '.repeat(Math.max(0, depth))
  for (let i = 0; i < text.length;) {
    const character = text.charAt(i)
    if (character === '"') {
      const end = endOfString(text, i)
      out += text.slice(i, end)
      i = end
      continue
    }
    i++
    if (character === '{' || character === '[') {
      const next = skipSpace(text, i)
      const closing = text.charAt(next)
      if (closing === (character === '{' ? '}' : ']')) {
        out += character + closing
        i = next + 1
      } else {
        depth++
        out += character + newLine()
      }
    } else if (character === '}' || character === ']') {
      depth--
      out += newLine() + character
    } else if (character === ',') out += ',' + newLine()
    else if (character === ':') out += ': '
    else if (!isSpace(character)) out += character
    else if (depth === 0 && out !== '') out += character
  }
  return out
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t'
}

function skipSpace(text: string, from: number): number {
  let i = from
  while (i < text.length && isSpace(text.charAt(i))) i++
  return i
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text.charAt(i) === '\\') i++
    else if (text.charAt(i) === '"') return i + 1
  }
  return text.length
}
