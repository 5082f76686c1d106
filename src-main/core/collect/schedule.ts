import type { CollectionRun } from '../../contract/model/collection.ts'
import type { StoredConnection } from '../cache/archive.ts'

const firstRetryMs = 60_000
const longestRetryMs = 15 * 60_000

/** Why a connection is not collected although it might be due. */
export type Standstill =
  /** The credential was refused, is missing, or is another account's: until it changes, or somebody starts a run by hand. */
  | { readonly kind: 'paused'; readonly sentence: string }
  /** The network is away: looked at again at `retryMs`. */
  | { readonly kind: 'offline'; readonly sentence: string; readonly retryMs: number; readonly failures: number }
  /** The service asked for patience until `retryMs`. */
  | { readonly kind: 'waiting'; readonly sentence: string; readonly retryMs: number }

/** What the end of a run means for the next one; null: nothing stands in its way. */
export function standstillAfter(run: Pick<CollectionRun, 'error'>, before: Standstill | null, nowMs: number): Standstill | null {
  const { error } = run
  if (error === null) return null
  switch (error.code) {
    case 'ACCOUNT_CHANGED':
    case 'SERVICE_UNAUTHORIZED':
    case 'CREDENTIAL_MISSING':
      return { kind: 'paused', sentence: error.message }
    case 'SERVICE_UNREACHABLE':
      return offline(error.message, before, nowMs)
    default:
      return error.retryAt === null ? null : { kind: 'waiting', sentence: error.message, retryMs: Date.parse(error.retryAt) }
  }
}

/** Offline once more: the pause before the next look doubles each time, up to a quarter of an hour. */
export function offline(sentence: string, before: Standstill | null, nowMs: number): Standstill {
  const failures = before?.kind === 'offline' ? before.failures + 1 : 1
  return { kind: 'offline', sentence, failures, retryMs: nowMs + Math.min(longestRetryMs, firstRetryMs * 2 ** (failures - 1)) }
}

/** When a connection is due next, ms; null when it is not scheduled. */
export function dueMs(
  connection: Pick<StoredConnection, 'intervalMinutes' | 'createdAt'>,
  lastStartedAt: string | null,
  standstill: Standstill | null,
): number | null {
  switch (standstill?.kind) {
    case 'paused':
      return null
    case 'offline':
    case 'waiting':
      return standstill.retryMs
    case undefined:
      return connection.intervalMinutes === null
        ? null
        : Date.parse(lastStartedAt ?? connection.createdAt) + connection.intervalMinutes * 60_000
  }
}
