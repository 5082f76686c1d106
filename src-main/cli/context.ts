import type { Input, MethodName, Output as ApiOutput } from '../contract/api.ts'
import { TrailviewError } from '../contract/errors.ts'
import type { PushMessage } from '../contract/push.ts'
import type { CommandLine } from './command-line.ts'
import type { Output } from './output.ts'
import { UsageError } from './usage.ts'

/** What a command works with. */
export interface Context {
  readonly line: CommandLine
  readonly output: Output
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
  /** Calls the core, opening the archive first; throws TrailviewError. */
  call<N extends MethodName>(name: N, input: Input<N>, signal?: AbortSignal): Promise<ApiOutput<N>>
  onPush(listener: (push: PushMessage) => void): Promise<() => void>
  /** What stands on standard input, after the passphrase's line if one was read. */
  readInput(): Promise<string>
}

/** The words as one query, with the chosen zone. */
export function queryOf(line: CommandLine): { readonly text: string; readonly zone: string } {
  return { text: line.words.join(' '), zone: zoneOf(line) }
}

/** `--zone`, or the machine's zone; UsageError for one that does not exist. */
export function zoneOf(line: CommandLine): string {
  const zone = line.text('zone') ?? new Intl.DateTimeFormat().resolvedOptions().timeZone
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    throw new UsageError(`${JSON.stringify(zone)} is no time zone. Use an IANA name such as Europe/Zurich or UTC.`)
  }
}

/** The one word a command takes, or null; UsageError for more. */
export function oneWord(line: CommandLine, what: string): string | null {
  if (line.words.length > 1) throw new UsageError(`${what} is one word; ${line.words.length} were given.`)
  return line.words[0] ?? null
}

/** An envelope opened: the value, or the error thrown. */
export function opened<T>(
  reply: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Parameters<typeof TrailviewError.from>[0] },
): T {
  if (!reply.ok) throw TrailviewError.from(reply.error)
  return reply.value
}
