import { serviceIds, type ServiceId } from '../../contract/model/audit-event.ts'
import { credentialSchema, type CredentialInput } from '../../contract/model/connection.ts'
import type { Context } from '../context.ts'
import { exitCodes, UsageError, type ExitCode } from '../usage.ts'

/** `connections add | list | test | remove`. */
export async function connections(context: Context): Promise<ExitCode> {
  const [action, id, ...rest] = context.line.words
  if (rest.length > 0) throw new UsageError(`connections ${action} takes one id.`)
  switch (action) {
    case 'add':
      if (id !== undefined) throw new UsageError('connections add takes options only.')
      return add(context)
    case 'list':
      if (id !== undefined) throw new UsageError('connections list takes no id.')
      return list(context)
    case 'test':
      return test(context, required(id, 'connections test'))
    case 'remove':
      return remove(context, required(id, 'connections remove'))
    default:
      throw new UsageError('connections is followed by add, list, test or remove.')
  }
}

async function add({ line, output, call, readInput }: Context): Promise<ExitCode> {
  const service = serviceOf(required(line.text('service'), 'connections add --service'))
  const name = required(line.text('name'), 'connections add --name')
  if (!line.flag('secret-stdin')) throw new UsageError('connections add reads the credential from standard input: add --secret-stdin.')
  const options = optionsOf(line.texts('set'))
  const url = line.text('url')
  const credential = credentialOf(await readInput())
  const saved = await call('connections.save', { service, name, options, credential, ...(url === undefined ? {} : { baseUrl: url }) })
  if (output.isJson) await output.json(saved)
  else await output.line(`Connection ${saved.id} (${saved.name}) was added.`)
  return exitCodes.done
}

async function list({ output, call }: Context): Promise<ExitCode> {
  const all = await call('connections.list', {})
  if (output.isJson) for (const connection of all) await output.json(connection)
  else if (all.length === 0) output.note('No connection is set up yet. Add one with "trailview connections add".')
  else
    await output.table([
      ['ID', 'SERVICE', 'CREDENTIAL', 'ADDRESS', 'NAME'],
      ...all.map((one) => [one.id, one.service, one.credentialState, one.baseUrl, one.name]),
    ])
  return exitCodes.done
}

async function test({ output, call, signal }: Context, id: string): Promise<ExitCode> {
  const result = await call('connections.test', { id }, signal)
  if (output.isJson) await output.json(result)
  else if (result.isOk) await output.line(result.sentence)
  if (result.isOk) return exitCodes.done
  output.error({ code: result.code ?? 'SERVICE_UNEXPECTED', message: result.sentence } as Parameters<typeof output.error>[0])
  return exitCodes.failed
}

async function remove({ line, output, call }: Context, id: string): Promise<ExitCode> {
  const { purgedEvents } = await call('connections.remove', { id, purge: line.flag('purge') })
  if (output.isJson) await output.json({ id, purgedEvents })
  else
    await output.line(
      line.flag('purge') ? `Connection ${id} was removed with ${purgedEvents} events.` : `Connection ${id} was removed; its events stay.`,
    )
  return exitCodes.done
}

function required(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new UsageError(`${what} is missing its value.`)
  return value
}

function serviceOf(word: string): ServiceId {
  const service = serviceIds.find((id) => id === word)
  if (service === undefined) throw new UsageError(`There is no service ${JSON.stringify(word)}. The services are ${serviceIds.join(', ')}.`)
  return service
}

function optionsOf(settings: readonly string[]): Record<string, string> {
  const options: Record<string, string> = {}
  for (const setting of settings) {
    const split = setting.indexOf('=')
    if (split < 1) throw new UsageError(`--set takes key=value, not ${JSON.stringify(setting)}.`)
    options[setting.slice(0, split)] = setting.slice(split + 1)
  }
  return options
}

/** The text is never repeated in a message: it is the secret. */
function credentialOf(text: string): CredentialInput {
  try {
    const checked = credentialSchema.safeParse(JSON.parse(text))
    if (checked.success) return checked.data
  } catch {
    throw new UsageError('Standard input is not JSON. The credential is one JSON object, such as {"token":"…"}.')
  }
  throw new UsageError('The credential on standard input must be a JSON object whose values are all text.')
}
