export type RunStatus = 'running' | 'done' | 'failed' | 'cancelled'

/** An error as it is kept with a run and shown to the reader. */
export interface RunError {
  readonly code: string
  readonly message: string
  readonly isRetryable: boolean
  /** When the service asked us to come back, UTC; else null. */
  readonly retryAt: string | null
}

/** Counts of one collection run. Each event is counted in exactly one of added, changed, unchanged; late is a part of added, unmapped a part of added. */
export interface RunCounts {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
  readonly late: number
  readonly gone: number
  readonly unmapped: number
  readonly pages: number
  readonly requests: number
}

/** Counts of a run whose events can be listed. */
export const listedCounts = ['added', 'changed', 'late', 'gone', 'unmapped'] as const
export type ListedCount = (typeof listedCounts)[number]

export interface CollectionRun extends RunCounts {
  readonly id: string
  readonly connection: string
  readonly status: RunStatus
  readonly startedAt: string
  readonly endedAt: string | null
  /** The span called complete by this run, UTC; null while none is. */
  readonly coverage: readonly [from: string | null, to: string] | null
  readonly error: RunError | null
}

/** A running collection as the screen shows it. */
export interface CollectionProgress extends RunCounts {
  readonly connection: string
  readonly runId: string
  /** What is happening now, for the reader: `Collecting 2024-03`, `Waiting until 14:05 as the service asked`. */
  readonly activity: string
  readonly eventsPerSecond: number
  /** Milliseconds left, estimated; null when it cannot be told. */
  readonly remainingMs: number | null
  /** 0 to 1; null when it cannot be told. */
  readonly share: number | null
}

export type ConnectionActivity = 'idle' | 'queued' | 'running' | 'waiting' | 'offline' | 'paused'

/** The state of a connection for the Connections page and the status line. */
export interface ConnectionStatus {
  readonly connection: string
  readonly activity: ConnectionActivity
  /** Why it waits, is offline or paused, as a sentence with the next step; else null. */
  readonly sentence: string | null
  readonly lastRun: CollectionRun | null
  /** The instant up to which everything is known to be collected, UTC; null when nothing is. */
  readonly completeTo: string | null
  readonly nextRunAt: string | null
  readonly eventCount: number
  readonly unmappedCount: number
  readonly changedCount: number
  readonly lateCount: number
  readonly goneCount: number
  /** Events stored without names that are still to be looked up; such an event may lack its workspace. */
  readonly awaitingNamesCount: number
}
