import { oneWord, zoneOf, type Context } from '../context.ts'
import { localTime } from '../local-time.ts'
import { exitCodes, UsageError, type ExitCode } from '../usage.ts'

/** `show ID`: one event; `--raw`: its newest payload, byte for byte, and nothing after it. */
export async function show({ line, output, call }: Context): Promise<ExitCode> {
  const id = oneWord(line, 'The event id')
  if (id === null) throw new UsageError('show needs the id of an event.')
  if (line.flag('raw')) {
    const { base64 } = await call('events.payloadBytes', { id })
    await output.bytes(Buffer.from(base64, 'base64'))
    return exitCodes.done
  }
  const { event, revisions, unmappedReason } = await call('events.get', { id })
  if (output.isJson) {
    await output.json(event)
    return exitCodes.done
  }
  const named = (thing: { readonly kind: string; readonly id: string | null; readonly name: string | null } | null) =>
    thing === null ? '–' : `${thing.kind} ${thing.name ?? ''} ${thing.id === null ? '' : `(${thing.id})`}`.replace(/ +/g, ' ').trim()
  await output.line(event.summary)
  await output.table([
    ['When', event.occurredAt === null ? 'unreadable' : localTime(event.occurredAt, zoneOf(line))],
    ['As written', event.occurredAtOriginal ?? '–'],
    ['Actor', named(event.actor)],
    ['Action', `${event.action} (${event.verb})`],
    ['Object', named(event.object)],
    ['Workspace', named(event.workspace)],
    ['Outcome', event.outcome],
    ['Service', `${event.service}, connection ${event.connection}, its id ${event.externalId}`],
    ['Collected', event.collectedAt],
    ['Revision', `${event.revision} of ${revisions.length}`],
    ['SHA-256', event.hash],
  ])
  if (unmappedReason !== null) await output.line(`Kept but not readable: ${unmappedReason}`)
  return exitCodes.done
}
