import { TrailviewError } from '../../../contract/errors.ts'
import type { Json, WalkContext, WalkPage } from '../define.ts'
import { fieldsOf } from '../kit/fields.ts'
import { wholeOption } from '../kit/options.ts'
import { recordsAt } from '../runtime/records.ts'

export const mostPerPage = 200

/**
 * Every entry of the window, page by page. Returning says that the window was walked to its clean end, so this stops at the one thing
 * the service documents as the end: a page without a cursor. Not at a short page, and not at a page whose entries cannot be read.
 */
export async function* walkEntries(context: WalkContext): AsyncGenerator<WalkPage, void, void> {
  const { client, options, window, signal } = context
  const project = options['project']?.trim() ?? ''
  const query: [string, string][] = [
    ['before', window.to],
    ['limit', String(wholeOption(options, 'limit') ?? mostPerPage)],
    // No lower bound is left out, never guessed: retention is the service's business.
    ...(window.from === null ? [] : [['after', window.from] satisfies [string, string]]),
    ...(project === '' ? [] : [['project', project] satisfies [string, string]]),
  ]
  for (let cursor = cursorOf(context.resume); ;) {
    signal.throwIfAborted()
    const response = await client.request('/api/audit', { query: cursor === null ? query : [...query, ['cursor', cursor]] })
    const records = recordsAt(response, ['entries'])
    const next = fieldsOf(response.json())?.['next'] ?? null
    if (next !== null && typeof next !== 'string') {
      const what = `${client.baseUrl.host} gave something that is no cursor for its next page of entries.`
      throw new TrailviewError('SERVICE_UNEXPECTED', `${what} Try again later; if it stays so, its API has changed.`)
    }
    cursor = next
    yield { records, resume: cursor }
    if (cursor === null) return
  }
}

/** A resume point is what the page before yielded; anything else begins the window anew. */
function cursorOf(resume: Json): string | null {
  return typeof resume === 'string' ? resume : null
}
