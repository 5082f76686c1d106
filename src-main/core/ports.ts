import type { AppInfo, KeychainState } from '../contract/model/app.ts'

/** What reading a secret found. `missing` on a known account reads "forgotten or locked" to the caller. */
export type SecretRead = { readonly state: 'found'; readonly value: string } | { readonly state: 'missing' }

/**
 * The OS keychain, or what stands in for it. Accounts are names Trailview chose; values are opaque text.
 * Every method rejects with a TrailviewError (`KEYCHAIN_ABSENT`, `KEYCHAIN_LOCKED`, `KEYCHAIN_TIMEOUT`, `KEYCHAIN_REFUSED`), never with a secret in it.
 */
export interface SecretStore {
  get(account: string): Promise<SecretRead>
  set(account: string, value: string): Promise<void>
  /** False when there was nothing to delete. */
  delete(account: string): Promise<boolean>
  state(): Promise<KeychainState>
  dispose(): Promise<void>
}

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export type LogFacts = Readonly<Record<string, string | number | boolean | null>>

/** Where diagnostics go. Facts are never secrets and never payloads. */
export interface Log {
  info(message: string, facts?: LogFacts): void
  warn(message: string, facts?: LogFacts): void
  error(message: string, facts?: LogFacts): void
}

/** Everything the core is given by the shell it runs in. */
export interface CorePorts {
  /** Folder of the archive and the settings; created when missing. */
  readonly home: string
  readonly shell: AppInfo['shell']
  readonly version: string
  readonly isDemo: boolean
  readonly secrets: SecretStore
  readonly clock: Clock
  readonly log: Log
  /** Entry script of the archive's worker threads. */
  readonly archiveWorkerUrl: URL
  /** Environment variables that name proxies and certificates. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Where exports go unless the user says otherwise. */
  readonly downloadsFolder: string
  /** Whether this process collects on a schedule (the app) or only when told (the command line). */
  readonly runsSchedule: boolean
}
