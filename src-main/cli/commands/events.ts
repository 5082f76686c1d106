import { maxRowsPerCall } from '../../contract/api.ts'
import type { AuditEvent } from '../../contract/model/audit-event.ts'
import { queryOf, type Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../usage.ts'
import { localTime } from '../local-time.ts'

/** Rows fetched at once while listing. */
const pageRows = Math.min(1_000, maxRowsPerCall)

/** `events [QUERY]`: matching events, newest first; `--limit 0` means all of them. */
export async function events({ line, output, call, signal }: Context): Promise<ExitCode> {
  const query = queryOf(line)
  let left = line.number('limit', 0, 100)
  if (left === 0) left = Infinity
  let cursor = line.text('cursor') ?? null
  while (left > 0) {
    const page = await call(
      'events.page',
      { query, order: line.flag('oldest') ? 'oldest' : 'newest', cursor, limit: Math.min(left, pageRows) },
      signal,
    )
    for (const event of page.events) await (output.isJson ? output.json(event) : output.line(sentence(event, query.zone)))
    left -= page.events.length
    cursor = page.next
    if (cursor === null) break
  }
  return exitCodes.done
}

/** `count [QUERY]`. */
export async function count({ line, output, call, signal }: Context): Promise<ExitCode> {
  const { total, exact } = await call('events.count', { query: queryOf(line) }, signal)
  await (output.isJson ? output.json({ total, exact }) : output.line(exact ? String(total) : `at least ${total}`))
  return exitCodes.done
}

function sentence(event: AuditEvent, zone: string): string {
  const when = event.occurredAt === null ? 'time unreadable'.padEnd(25) : localTime(event.occurredAt, zone)
  return `${when}  ${event.service.padEnd(12)}  ${event.summary}  [${event.id}]`
}
