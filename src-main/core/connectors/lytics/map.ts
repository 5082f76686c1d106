import type { Subject } from '../../../contract/model/audit-event.ts'
import type { Mapped, NameBook, NameRef, RawRecord } from '../define.ts'
import { fieldsOf, idOf, listOf, sentence, textOf, wholeNumberOf, type Fields } from '../kit/fields.ts'
import { mappedEvent, notAnObject } from '../kit/mapped.ts'
import { parseTimestamp } from '../kit/times.ts'
import { verbFor } from '../kit/words.ts'

/** Maps one record of either version: version 1 has `ts` and no actor, version 2 `timestamp` and `user_id`. */
export function mapLyticsEvent(record: RawRecord, names: NameBook): Mapped {
  const event = fieldsOf(record.value)
  if (event === null) return notAnObject
  return mappedEvent(idOf(event['id']), timeTextOf(event), timeOf(record), () => partsOf(event, names))
}

/** When the event of a record happened, ms since 1970; null when that cannot be read. */
export function timeOf(record: RawRecord): number | null {
  const event = fieldsOf(record.value)
  if (event === null) return null
  const stamp = textOf(event['timestamp'])
  return stamp === null ? wholeNumberOf(event['ts']) : parseTimestamp(stamp)
}

const timeTextOf = (event: Fields): string | null => textOf(event['timestamp']) ?? textOf(event['ts'])

/** Kinds whose names Lytics tells. */
const namedKinds = new Set(['segment', 'user', 'account', 'work', 'auth'])

export function wantedLyticsNames(record: RawRecord): readonly NameRef[] {
  const event = fieldsOf(record.value)
  if (event === null) return []
  const refs = [
    { kind: 'user', id: idOf(event['user_id']) },
    { kind: 'account', id: idOf(event['account_id']) },
    { kind: textOf(event['subject_type']) ?? '', id: idOf(event['subject_id']) },
    ...listOf(event['related']).map((entry) => ({ kind: textOf(fieldsOf(entry)?.['type']) ?? '', id: idOf(fieldsOf(entry)?.['id']) })),
  ]
  return refs.flatMap(({ kind, id }) => (id !== null && namedKinds.has(kind) ? [{ kind, id }] : []))
}

function partsOf(event: Fields, names: NameBook) {
  const action = textOf(event['verb']) ?? 'unknown'
  const object = subjectOf(event['subject_type'], event['subject_id'], names)
  const workspace = subjectOf('account', event['account_id'], names)
  const related = listOf(event['related']).flatMap((entry) => subjectOf(fieldsOf(entry)?.['type'], fieldsOf(entry)?.['id'], names) ?? [])
  const userId = idOf(event['user_id'])
  const user = userId === null ? undefined : names.get({ kind: 'user', id: userId })
  const actor = userId === null ? null : { id: userId, name: user?.name ?? null, email: user?.email ?? null, kind: 'user' }
  return {
    actor,
    action,
    verb: verbFor(action) ?? ('other' as const),
    object,
    workspace,
    related,
    outcome: 'unknown' as const,
    summary: sentence(
      actor === null ? null : (actor.name ?? actor.email ?? `user ${actor.id}`),
      action,
      object === null ? null : sentence(object.kind, object.name ?? object.id),
      ...related.map((other) => sentence('→', other.kind, other.name ?? other.id)),
      workspace?.name ? `in ${workspace.name}` : null,
    ),
  }
}

/** Ids stay text: some are signed 64-bit numbers, some are paths such as `user/email/ann@example.com`, whose last part is the name. */
function subjectOf(type: unknown, idValue: unknown, names: NameBook): Subject | null {
  const id = idOf(idValue)
  const kind = textOf(type) ?? 'object'
  if (id === null) return textOf(type) === null ? null : { kind, id: null, name: null }
  const pathName = kind === 'entity' && id.includes('/') ? textOf(id.slice(id.lastIndexOf('/') + 1)) : null
  return { kind, id, name: pathName ?? names.get({ kind, id })?.name ?? null }
}
