import type { FaultBox } from './faults.ts'

export type ServiceId = 'onehub' | 'lytics' | 'oksky' | 'cloudfoundry'

/** Plain data that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** What every generated event knows of itself; the rest differs by service. */
export interface PracticeEvent {
  /** The service's own id, as text. */
  readonly id: string
  /** When it happened, in the precision of the service, milliseconds since 1970. */
  readonly timeMs: number
}

/** An event as the service has it now: what an archive must hold in the end. */
export interface GroundTruthEvent {
  readonly service: ServiceId
  readonly externalId: string
  readonly timeMs: number
  /** The element of the list response, character for character. */
  readonly payload: string
  /** True once the record was made unreadable: its id or time can no longer be told from the payload. */
  readonly isDamaged: boolean
}

export interface LoggedRequest {
  /** Counts all requests to this service, from 0. */
  readonly index: number
  /** Counts list requests for events only, from 0; null for everything else. */
  readonly listIndex: number | null
  readonly atMs: number
  readonly method: string
  readonly path: string
  /** Percent-decoded, in the order sent. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly headers: Readonly<Record<string, string>>
  /** Null while the answer is being made, and where a fault cut the connection before there was one. */
  status: number | null
  /** The fault that struck this request. */
  fault: string | null
}

/** Ways to make one record unreadable. `not-an-object` leaves a text, `no-id` and `bad-time` the rest of the record, `wrong-types` nothing usable. */
export type Damage = 'no-id' | 'bad-time' | 'wrong-types' | 'not-an-object'

/** One running practice service. `Quirks` are its documented oddities, switchable while it runs. */
export interface PracticeService<Quirks = unknown> {
  readonly service: ServiceId
  readonly name: string
  /** Origin without a trailing slash. */
  readonly baseUrl: string
  /** What `connections add` wants for this service. */
  readonly credential: Readonly<Record<string, string>>
  /** Other forms of credential that work too. */
  readonly otherCredentials: readonly Readonly<Record<string, string>>[]
  readonly quirks: Quirks
  readonly faults: FaultBox
  readonly requestLog: readonly LoggedRequest[]

  /** Every event a connection with `credential` and no options can see now, oldest first. */
  groundTruth(): readonly GroundTruthEvent[]
  /** Events that `vanish` took away, as they were last. */
  vanished(): readonly GroundTruthEvent[]
  /** New events, happening now. */
  append(count?: number): readonly GroundTruthEvent[]
  /** New events whose time lies `ageMs` back: they become visible late. */
  appendLate(ageMs: number, count?: number): readonly GroundTruthEvent[]
  /** Changes an event's payload, keeping its id and time. Throws RangeError for an id the service does not have. */
  change(id: string): GroundTruthEvent
  /** Takes an event away. Throws RangeError for an id the service does not have. */
  vanish(id: string): void
  /** Makes an event unreadable. Throws RangeError for an id the service does not have. */
  damage(id: string, damage: Damage): GroundTruthEvent
  /** Replaces the record's JSON text by whatever `edit` makes of it. Throws RangeError for an id the service does not have. */
  rewrite(id: string, edit: (payload: string) => string): GroundTruthEvent
  /** Lists neighbouring events out of order from now on (seeded); null puts them back. */
  reorder(seed: number | null): void
  /** Refuses every token handed out so far; signing in again helps. Does nothing where tokens do not expire. */
  expireTokens(): void
  /** Runs `action` just before the list request for events number `listIndex` (from 0) is answered. */
  onListRequest(listIndex: number, action: () => void): void
}

/** Time as the practice services see it. */
export interface PracticeClock {
  now(): number
  /** Stops the clock at `ms`; null lets it follow the machine's clock. */
  set(ms: number | null): void
}
