import { TrailviewError } from '../../contract/errors.ts'
import { readCoverage } from '../collect/read-coverage.ts'
import type { AreaHandlers } from '../dispatch.ts'
import type { CoreParts } from '../parts.ts'
import { parseQuery } from '../query/parse.ts'

export function collectionHandlers({ ports, opened }: CoreParts): AreaHandlers<'collection'> & AreaHandlers<'coverage'> {
  return {
    'collection.start': async ({ connections: named, since, until, zone, full }) => {
      const { connections, collector } = await opened()
      const nowMs = ports.clock.now()
      const bounds = { since: instantOf('since', since, zone, nowMs), until: instantOf('until', until, zone, nowMs) }
      if (bounds.since !== null && bounds.until !== null && bounds.since >= bounds.until)
        throw new TrailviewError('CALL_INVALID', 'Nothing lies between "since" and "until": "since" must be the earlier of the two.')
      for (const id of named) await connections.get(id)
      return collector.start({ connections: [...new Set(named)], ...bounds, full, trigger: 'asked' })
    },
    'collection.cancel': async ({ connection }) => ({ wasRunning: await (await opened()).collector.cancel(connection) }),
    'collection.progress': async () => (await opened()).collector.progress(),
    'collection.runs': async ({ connection, limit }) => (await opened()).archive.reader.runs(connection, limit),
    'collection.runEvents': async ({ run: id, count, first, limit }) => {
      const { reader } = (await opened()).archive
      const run = await reader.run(id)
      if (run === null)
        throw new TrailviewError('CALL_INVALID', `There is no run ${JSON.stringify(id)} in the log. Open the log of runs again.`)
      return { run, first, ...(await reader.runEvents(id, count, first, limit)) }
    },
    'collection.pullFileTrail': async ({ connection, fileId }, { signal }) => {
      const { connections, access } = await opened()
      return access.pullFileTrail(await connections.get(connection), fileId, signal)
    },
    'coverage.list': async ({ connection }) => {
      const { archive, connections } = await opened()
      if (connection !== null) await connections.get(connection)
      return readCoverage(archive.reader, connection, ports.clock.now())
    },
  }
}

/** A date as the query language writes it, as UTC ISO: the instant at which it begins. */
function instantOf(name: 'since' | 'until', text: string | null, zone: string, nowMs: number): string | null {
  if (text === null) return null
  const { tree, problems } = parseQuery(`after:"${text.replaceAll('"', '')}"`, { zone, nowMs })
  if (problems.length > 0 || tree.kind !== 'time' || tree.fromMs === null) {
    throw new TrailviewError(
      'CALL_INVALID',
      `${JSON.stringify(text)} is no date for "${name}". Use a date such as 2026-01-31, or 2026-01-31T14:00Z.`,
    )
  }
  return new Date(tree.fromMs).toISOString()
}
