import { text as readAll } from 'node:stream/consumers'
import { TrailviewError } from '../contract/errors.ts'
import type { Core } from '../core/create-core.ts'
import { toErrorData } from '../core/dispatch.ts'
import packageJson from '../../package.json' with { type: 'json' }
import { readCommandLine, type CommandLine, type CommandName } from './command-line.ts'
import { opened, type Context } from './context.ts'
import { createOutput, type Output } from './output.ts'
import { exitCodeOf, exitCodes, usage, UsageError, type ExitCode } from './usage.ts'

type Command = (context: Context) => Promise<ExitCode>

/** Commands over the core; each is loaded only when it runs, so that the program starts quickly. */
const commands: Readonly<Record<Exclude<CommandName, 'demo'>, () => Promise<Command>>> = {
  connections: async () => (await import('./commands/connections.ts')).connections,
  sync: async () => (await import('./commands/sync.ts')).sync,
  events: async () => (await import('./commands/events.ts')).events,
  count: async () => (await import('./commands/events.ts')).count,
  facets: async () => (await import('./commands/aggregates.ts')).facets,
  histogram: async () => (await import('./commands/aggregates.ts')).histogram,
  show: async () => (await import('./commands/show.ts')).show,
  timelines: async () => (await import('./commands/timelines.ts')).timelines,
  coverage: async () => (await import('./commands/coverage.ts')).coverage,
  export: async () => (await import('./commands/export.ts')).exportEvents,
  verify: async () => (await import('./commands/verify.ts')).verify,
}

/** Runs one command line to its end and returns the exit code; never rejects. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  // Errors in the command line itself are still said as JSON when JSON was asked for.
  const interrupt = new AbortController()
  const output = createOutput(argv.includes('--json'), process.stdout, process.stderr, interrupt.signal)
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe had enough (`trailview events | head`).
    if (error.code === 'EPIPE') process.exit(exitCodes.done)
    throw error
  })
  try {
    return await run(readCommandLine(argv), output, interrupt)
  } catch (error) {
    if (error instanceof UsageError) {
      output.error({ code: 'CALL_INVALID', message: error.message })
      return exitCodes.wrongCommand
    }
    const data = toErrorData(error)
    output.error(data)
    return exitCodeOf(data.code)
  }
}

async function run(line: CommandLine, output: Output, interrupt: AbortController): Promise<ExitCode> {
  if (line.flag('version')) {
    await output.line(packageJson.version)
    return exitCodes.done
  }
  if (line.command === null) {
    if (!line.flag('help')) throw new UsageError(`A command is missing.\n${usage}`)
    process.stdout.write(usage)
    return exitCodes.done
  }
  const stop = () => interrupt.abort(new TrailviewError('CALL_CANCELLED', 'Interrupted; everything collected so far is kept.'))
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)

  if (line.command === 'demo') return (await import('./commands/demo.ts')).demo(line, output, interrupt.signal)

  const command = await commands[line.command]()
  const session = lazySession(line)
  try {
    return await command({
      line,
      output,
      signal: interrupt.signal,
      call: async (name, input, signal) => opened(await (await session.core()).dispatch(name, input, signal)) as never,
      onPush: async (listener) => (await session.core()).onPush(listener),
      readInput: session.readInput,
    })
  } finally {
    await session.close()
  }
}

/** The core is made at the first call, so that a wrong command line is answered without opening the archive. */
function lazySession(line: CommandLine) {
  let core: Promise<Core> | null = null
  let input: Promise<{ readonly passphrase: string | null; readonly rest: string }> | null = null

  const readInput = () => (input ??= readStandardInput(line.flag('passphrase-stdin')))
  const open = async (): Promise<Core> => {
    const [{ createCore }, { nodePorts }] = await Promise.all([import('../core/create-core.ts'), import('../core/node-ports.ts')])
    const home = line.text('home')
    const made = await createCore(
      nodePorts({ shell: 'cli', version: packageJson.version, runsSchedule: false, ...(home === undefined ? {} : { home }) }),
    )
    try {
      if (line.flag('passphrase-stdin')) opened(await made.dispatch('archive.unlock', { passphrase: (await readInput()).passphrase }))
      return made
    } catch (error) {
      await made.dispose()
      throw error
    }
  }
  return {
    core: () => (core ??= open()),
    readInput: async () => (await readInput()).rest,
    async close() {
      if (core !== null) await (await core.catch(() => null))?.dispose()
    },
  }
}

/** With a passphrase, it is the first line; what follows is the credential. */
async function readStandardInput(hasPassphrase: boolean): Promise<{ readonly passphrase: string | null; readonly rest: string }> {
  const all = await readAll(process.stdin)
  if (!hasPassphrase) return { passphrase: null, rest: all }
  const [first = '', ...rest] = all.split('\n')
  return { passphrase: first.replace(/\r$/, ''), rest: rest.join('\n') }
}
