import type { Subject, Verb } from '../../../contract/model/audit-event.ts'
import type { Mapped, NameBook, NameRef, RawRecord } from '../define.ts'
import { fieldsOf, idOf, sentence, textOf, type Fields } from '../kit/fields.ts'
import { mappedEvent, notAnObject } from '../kit/mapped.ts'
import { phraseOf, verbFor } from '../kit/words.ts'
import { attributesOf, kindOf, relatedId } from './json-api.ts'
import { kindsInRooms } from './names.ts'

/** Maps one `user_events` resource. */
export function mapUserEvent(record: RawRecord, names: NameBook): Mapped {
  const event = fieldsOf(record.value)
  if (event === null) return notAnObject
  const time = attributesOf(event)['created_at_unix']
  const timeText = textOf(time)
  return mappedEvent(idOf(event['id']), timeText, unixMs(time), () => partsOf(event, names))
}

/** When the event of a record happened, ms since 1970; null when that cannot be read. */
export function timeOf(record: RawRecord): number | null {
  const event = fieldsOf(record.value)
  return event === null ? null : unixMs(attributesOf(event)['created_at_unix'])
}

/** Names of who did it, of what it was done to, and of the room that lives in. */
export function wantedUserEventNames(record: RawRecord, names: NameBook): readonly NameRef[] {
  const event = fieldsOf(record.value)
  if (event === null) return []
  const userId = relatedId(event, 'user')
  const object = objectRef(attributesOf(event))
  const room = object === null ? null : roomOf(object, names)
  return [
    ...(userId === null ? [] : [{ kind: 'user', id: userId }]),
    ...(object !== null && (kindsInRooms.has(object.kind) || object.kind === 'room' || object.kind === 'user') ? [object] : []),
    ...(room === null ? [] : [{ kind: 'room', id: room }]),
  ]
}

function partsOf(event: Fields, names: NameBook) {
  const attributes = attributesOf(event)
  const action = textOf(attributes['kind']) ?? 'unknown'
  const verb = verbOf(action)
  const object = objectOf(attributes, names)
  const workspace = workspaceOf(attributes, names)
  const userId = relatedId(event, 'user')
  const user = userId === null ? undefined : names.get({ kind: 'user', id: userId })
  const actor = userId === null ? null : { id: userId, name: user?.name ?? null, email: user?.email ?? null, kind: familyOf(user?.parent) }
  const isItsOwnRoom = object?.kind === 'room'
  return {
    actor,
    action,
    verb,
    object,
    workspace,
    related: [],
    outcome: 'unknown' as const,
    summary: sentence(
      actor === null ? null : (actor.name ?? `user ${actor.id}`),
      phraseOf(verb, action),
      object === null ? null : sentence(object.kind.replaceAll('_', ' '), object.name ?? object.id),
      workspace === null || isItsOwnRoom ? null : `in room ${workspace.name ?? workspace.id}`,
    ),
  }
}

/** `created_at_unix`, in seconds; a fraction is honoured. */
function unixMs(value: unknown): number | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : ''
  return /^-?\d{1,14}(?:\.\d{1,9})?$/.test(text) ? Number(text) * 1000 : null
}

/** `obj_create` speaks of an object, `signin` of nothing; other kinds may come. */
function verbOf(kind: string): Verb {
  return verbFor(kind.replace(/^obj_/, '')) ?? 'other'
}

function objectRef(attributes: Fields): NameRef | null {
  const type = textOf(attributes['resource_type'])
  const id = idOf(attributes['resource_id'])
  return type === null || id === null ? null : { kind: kindOf(type), id }
}

function objectOf(attributes: Fields, names: NameBook): Subject | null {
  const type = textOf(attributes['resource_type'])
  const id = idOf(attributes['resource_id'])
  if (type === null && id === null) return null
  const kind = type === null ? 'object' : kindOf(type)
  return { kind, id, name: id === null ? null : (names.get({ kind, id })?.name ?? null) }
}

function workspaceOf(attributes: Fields, names: NameBook): Subject | null {
  const object = objectRef(attributes)
  const id = object === null ? null : roomOf(object, names)
  return id === null ? null : { kind: 'room', id, name: names.get({ kind: 'room', id })?.name ?? null }
}

/** The room of an object: itself, or the one it lives in as far as that is known. */
function roomOf(object: NameRef, names: NameBook): string | null {
  if (object.kind === 'room') return object.id
  const parent = kindsInRooms.has(object.kind) ? names.get(object)?.parent : null
  return parent?.kind === 'room' ? parent.id : null
}

function familyOf(parent: NameRef | null | undefined): string {
  return parent?.kind === 'user-family' ? parent.id : 'user'
}
