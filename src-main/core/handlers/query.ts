import { completeQuery } from '../query/complete.ts'
import { parseQuery } from '../query/parse.ts'
import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'

export function queryHandlers({ ports, opened }: CoreParts): AreaHandlers<'query'> {
  return {
    'query.parse': ({ text, zone }) => {
      const { tokens, problems, inWords, chips } = parseQuery(text, { zone, nowMs: ports.clock.now() })
      return Promise.resolve({ tokens, problems, inWords, chips })
    },
    'query.complete': async ({ text, caret }, { signal }) => {
      const { reader } = (await opened()).archive
      return completeQuery(text, caret, (field, foldedText, limit) => reader.completeValue(field, foldedText, limit, signal))
    },
  }
}
