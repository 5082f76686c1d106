import type { Subject, Verb } from '../../../contract/model/audit-event.ts'
import type { Mapped, NameBook, NameRef, RawRecord } from '../define.ts'
import { fieldsOf, idOf, sentence, textOf, type Fields } from '../kit/fields.ts'
import { mappedEvent, notAnObject } from '../kit/mapped.ts'
import { parseTimestamp } from '../kit/times.ts'
import { verbFor } from '../kit/words.ts'
import { parseDetail, type Detail, type NamedObject } from './detail-markup.ts'

/** Maps one `{"event": {…}}` of an activity list or an audit trail. */
export function mapActivity(record: RawRecord, names: NameBook): Mapped {
  const event = eventOf(record)
  if (event === null) return notAnObject
  const timeText = textOf(event['updated_at'])
  return mappedEvent(idOf(event['id']), timeText, timeText === null ? null : parseTimestamp(timeText), () => partsOf(event, names))
}

/** The event inside its envelope; null when the record is no object. */
export function eventOf(record: RawRecord): Fields | null {
  const envelope = fieldsOf(record.value)
  return fieldsOf(envelope?.['event']) ?? envelope
}

/** Names the sentence of the event does not give. */
export function wantedOnehubNames(record: RawRecord): readonly NameRef[] {
  const event = eventOf(record)
  if (event === null) return []
  const detail = parseDetail(textOf(event['detail']) ?? '')
  const workspaceId = idOf(event['workspace_id'])
  const userId = idOf(event['user_id'])
  return [
    ...(workspaceId !== null && workspaceName(detail, workspaceId) === null ? [{ kind: 'workspace', id: workspaceId }] : []),
    ...(userId !== null && detail.subject === null
      ? [{ kind: 'user', id: userId, ...(workspaceId === null ? {} : { listedIn: workspaceId }) }]
      : []),
  ]
}

function partsOf(event: Fields, names: NameBook) {
  const detail = parseDetail(textOf(event['detail']) ?? '')
  const userId = idOf(event['user_id'])
  const user = userId === null ? undefined : names.get({ kind: 'user', id: userId })
  const actorName = textOf(detail.subject) ?? user?.name ?? null
  const action = textOf(detail.predicate) ?? 'unknown'
  const workspace = workspaceOf(idOf(event['workspace_id']), detail, names)
  const [object = null, ...others] = detail.objects.map(subjectOf)
  return {
    actor: userId === null && actorName === null ? null : { id: userId, name: actorName, email: user?.email ?? null, kind: 'user' },
    action,
    verb: verbOf(detail.predicate),
    object,
    workspace,
    related: others.filter(({ kind, id }) => kind !== 'workspace' || (id !== null && id !== workspace?.id)),
    outcome: 'unknown' as const,
    summary:
      textOf(detail.text) ??
      sentence(actorName ?? (userId && `User ${userId}`), 'did something', workspace?.name ? `in ${workspace.name}` : null),
  }
}

const subjectOf = ({ kind, id, name }: NamedObject): Subject => ({ kind: textOf(kind) ?? 'object', id, name: textOf(name) })

/** Onehub groups everything that is none of its other verbs under `update`. */
function verbOf(predicate: string | null): Verb {
  return predicate === null ? 'other' : (verbFor(predicate) ?? 'update')
}

function workspaceOf(id: string | null, detail: Detail, names: NameBook): Subject | null {
  const linked = detail.objects.findLast((object) => object.kind === 'workspace' && object.id !== null)
  const workspaceId = id ?? linked?.id ?? null
  if (workspaceId === null) return null
  return {
    kind: 'workspace',
    id: workspaceId,
    name: workspaceName(detail, workspaceId) ?? names.get({ kind: 'workspace', id: workspaceId })?.name ?? null,
  }
}

/** The name by which the sentence calls the workspace; one that is linked to another id is not it. */
function workspaceName(detail: Detail, id: string): string | null {
  const named = detail.objects.filter((object) => object.kind === 'workspace' && object.name !== null)
  return textOf((named.findLast((object) => object.id === id) ?? named.findLast((object) => object.id === null))?.name)
}
