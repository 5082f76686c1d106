import type { Actor, Subject } from '../../../contract/model/audit-event.ts'
import type { Mapped, NameBook, NameRef, RawRecord } from '../define.ts'
import { fieldsOf, idOf, sentence, textOf, type Fields } from '../kit/fields.ts'
import { mappedEvent, notAnObject } from '../kit/mapped.ts'
import { parseTimestamp } from '../kit/times.ts'
import { phraseOf } from '../kit/words.ts'
import { roleOf, verbOf } from './verbs.ts'

/** The same facts out of either shape. */
interface Facts {
  readonly guid: string | null
  readonly time: string | null
  readonly type: string | null
  readonly actor: { readonly id: string | null; readonly kind: string | null; readonly name: string | null; readonly email: string | null }
  readonly target: { readonly id: string | null; readonly kind: string | null; readonly name: string | null }
  readonly spaceId: string | null
  readonly organizationId: string | null
  readonly details: Fields | null
}

/** Maps a v2 resource (`metadata` and `entity`) or a v3 audit event. */
export function mapAuditEvent(record: RawRecord, names: NameBook): Mapped {
  const facts = factsOf(record)
  if (facts === null) return notAnObject
  return mappedEvent(facts.guid, facts.time, facts.time === null ? null : parseTimestamp(facts.time), () => partsOf(facts, names))
}

export const guidOf = (record: RawRecord): string | null => factsOf(record)?.guid ?? null

/** When the event of a record happened, ms since 1970; null when that cannot be read. */
export function timeOf(record: RawRecord): number | null {
  const time = factsOf(record)?.time ?? null
  return time === null ? null : parseTimestamp(time)
}

/** Names of space and organization, and of actor and target where the event does not carry them. */
export function wantedAuditNames(record: RawRecord): readonly NameRef[] {
  const facts = factsOf(record)
  if (facts === null) return []
  const { actor, target, spaceId, organizationId } = facts
  const refs = [
    { kind: 'space', id: spaceId },
    { kind: 'organization', id: spaceId === null ? organizationId : null },
    { kind: 'user', id: actor.name === null && (actor.kind ?? 'user') === 'user' ? actor.id : null },
    { kind: target.kind ?? '', id: target.name === null ? target.id : null },
  ]
  return refs.flatMap(({ kind, id }) => (id !== null && namedKinds.has(kind) ? [{ kind, id }] : []))
}

const namedKinds = new Set(['space', 'organization', 'user', 'app'])

function factsOf(record: RawRecord): Facts | null {
  const resource = fieldsOf(record.value)
  if (resource === null) return null
  const entity = fieldsOf(resource['entity'])
  return entity === null ? v3Facts(resource) : v2Facts(resource, entity)
}

function v2Facts(resource: Fields, entity: Fields): Facts {
  const actorName = textOf(entity['actor_name'])
  return {
    // `metadata` of the resource, not the one of the entity, which holds the event's details.
    guid: idOf(fieldsOf(resource['metadata'])?.['guid']),
    time: textOf(entity['timestamp']),
    type: textOf(entity['type']),
    actor: {
      id: idOf(entity['actor']),
      kind: kindOf(entity['actor_type']),
      name: textOf(entity['actor_username']) ?? actorName,
      email: emailOf(actorName),
    },
    target: { id: idOf(entity['actee']), kind: kindOf(entity['actee_type']), name: textOf(entity['actee_name']) },
    spaceId: idOf(entity['space_guid']),
    organizationId: idOf(entity['organization_guid']),
    details: fieldsOf(entity['metadata']),
  }
}

function v3Facts(event: Fields): Facts {
  const actor = fieldsOf(event['actor'])
  const target = fieldsOf(event['target'])
  const actorName = textOf(actor?.['name'])
  return {
    guid: idOf(event['guid']),
    time: textOf(event['created_at']),
    type: textOf(event['type']),
    actor: { id: idOf(actor?.['guid']), kind: kindOf(actor?.['type']), name: actorName, email: emailOf(actorName) },
    target: { id: idOf(target?.['guid']), kind: kindOf(target?.['type']), name: textOf(target?.['name']) },
    spaceId: idOf(fieldsOf(event['space'])?.['guid']),
    organizationId: idOf(fieldsOf(event['organization'])?.['guid']),
    details: fieldsOf(event['data']),
  }
}

/** Old events call an app `v3-app`. */
const kindOf = (value: unknown): string | null => textOf(value)?.replace(/^v3-/, '') ?? null

/** An actor's name is the e-mail address of a person, where it looks like one. */
const emailOf = (name: string | null): string | null => (name !== null && /^[^\s@]+@[^\s@]+$/.test(name) ? name : null)

function partsOf(facts: Facts, names: NameBook) {
  const action = facts.type ?? 'unknown'
  const verb = verbOf(action)
  const actor = actorOf(facts, names)
  const object = objectOf(facts, names)
  const workspace = workspaceOf(facts, names)
  const isOwnDoing = actor !== null && object !== null && actor.id !== null && actor.id === object.id
  const target = object === null ? null : sentence(object.kind, object.name ?? object.id)
  return {
    actor,
    action,
    verb,
    object,
    workspace,
    related: [],
    outcome: 'unknown' as const,
    summary: sentence(
      isOwnDoing ? target : actor === null ? null : (actor.name ?? sentence(actor.kind, actor.id)),
      phraseOf(verb, action),
      roleOf(action),
      isOwnDoing ? null : target,
      requestKeys(facts.details),
      workspace?.name ? `in ${workspace.name}` : null,
    ),
  }
}

function actorOf({ actor }: Facts, names: NameBook): Actor | null {
  if (actor.id === null && actor.name === null) return null
  const kind = actor.kind ?? 'user'
  const looked = actor.id === null ? undefined : names.get({ kind, id: actor.id })
  return { id: actor.id, name: actor.name ?? looked?.name ?? null, email: actor.email ?? looked?.email ?? null, kind }
}

function objectOf({ target }: Facts, names: NameBook): Subject | null {
  if (target.id === null && target.name === null && target.kind === null) return null
  const kind = target.kind ?? 'object'
  return { kind, id: target.id, name: target.name ?? (target.id === null ? null : (names.get({ kind, id: target.id })?.name ?? null)) }
}

function workspaceOf({ spaceId, organizationId }: Facts, names: NameBook): Subject | null {
  const kind = spaceId === null ? 'organization' : 'space'
  const id = spaceId ?? organizationId
  return id === null ? null : { kind, id, name: names.get({ kind, id })?.name ?? null }
}

/** What a request was about: the names of its parameters, never their values. */
function requestKeys(details: Fields | null): string | null {
  const keys = Object.keys(fieldsOf(details?.['request']) ?? {}).flatMap((key) => textOf(key) ?? [])
  if (keys.length === 0) return null
  return `(${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ', …' : ''})`
}
