import type { AuditEvent, Actor, EventMarks, EventRow, Outcome, Subject, Verb } from '../../../../contract/model/audit-event.ts'
import type { ServiceId } from '../../../../contract/model/audit-event.ts'
import { isoTime } from '../../../lib/iso-time.ts'
import type { Database, Statement } from '../../driver.ts'
import { hexKeyOfExternalId, keyOfPayload } from '../../identity.ts'
import { summaryOf, type Wording, wordingOf } from '../../summary.ts'
import { outcomeNames, statusNames, unmappedWords } from '../dictionaries/names.ts'
import { prepared } from './prepared.ts'
import { RecentlyUsed } from '../../../lib/recently-used.ts'
import { readStored, type StoredEvent } from './stored-events.ts'

/** Half of the dictionary rows remembered of each kind: those of some pages, or of a list that is gone through from one end to the other. */
const remembered = { ofPages: 2_000, ofList: 20_000 } as const

/** Our id of an event. */
export function idOfEvent(connectionId: string, externalId: string, payloadHash: string): string {
  return externalId === ''
    ? keyOfPayload(connectionId, Buffer.from(payloadHash, 'hex')).toString('hex')
    : hexKeyOfExternalId(connectionId, externalId)
}

/** Actors and objects by number. */
interface Names {
  actor(num: number): Actor | null
  object(num: number): Subject | null
}

/** Builds events from their rows: dictionary rows are remembered, the event's own row is read. */
export class RowBuilder {
  readonly #db: Database
  readonly #actors
  readonly #objects
  /** What the numbers of an event stand for, null where there is nothing; number 0 is none. */
  readonly subject
  readonly action
  readonly wording
  readonly related
  readonly connection
  readonly #commits

  /** `ahead`: names that need no looking up, where many were read ahead. */
  constructor(db: Database, ahead?: Names) {
    this.#db = db
    const lookUp = lookUpOf(ahead === undefined ? remembered.ofPages : remembered.ofList)
    this.subject = lookUp(oneOf<Subject>(db.prepare('SELECT kind, id, name FROM subject WHERE num = ?')))
    this.#actors = lookUp(
      ahead ? (num) => ahead.actor(num) : oneOf<Actor>(db.prepare('SELECT id, name, email, kind FROM actor WHERE num = ?')),
    )
    // Most objects are seen once or twice: remembering them costs more than it saves.
    this.#objects = ahead ? (num: number) => ahead.object(num) : this.subject
    this.action = lookUp(oneOf<{ action: string; verb: Verb }>(db.prepare('SELECT action, verb FROM action WHERE num = ?')))
    this.wording = lookUp(oneOf<Wording>(db.prepare('SELECT text FROM template WHERE num = ?').pluck(), (text) => wordingOf(String(text))))
    this.related = lookUp(
      oneOf<readonly Subject[]>(db.prepare('SELECT json FROM related WHERE num = ?').pluck(), (json) => JSON.parse(String(json))),
    )
    this.connection = lookUp(oneOf<{ id: string; service: ServiceId }>(db.prepare('SELECT id, service FROM connection WHERE num = ?')))
    this.#commits = lookUp(oneOf<string>(db.prepare('SELECT received_at FROM "commit" WHERE num = ?').pluck()))
  }

  /** The event of a row; null when it was removed meanwhile. */
  event(row: number): AuditEvent | null {
    return this.events([row])[0] ?? null
  }

  /** Events of rows, in their order; removed ones are left out. */
  events(rows: readonly number[]): readonly AuditEvent[] {
    return this.stored(rows).map((stored) => this.eventOf(stored))
  }

  /** Rows of the event table, in the order of the rows; removed ones are left out. */
  stored(rows: readonly number[]): readonly StoredEvent[] {
    return this.storedAt(Uint32Array.from(rows)).filter((stored) => stored !== undefined)
  }

  /** The same, each at its place; undefined for removed ones. Read into `events` if there are any, and more that are added to them. */
  storedAt(rows: Uint32Array, events?: StoredEvent[]): readonly (StoredEvent | undefined)[] {
    return readStored(this.#db, rows, events)
  }

  /** Events with the marks that lists show. */
  marked(rows: readonly number[]): readonly EventRow[] {
    return this.stored(rows).map((stored) => ({ event: this.eventOf(stored), marks: this.marks(stored.seq - 1) }))
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

  /** When a commit was received. */
  receivedAt(commit: number): string {
    return this.#commits(commit) ?? ''
  }

  /** The event of a row of the event table. */
  eventOf(stored: StoredEvent): AuditEvent {
    const connection = this.connection(stored.connection)
    const actor = this.#actors(stored.actor)
    const object = this.#objects(stored.object)
    const workspace = this.subject(stored.workspace)
    const action = this.action(stored.action)
    const wording = this.wording(stored.template)
    const outcome: Outcome = outcomeNames[stored.outcome] ?? 'unknown'
    const occurredAt = stored.timeMs === null ? null : isoTime(stored.timeMs)
    return {
      id: idOfEvent(connection?.id ?? '', stored.externalId, stored.hash),
      connection: connection?.id ?? '',
      service: connection?.service ?? 'onehub',
      externalId: stored.externalId,
      occurredAt,
      occurredAtOriginal: stored.timeOriginal ?? occurredAt,
      collectedAt: this.receivedAt(stored.commit),
      actor,
      action: action?.action ?? unmappedWords.action,
      verb: action?.verb ?? unmappedWords.verb,
      object,
      workspace,
      related: this.related(stored.related) ?? [],
      outcome,
      summary:
        wording === null ? unmappedWords.summary : summaryOf(wording, actor?.name ?? null, object?.name ?? null, workspace?.name ?? null),
      revision: stored.revision,
      hash: stored.hash,
      mapped: stored.timeMs !== null,
    }
  }
}

/** Reads a row by number. */
function oneOf<Value>(
  statement: Statement<[number]>,
  form: (row: unknown) => Value = (row) => row as Value,
): (number: number) => Value | null {
  return (number) => {
    const row = statement.get(number)
    return row === undefined ? null : form(row)
  }
}

/** Makes what reads what a number stands for once, and remembers so many. Number 0 is none. */
const lookUpOf =
  (halfSize: number) =>
  <Value>(read: (number: number) => Value | null): ((number: number) => Value | null) => {
    const known = new RecentlyUsed<number, Value>(halfSize)
    return (number) => {
      if (number === 0) return null
      const seen = known.get(number)
      if (seen !== undefined) return seen
      const value = read(number)
      if (value !== null) known.set(number, value)
      return value
    }
  }
