import type { ErrorCode } from '../contract/errors.ts'

/** Exit codes of the command line, as documented in the README. */
export const exitCodes = { done: 0, failed: 1, wrongCommand: 2, someFailed: 3, noKeychain: 4, interrupted: 130 } as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The command itself is wrong: exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The exit code that an error of the core stands for. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  switch (code) {
    case 'CALL_UNKNOWN':
    case 'CALL_INVALID':
    case 'QUERY_INVALID':
    case 'CONNECTION_INVALID':
      return exitCodes.wrongCommand
    case 'ARCHIVE_LOCKED':
    case 'KEYCHAIN_ABSENT':
    case 'KEYCHAIN_LOCKED':
    case 'KEYCHAIN_TIMEOUT':
    case 'KEYCHAIN_REFUSED':
      return exitCodes.noKeychain
    case 'CALL_CANCELLED':
      return exitCodes.interrupted
    default:
      return exitCodes.failed
  }
}

export const usage = `trailview: audit events in an encrypted archive

  connections add --service S --name N [--url U] [--set key=value …] --secret-stdin
  connections list | test ID | remove ID [--purge]
  sync [ID …] [--since T] [--until T] [--full]
  events [QUERY] [--limit N] [--oldest] [--cursor C]
  count [QUERY]
  facets [QUERY] --by actor,verb,… [--top N]
  histogram [QUERY] --by hour|day|week|month
  show ID [--raw]
  timelines workspaces|files|users [TEXT]
  coverage [ID]
  export [QUERY] --format csv|xlsx|ndjson|ocsf|package --out FILE
  verify [PACKAGE]
  demo [--events N] [--seed N]

Everywhere: --home DIR, --json, --zone ZONE, --passphrase-stdin; "--" ends the options, so that a query may begin with a minus.
Exit codes: 0 done, 1 failed, 2 wrong command or query, 3 some connections failed, 4 no keychain, 130 interrupted.
`
