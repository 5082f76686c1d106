import type { Verb } from '../../../contract/model/audit-event.ts'
import { verbFor } from '../kit/words.ts'

/** Last parts of event types whose word is none of the usual ones. */
const verbOfPart: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['delete-request', 'delete'],
  ['remove_orphan', 'delete'],
  ['purge', 'delete'],
  ['start_create', 'create'],
  ['start_update', 'update'],
  ['start_delete', 'delete'],
  ['upload-bits', 'upload'],
  ['copy-bits', 'update'],
  ['apply_manifest', 'update'],
  ['map-route', 'update'],
  ['unmap-route', 'update'],
  ['bind_route', 'update'],
  ['unbind_route', 'update'],
  ['mapped', 'update'],
  ['scale', 'update'],
  ['continue', 'update'],
  ['transfer-owner', 'update'],
  ['restage', 'restart'],
  ['terminate_instance', 'stop'],
  ['ready', 'status'],
  ['not-ready', 'status'],
  ['rescheduling', 'status'],
  ['unshare', 'revoke'],
  ['ssh-authorized', 'sign-in'],
])

/** Our verb for a type such as `audit.app.process.crash` or `audit.user.space_developer_add`. */
export function verbOf(type: string): Verb {
  const part = lastPart(type)
  if (isRoleChange(type)) return part.endsWith('_add') ? 'grant' : 'revoke'
  return verbOfPart.get(part) ?? verbFor(part) ?? 'other'
}

/** The role that an event gives to or takes from its target, as words: `space developer to`; null for every other event. */
export function roleOf(type: string): string | null {
  const found = isRoleChange(type) ? /^(.+)_(add|remove)$/.exec(lastPart(type)) : null
  return found === null ? null : `${found[1]?.replaceAll('_', ' ')} ${found[2] === 'add' ? 'to' : 'from'}`
}

const isRoleChange = (type: string): boolean => /_(add|remove)$/.test(type)

const lastPart = (type: string): string => type.slice(type.lastIndexOf('.') + 1)
