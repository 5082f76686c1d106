import type { Verb } from '../../../contract/model/audit-event.ts'
import type { Mapped, NameBook, NameRef, RawRecord } from '../define.ts'
import { fieldsOf, idOf, sentence, textOf } from '../kit/fields.ts'
import { mappedEvent, notAnObject } from '../kit/mapped.ts'
import { parseTimestamp } from '../kit/times.ts'

/** The service's own words to ours; whatever is not listed is `other`, with the own word kept as action. */
const verbs: Readonly<Record<string, Verb>> = {
  created: 'create',
  viewed: 'read',
  changed: 'update',
  removed: 'delete',
  logged_in: 'sign-in',
}

/** The user of an entry, unless the entry names it. */
export function wantedNames(record: RawRecord): readonly NameRef[] {
  const fields = fieldsOf(record.value)
  const id = idOf(fields?.['user_id'])
  return id === null || textOf(fields?.['user_name']) !== null ? [] : [{ kind: 'user', id }]
}

/** One entry: `{id, created_at, user_id, user_name?, action, target?: {type, id, name}, project?}`. Everything in it may be missing, or of another type. */
export function mapEntry(record: RawRecord, names: NameBook): Mapped {
  const fields = fieldsOf(record.value)
  if (fields === null) return notAnObject
  const at = textOf(fields['created_at'])
  return mappedEvent(idOf(fields['id']), at, at === null ? null : parseTimestamp(at), () => {
    const userId = idOf(fields['user_id'])
    const known = userId === null ? undefined : names.get({ kind: 'user', id: userId })
    // The name in the entry is the one of that moment, so it comes before a name looked up today.
    const userName = textOf(fields['user_name']) ?? known?.name ?? null
    const action = textOf(fields['action']) ?? 'unknown'
    const target = fieldsOf(fields['target'])
    const object =
      target === null ? null : { kind: textOf(target['type']) ?? 'object', id: idOf(target['id']), name: textOf(target['name']) }
    const project = idOf(fields['project'])
    return {
      actor: userId === null && userName === null ? null : { id: userId, name: userName, email: known?.email ?? null, kind: 'user' },
      action,
      verb: verbs[action] ?? 'other',
      object,
      workspace: project === null ? null : { kind: 'project', id: project, name: null },
      related: [],
      // Only what the service promises: an entry of an attempt is no success.
      outcome: 'unknown',
      summary: sentence(userName ?? userId, action, object?.kind ?? null, object?.name ?? object?.id ?? null),
    }
  })
}
