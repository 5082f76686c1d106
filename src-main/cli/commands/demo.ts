import { describe, startPracticeServices } from '../../demo/index.ts'
import type { CommandLine } from '../command-line.ts'
import type { Output } from '../output.ts'
import { exitCodes, type ExitCode } from '../usage.ts'

/** `demo`: runs the four practice services until interrupted, and prints where they are and what opens them. */
export async function demo(line: CommandLine, output: Output, signal: AbortSignal): Promise<ExitCode> {
  const services = await startPracticeServices({ seed: line.number('seed', 0, 1), events: line.number('events', 1, 20_000) })
  try {
    const addresses = describe(services)
    if (output.isJson) await output.json(addresses)
    else await output.table(addresses.map(({ service, baseUrl, credential }) => [service, baseUrl, JSON.stringify(credential)]))
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    return exitCodes.done
  } finally {
    await services.close()
  }
}
