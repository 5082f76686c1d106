/** A JSON object of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>

/** Names beyond this are shortened in the mapped event (the payload keeps them whole), UTF-16 units. */
const longestText = 8_192

/** The value as an object; null for everything else, arrays included. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null
}

/** The value as a list; empty for everything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Text that says something: well-formed, without NUL, of bounded length; null for blanks and for anything but text, numbers and booleans. */
export function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
  if (text.trim() === '') return null
  // Readers that work with C strings, full-text tokenizers among them, end a text at its first NUL.
  const sound = text.toWellFormed().replaceAll('\0', '\uFFFD')
  return sound.length <= longestText ? sound : `${sound.slice(0, longestText - 1).toWellFormed()}…`
}

/**
 * An id, exactly as the service has it; null when it is none.
 * A lone surrogate makes an id unreadable: mended, two different ids could become one.
 */
export function idOf(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : null
  return typeof value === 'string' && value.trim() !== '' && value.isWellFormed() ? value : null
}

/** A whole number that the service wrote as number or digits; null for everything else. */
export function wholeNumberOf(value: unknown): number | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : NaN
  return Number.isSafeInteger(number) ? number : null
}

/** The parts that say something, with one space between them. */
export function sentence(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join(' ')
}
