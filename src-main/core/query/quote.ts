/**
 * A value as it is written in a query after `field:` or as free text.
 * The language has no escape for a quote: each one becomes `*`, so that the written value still matches the one given.
 */
export function quoteValue(value: string): string {
  const written = value.replaceAll('"', '*')
  return /^[^\s(),:-][^\s(),:]*$/u.test(written) && written !== 'OR' && written !== 'NOT' ? written : `"${written}"`
}

/** One term that matches exactly the events with this value. */
export function writeTerm(field: string, value: string): string {
  return `${field}:${quoteValue(value)}`
}
