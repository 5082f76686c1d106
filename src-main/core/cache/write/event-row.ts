import type { NormalisedEvent, Outcome } from '../../../contract/model/audit-event.ts'
import { storedExternalId } from '../identity.ts'
import { templateOf } from '../summary.ts'
import type { Dictionaries } from './dictionaries.ts'

/** The part of an event's row that comes from its mapping. */
export interface MappedColumns {
  /** Null: unmapped. */
  readonly timeMs: number | null
  readonly actor: number
  readonly action: number
  readonly object: number
  readonly workspace: number
  readonly template: number
  readonly related: number
  readonly outcome: number
  readonly externalId: string
  readonly timeOriginal: string | null
}

const outcomeNumbers: Readonly<Record<Outcome, number>> = { unknown: 0, success: 1, failure: 2 }

/** Columns of a readable event. */
export function mappedColumns(dictionaries: Dictionaries, connection: number, event: NormalisedEvent): MappedColumns {
  const timeMs = Date.parse(event.occurredAt)
  const { actor, object, workspace } = event
  const summary = templateOf(event.summary, actor?.name ?? null, object?.name ?? null, workspace?.name ?? null)
  return {
    timeMs,
    actor: dictionaries.actor(connection, actor),
    action: dictionaries.action(event.action, event.verb),
    object: dictionaries.subject(connection, object),
    workspace: dictionaries.subject(connection, workspace),
    template: dictionaries.template(summary),
    related: dictionaries.related(event.related),
    outcome: outcomeNumbers[event.outcome],
    externalId: storedExternalId(event.externalId),
    timeOriginal: event.occurredAtOriginal === new Date(timeMs).toISOString() ? null : event.occurredAtOriginal,
  }
}

/** Columns of an unmapped record. */
export function unmappedColumns(externalId: string): MappedColumns {
  return { timeMs: null, actor: 0, action: 0, object: 0, workspace: 0, template: 0, related: 0, outcome: 0, externalId, timeOriginal: null }
}

/** Years 0001 to 9999, the only ones an event's time may lie in. */
const firstMs = Date.parse('0001-01-01T00:00:00.000Z')
const lastMs = Date.parse('9999-12-31T23:59:59.999Z')

/** Why an event cannot be kept as a readable one after all, as a sentence; null when it can. */
export function unreadable(event: NormalisedEvent): string | null {
  if (event.externalId === '') return 'The record has no id.'
  const timeMs = Date.parse(event.occurredAt)
  return timeMs >= firstMs && timeMs <= lastMs ? null : 'The time of the record is no instant of the years 0001 to 9999.'
}
