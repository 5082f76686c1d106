import { maxRowsPerCall } from '../../contract/api.ts'
import type { TimelineEntry, TimelineKind } from '../../contract/model/query.ts'
import type { Context } from '../context.ts'
import { exitCodes, UsageError, type ExitCode } from '../usage.ts'

const kinds: readonly TimelineKind[] = ['workspaces', 'files', 'users']

/** `timelines workspaces|files|users [TEXT]`: everything that has a timeline of its own. */
export async function timelines({ line, output, call, signal }: Context): Promise<ExitCode> {
  const [word, ...text] = line.words
  const kind = kinds.find((known) => known === word)
  if (kind === undefined) throw new UsageError(`timelines is followed by one of ${kinds.join(', ')}.`)
  const rows: TimelineEntry[] = []
  for (let first = 0; ;) {
    const { entries, total } = await call('timelines.list', { kind, text: text.join(' '), first, count: maxRowsPerCall }, signal)
    first += entries.length
    if (output.isJson) for (const entry of entries) await output.json(asPrinted(entry))
    else rows.push(...entries)
    if (entries.length === 0 || first >= total) break
  }
  if (!output.isJson) {
    await output.table([
      ['EVENTS', 'FIRST', 'LAST', 'KIND', 'ID', 'NAME'],
      ...rows.map((row) => [String(row.count), row.firstAt ?? '–', row.lastAt ?? '–', row.kind, row.id ?? '–', row.name]),
    ])
  }
  return exitCodes.done
}

function asPrinted({ kind, name, id, count, firstAt, lastAt, connection, service, query }: TimelineEntry) {
  return { kind, name, id, count, first: firstAt, last: lastAt, connection, service, query }
}
