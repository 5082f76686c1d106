import { oneWord, type Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../usage.ts'

/** `coverage [ID]`: which spans are completely collected, failed, never asked for, or older than the service keeps. */
export async function coverage({ line, output, call }: Context): Promise<ExitCode> {
  const spans = await call('coverage.list', { connection: oneWord(line, 'The connection') })
  if (output.isJson) for (const { connection, stream, from, to, state } of spans) await output.json({ connection, stream, from, to, state })
  else {
    await output.table([
      ['CONNECTION', 'STREAM', 'FROM', 'TO', 'STATE'],
      ...spans.map(({ connection, stream, from, to, state }) => [connection, stream, from ?? 'the beginning', to, state]),
    ])
  }
  return exitCodes.done
}
