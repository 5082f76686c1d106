import type { AuditEvent, Actor, EventMarks, EventRow, Outcome, Subject, Verb } from '../../../contract/model/audit-event.ts'
import type { ServiceId } from '../../../contract/model/audit-event.ts'
import type { Database, Statement } from '../driver.ts'
import { keyOfEvent } from '../identity.ts'
import { restoreSummary } from '../summary.ts'
import { outcomeNames, statusNames, unmappedWords } from './names.ts'
import { prepared } from './prepared.ts'
import { RecentlyUsed } from './recently-used.ts'

interface StoredEvent {
  readonly seq: number
  readonly connection: number
  readonly time_ms: number | null
  readonly actor: number
  readonly action: number
  readonly object: number
  readonly workspace: number
  readonly template: number
  readonly related: number
  readonly outcome: number
  readonly external_id: string
  readonly time_original: string | null
  readonly revision: number
  readonly hash: Uint8Array
  readonly block: number
  readonly slot: number
  readonly commit_num: number
}

/** Where a payload lies. */
export interface PayloadPlace {
  readonly block: number
  readonly slot: number
}

const selectEvent = 'SELECT * FROM event WHERE seq = ?'
/** Dictionary rows remembered of each kind. */
const remembered = 20_000

/** Our id of an event. */
export function idOfEvent(connectionId: string, externalId: string, payloadHash: Uint8Array): string {
  return keyOfEvent(connectionId, externalId, payloadHash).toString('hex')
}

/** Builds events from their rows: dictionary rows are remembered, the event's own row is read. */
export class RowBuilder {
  readonly #db: Database
  readonly #actors
  readonly #subjects
  readonly #actions
  readonly #templates
  readonly #related
  readonly #commits
  readonly #connections

  constructor(db: Database) {
    this.#db = db
    this.#actors = lookUp<Actor>(db.prepare('SELECT id, name, email, kind FROM actor WHERE num = ?'))
    this.#subjects = lookUp<Subject>(db.prepare('SELECT kind, id, name FROM subject WHERE num = ?'))
    this.#actions = lookUp<{ action: string; verb: Verb }>(db.prepare('SELECT action, verb FROM action WHERE num = ?'))
    this.#templates = lookUp<string>(db.prepare('SELECT text FROM template WHERE num = ?').pluck())
    this.#related = lookUp<readonly Subject[]>(db.prepare<[number], string>('SELECT json FROM related WHERE num = ?').pluck(), (json) =>
      JSON.parse(String(json)),
    )
    this.#commits = lookUp<string>(db.prepare('SELECT received_at FROM "commit" WHERE num = ?').pluck())
    this.#connections = lookUp<{ id: string; service: ServiceId }>(db.prepare('SELECT id, service FROM connection WHERE num = ?'))
  }

  /** The event of a row; null when it was removed meanwhile. */
  event(row: number): AuditEvent | null {
    const stored = this.#stored(row)
    return stored === undefined ? null : this.eventOf(stored)
  }

  /** Events of rows, in their order; removed ones are left out. */
  events(rows: readonly number[]): readonly AuditEvent[] {
    return rows.map((row) => this.event(row)).filter((event) => event !== null)
  }

  /** Events with the marks that lists show. */
  marked(rows: readonly number[]): readonly EventRow[] {
    return rows.flatMap((row) => {
      const event = this.event(row)
      return event === null ? [] : [{ event, marks: this.marks(row) }]
    })
  }

  marks(row: number): EventMarks {
    const db = this.#db
    const mark = prepared<[number], { late_since: string | null; gone_since: string | null; status: number }>(
      db,
      'SELECT late_since, gone_since, status FROM mark WHERE seq = ?',
    ).get(row + 1)
    return {
      lateSince: mark?.late_since ?? null,
      goneSince: mark?.gone_since ?? null,
      reviewStatus: mark === undefined || mark.status === 0 ? null : (statusNames[mark.status] ?? null),
      tags: prepared<[number], string>(db, 'SELECT tag FROM tag WHERE seq = ? ORDER BY tag', 'values').all(row + 1),
      hasNote: prepared<[number], number>(db, 'SELECT 1 FROM note WHERE seq = ? LIMIT 1', 'values').get(row + 1) !== undefined,
    }
  }

  /** Where the newest payload of a row lies; undefined when it was removed. */
  payloadPlace(row: number): PayloadPlace | undefined {
    return this.#stored(row)
  }

  /** An event and where its newest payload lies. */
  withPlace(row: number): { readonly event: AuditEvent; readonly place: PayloadPlace } | null {
    const stored = this.#stored(row)
    return stored === undefined ? null : { event: this.eventOf(stored), place: stored }
  }

  /** When a commit was received. */
  receivedAt(commit: number): string {
    return this.#commits(commit) ?? ''
  }

  eventOf(stored: StoredEvent): AuditEvent {
    const connection = this.#connections(stored.connection)
    const actor = this.#actors(stored.actor)
    const object = this.#subjects(stored.object)
    const workspace = this.#subjects(stored.workspace)
    const action = this.#actions(stored.action)
    const template = this.#templates(stored.template)
    const outcome: Outcome = outcomeNames[stored.outcome] ?? 'unknown'
    const occurredAt = stored.time_ms === null ? null : new Date(stored.time_ms).toISOString()
    const hash = Buffer.from(stored.hash.buffer, stored.hash.byteOffset, stored.hash.byteLength)
    return {
      id: idOfEvent(connection?.id ?? '', stored.external_id, hash),
      connection: connection?.id ?? '',
      service: connection?.service ?? 'onehub',
      externalId: stored.external_id,
      occurredAt,
      occurredAtOriginal: stored.time_original ?? occurredAt,
      collectedAt: this.receivedAt(stored.commit_num),
      actor,
      action: action?.action ?? unmappedWords.action,
      verb: action?.verb ?? unmappedWords.verb,
      object,
      workspace,
      related: this.#related(stored.related) ?? [],
      outcome,
      summary:
        template === null
          ? unmappedWords.summary
          : restoreSummary(template, actor?.name ?? null, object?.name ?? null, workspace?.name ?? null),
      revision: stored.revision,
      hash: hash.toString('hex'),
      mapped: stored.time_ms !== null,
    }
  }

  #stored(row: number): StoredEvent | undefined {
    return prepared<[number], StoredEvent>(this.#db, selectEvent).get(row + 1)
  }
}

/** Reads a row by number once, and remembers it. Number 0 is none. */
function lookUp<Value>(
  statement: Statement<[number]>,
  form: (row: unknown) => Value = (row) => row as Value,
): (number: number) => Value | null {
  const known = new RecentlyUsed<number, Value>(remembered)
  return (number) => {
    if (number === 0) return null
    const value = known.get(number)
    if (value !== undefined) return value
    const row = statement.get(number)
    if (row === undefined) return null
    const made = form(row)
    known.set(number, made)
    return made
  }
}
