import { resolve } from 'node:path'
import { requireNoProblems } from '../query/require.ts'
import { parseQuery } from '../query/parse.ts'
import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'
import { verifyPackage } from '../verify-package.ts'

export function exportHandlers({ ports, opened }: CoreParts): AreaHandlers<'exports'> {
  return {
    'exports.start': async ({ query, format, path, overwrite }) => {
      const parsed = requireNoProblems(parseQuery(query.text, { zone: query.zone, nowMs: ports.clock.now() }))
      return (await opened()).exports.start({ query, parsed, format, path, overwrite })
    },
    'exports.list': async () => (await opened()).exports.list(),
    'exports.verify': ({ path }, { signal }) => verifyPackage(resolve(path), signal, () => undefined),
    'exports.cancel': async ({ id }) => ({ wasRunning: (await opened()).exports.cancel(id) }),
  }
}
