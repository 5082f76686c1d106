/** The services Trailview has a connector for. Open at the edges: a new connector adds its id here and nowhere else in the contract. */
export const serviceIds = ['onehub', 'lytics', 'oksky', 'cloudfoundry'] as const
export type ServiceId = (typeof serviceIds)[number]

/** Our normalised verbs; `action` on the event keeps the service's own word. */
export const verbs = [
  'create',
  'read',
  'update',
  'delete',
  'upload',
  'download',
  'share',
  'invite',
  'sign-in',
  'sign-out',
  'start',
  'stop',
  'restart',
  'crash',
  'grant',
  'revoke',
  'join',
  'leave',
  'status',
  'execute',
  'other',
] as const
export type Verb = (typeof verbs)[number]

/** `unknown` wherever the service does not promise one. */
export const outcomes = ['success', 'failure', 'unknown'] as const
export type Outcome = (typeof outcomes)[number]

export interface Actor {
  /** The service's id of the actor, or null where the service gives only a name. */
  readonly id: string | null
  readonly name: string | null
  readonly email: string | null
  /** `user` unless the service says otherwise. */
  readonly kind: string
}

/** An object or workspace as the event names it: the name is the one it had at the time of the event. */
export interface Subject {
  readonly kind: string
  readonly id: string | null
  readonly name: string | null
}

/**
 * What a connector's mapping makes of one raw record, before the archive adds identity, revision and hash.
 * `occurredAt` is UTC with milliseconds, years 0001 to 9999; everything outside that is an unmapped record.
 */
export interface NormalisedEvent {
  readonly externalId: string
  readonly occurredAt: string
  readonly occurredAtOriginal: string
  readonly actor: Actor | null
  readonly action: string
  readonly verb: Verb
  readonly object: Subject | null
  readonly workspace: Subject | null
  readonly related: readonly Subject[]
  readonly outcome: Outcome
  readonly summary: string
}

/** One archived event, exactly as `trailview events --json` prints it (see the event model in the README). */
export interface AuditEvent {
  /** Ours: opaque, stable, the same for the same record of the same connection. */
  readonly id: string
  /** Id of the connection that collected it. */
  readonly connection: string
  readonly service: ServiceId
  /** The service's own event id; for an unmapped record without one, the empty string. */
  readonly externalId: string
  /** UTC, milliseconds; null only when `mapped` is false. */
  readonly occurredAt: string | null
  readonly occurredAtOriginal: string | null
  readonly collectedAt: string
  readonly actor: Actor | null
  readonly action: string
  readonly verb: Verb
  readonly object: Subject | null
  readonly workspace: Subject | null
  readonly related: readonly Subject[]
  readonly outcome: Outcome
  readonly summary: string
  /** 1 for the payload first collected, one more for every different payload since. */
  readonly revision: number
  /** SHA-256 of the newest payload as received, hex. */
  readonly hash: string
  /** False: kept but not readable (its id or time could not be made out); the raw payload is there all the same. */
  readonly mapped: boolean
}

/** What the screen shows beside an event in lists: facts the event model of the command line does not carry. */
export interface EventMarks {
  /** When the span it arrived in had been called complete, UTC; null when it arrived in time. */
  readonly lateSince: string | null
  /** Last time the source still returned it, UTC, when a complete re-walk no longer did; else null. */
  readonly goneSince: string | null
  readonly reviewStatus: ReviewStatus | null
  readonly tags: readonly string[]
  readonly hasNote: boolean
}

export const reviewStatuses = ['unreviewed', 'reviewed', 'follow-up'] as const
export type ReviewStatus = (typeof reviewStatuses)[number]

/** A row of a timeline. */
export interface EventRow {
  readonly event: AuditEvent
  readonly marks: EventMarks
}

/** One kept payload of an event. `payload` is the received bytes read as UTF-8; `sizeBytes` and `hash` are of the bytes themselves. */
export interface EventRevision {
  readonly revision: number
  readonly hash: string
  readonly collectedAt: string
  readonly sizeBytes: number
}

/** Everything the detail pane shows of one event. */
export interface EventDetail {
  readonly event: AuditEvent
  readonly marks: EventMarks
  /** Newest first; at least one. */
  readonly revisions: readonly EventRevision[]
  /** Names now, where they differ from the names at the time of the event; null where unknown or the same. */
  readonly currentNames: { readonly actor: string | null; readonly object: string | null; readonly workspace: string | null }
  readonly awaitedNames: AwaitedNames
  readonly notes: readonly ReviewNote[]
  /** Why the record is unmapped, as a sentence; null for a mapped one. */
  readonly unmappedReason: string | null
}

/** Which parts of an event are there without a name, or not at all (the workspace), only because they were not looked up yet. */
export interface AwaitedNames {
  readonly actor: boolean
  readonly object: boolean
  readonly workspace: boolean
  /** In the order of the event's own list. */
  readonly related: readonly boolean[]
}

export interface ReviewNote {
  readonly id: string
  readonly text: string
  readonly writtenAt: string
}
