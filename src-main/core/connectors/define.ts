import type { NormalisedEvent } from '../../contract/model/audit-event.ts'
import type { ConnectionOptions, CredentialInput } from '../../contract/model/connection.ts'
import type { ConnectorInfo } from '../../contract/model/connector-info.ts'

/** Plain data that survives JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** One record of a list response: the exact bytes of its element, and those bytes parsed (integers beyond 2^53 as strings of digits). */
export interface RawRecord {
  readonly bytes: Uint8Array
  readonly value: unknown
}

/** A name learnt from a service. `name: null`: asked, and the service does not know it (deleted, or not visible to this account). */
export interface NameFact {
  /** user, room, space, organization, segment, app, workspace, account… */
  readonly kind: string
  readonly id: string
  readonly name: string | null
  readonly email?: string | null
  /** What it lives in, where the service says so (a message's room, a space's organisation). */
  readonly parent?: { readonly kind: string; readonly id: string } | null
}

export interface NameRef {
  readonly kind: string
  readonly id: string
  /** Where a look-up may find it, for a service that cannot be asked for it by its id. */
  readonly listedIn?: string
}

/** What is known of names while a page is mapped. */
export interface NameBook {
  /** Undefined: never asked. A fact with `name: null`: asked and unknown. */
  get(ref: NameRef): NameFact | undefined
}

export type Mapped = { readonly event: NormalisedEvent } | { readonly unmapped: string; readonly externalId: string | null }

export interface ServiceResponse {
  readonly status: number
  /** Lower-case names; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Uint8Array
  readonly url: URL
  /** Body as text, decoded as UTF-8 with replacement. */
  text(): string
  /** Body parsed; integers beyond 2^53 as strings of digits. Throws SERVICE_NOT_JSON with a sentence. */
  json(): unknown
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST'
  /** Appended to the path's own query; repeated keys allowed. */
  readonly query?: readonly (readonly [name: string, value: string])[]
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string>>
  /** Statuses returned to the caller instead of thrown (besides 2xx). */
  readonly accept?: readonly number[]
  /** False: without the session's authorization (sign-in, discovery). Default true. */
  readonly authorized?: boolean
}

/**
 * HTTP towards one connection. Paces, retries (429, 502, 503, 504, resets), refreshes the session once on 401, refuses other origins,
 * limits bodies, and throws TrailviewError `SERVICE_*` with a sentence. Paths are relative to the connection's base URL;
 * a URL must be of a declared origin.
 */
export interface ServiceClient {
  readonly baseUrl: URL
  request(pathOrUrl: string | URL, options?: RequestOptions): Promise<ServiceResponse>
  /** Declares one more origin that may receive the credential (an authorization server the base URL itself named). */
  allowOrigin(origin: string): void
  /** Text of the service made fit for a sentence: one line, short, without any part of the credential. */
  tame(text: string): string
  /** Requests sent so far. */
  readonly requestCount: number
  /** How far this machine's clock is ahead of the service's, by the `Date` of its answers, ms; 0 where they do not say. */
  readonly aheadMs: number
}

/** Whose account a credential belongs to. */
export interface Account {
  /** The same whatever form of credential is used. */
  readonly id: string
  /** For sentences. */
  readonly name: string
}

/** What of a signed-in connection may tell whose account it is. */
export interface AccountContext {
  readonly client: ServiceClient
  readonly session: Session
  readonly credential: CredentialInput
  readonly options: ConnectionOptions
}

/** What a sign-in produced. Kept in memory only. */
export interface Session {
  readonly headers: Readonly<Record<string, string>>
  /** Null: until refused. */
  readonly expiresAtMs: number | null
  /** Parts of the credential that the service replaced (a rotated refresh token); stored back into the keychain before it is used. */
  readonly renewedCredential?: CredentialInput
  /** What `signIn` wants back at its next call (a refresh token of a password grant). */
  readonly state?: Json
}

export interface SignInContext {
  readonly client: ServiceClient
  readonly credential: CredentialInput
  readonly options: ConnectionOptions
  readonly nowMs: number
  /** The session that expired or was refused, if there was one. */
  readonly previous: Session | null
}

/** Facts a connector learnt of its service (offset unit, API flavour, UTC offset); committed with the next page and given back at the next run. */
export interface ConnectorMemory {
  get(key: string): Json | undefined
  set(key: string, value: Json): void
}

/** Half-open span of time to walk, UTC ISO; `from` null: no lower bound. `to` is fixed before the walk starts. */
export interface WalkWindow {
  readonly from: string | null
  readonly to: string
}

