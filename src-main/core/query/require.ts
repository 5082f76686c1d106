import { TrailviewError } from '../../contract/errors.ts'
import type { ParseResult } from './tree.ts'

/** The parsed query itself, or QUERY_INVALID with its first problem's sentence: a query with a problem is never run as something else. */
export function requireNoProblems<T extends Pick<ParseResult, 'problems'>>(parsed: T): T {
  const [first] = parsed.problems
  if (first !== undefined) throw new TrailviewError('QUERY_INVALID', `${first.message}.`, { details: { problems: parsed.problems } })
  return parsed
}