export interface WalkContext {
  readonly client: ServiceClient
  readonly options: ConnectionOptions
  readonly memory: ConnectorMemory
  readonly window: WalkWindow
  /** For streams with `plan: 'sequence'`: ids at or below this are known and older than the overlap; null: walk to the end. */
  readonly stopAtSequence: bigint | null
  /** For streams with `plan: 'sequence'`: so many ids below the last event inside `window.from`, older ids may be taken to lie outside. */
  readonly overlapIds: number
  /** The `resume` of the last page committed in this very window by an interrupted run; null: start of the window. */
  readonly resume: Json
  readonly signal: AbortSignal
  readonly nowMs: number
  /** Tells the reader what is happening, and how far (0 to 1) where that can be told. */
  report(activity: string, share?: number): void
}

export interface WalkPage {
  readonly records: readonly RawRecord[]
  /** Names that came along with the page. */
  readonly names?: readonly NameFact[]
  /** Where to go on after this page is committed; must be safe to replay. */
  readonly resume: Json
}

export interface StreamDefinition {
  readonly id: string
  readonly title: string
  /** time: walked in windows of time, newest first · sequence: one walk by descending id. */
  readonly plan: 'time' | 'sequence'
  /**
   * Default width of the overlap every run re-reads: milliseconds for `time`, ids for `sequence`.
   * The connection option `overlap` (minutes, or ids) overrides it.
   */
  readonly overlap: number
  /** How far behind now a window ends, so that rows still being written are not missed, ms. */
  readonly settleMs: number
  /** Where options want only part of the time, and which part moves on with the clock: that part at an instant, ms, open ends infinite. */
  wantedSpan?(options: ConnectionOptions, nowMs: number): { readonly fromMs: number; readonly toMs: number }
  /**
   * Yields every record of the window, page by page, in any order; duplicates are harmless, omissions are not.
   * Returning means: the window was walked to its clean end. Throwing means it was not.
   */
  walk(context: WalkContext): AsyncGenerator<WalkPage, void, void>
}

/** Looks up names in batches. */
export interface NameLookUp {
  readonly batchSize: number
  /** True: an event's workspace can be told only once its object, of this kind, was looked up: it is the `parent` of the name. */
  readonly tellsWorkspace?: boolean
  /**
   * Yields what each answer told before it asks for more: the client refuses requests beyond the run's share of look-ups, which ends the look-up there.
   * A ref it ends without having told of is one the service does not know. Names nobody asked for may come along.
   */
  fetch(client: ServiceClient, refs: readonly NameRef[], options: ConnectionOptions): AsyncGenerator<readonly NameFact[], void, void>
}

/** A user found at the service. */
export interface FoundUser {
  readonly id: string
  readonly name: string | null
  readonly email: string | null
}

/** A connector: a declaration, a pure mapping, and the walks. Adding one touches its own folder and one line of `registry.ts`. */
export interface ConnectorDefinition {
  readonly info: ConnectorInfo
  /** Options that narrow what is collected: changing one makes earlier coverage void. */
  readonly narrowingOptions: readonly string[]
  readonly streams: readonly StreamDefinition[]
  /** Checks options; a sentence per problem, empty when all is well. */
  checkOptions(options: ConnectionOptions): readonly string[]
  /** Turns what the user typed as address into an origin (`tenant` → `https://tenant.ok-sky.com`); throws CONNECTION_INVALID with a sentence. */
  resolveBaseUrl(typed: string): URL
  signIn(context: SignInContext): Promise<Session>
  /**
   * Whose account the credential belongs to, where accounts may be shown different events; null where that is not told. Left out: it can never be told,
   * or all accounts are shown the same. Asked once for each credential, before anything is collected with it.
   */
  account?(context: AccountContext): Promise<Account | null>
  /** One authenticated call; a sentence that says who we are and what can be seen. */
  test(client: ServiceClient, options: ConnectionOptions): Promise<{ readonly sentence: string; readonly account: string | null }>
  /** Reads an error body of this service; null when it is none. Text from the service is data: short, as is. */
  readError(response: ServiceResponse): { readonly code: string | null; readonly message: string } | null
  /** Which names the mapping of this record would like; called again after look-ups until nothing new is wanted (at most three times). */
  wantedNames(record: RawRecord, names: NameBook): readonly NameRef[]
  readonly lookUps: Readonly<Record<string, NameLookUp>>
  /** Pure. Never throws: what cannot be read is unmapped, with the reason as a sentence. */
  map(record: RawRecord, names: NameBook, options: ConnectionOptions): Mapped
  /** One event again, as it is listed; null when the service no longer has it. */
  fetchOne?(client: ServiceClient, externalId: string, options: ConnectionOptions, memory: ConnectorMemory): Promise<RawRecord | null>
  findUser?(client: ServiceClient, email: string): Promise<FoundUser | null>
  /** All events of one file, page by page. */
  walkFileTrail?(
    context: Omit<WalkContext, 'window' | 'stopAtSequence' | 'overlapIds'> & { readonly fileId: string },
  ): AsyncGenerator<WalkPage, void, void>
}

/** Checks a definition's shape at compile time and returns it. */
export const defineConnector = (definition: ConnectorDefinition): ConnectorDefinition => definition
