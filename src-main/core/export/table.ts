import type { AuditEvent } from '../../contract/model/audit-event.ts'

/** The columns of an event as a table, in order. */
export const tableColumns = [
  'id',
  'connection',
  'service',
  'externalId',
  'occurredAt',
  'occurredAtOriginal',
  'collectedAt',
  'actor.id',
  'actor.name',
  'actor.email',
  'actor.kind',
  'action',
  'verb',
  'object.kind',
  'object.id',
  'object.name',
  'workspace.kind',
  'workspace.id',
  'workspace.name',
  'related',
  'outcome',
  'summary',
  'revision',
  'hash',
  'mapped',
  'raw',
] as const

/** An event as cells of all `tableColumns` but the last, its payload; what is null is an empty cell. */
export function tableCells(event: AuditEvent): readonly string[] {
  const { actor, object, workspace } = event
  return [
    event.id,
    event.connection,
    event.service,
    event.externalId,
    event.occurredAt ?? '',
    event.occurredAtOriginal ?? '',
    event.collectedAt,
    actor?.id ?? '',
    actor?.name ?? '',
    actor?.email ?? '',
    actor?.kind ?? '',
    event.action,
    event.verb,
    object?.kind ?? '',
    object?.id ?? '',
    object?.name ?? '',
    workspace?.kind ?? '',
    workspace?.id ?? '',
    workspace?.name ?? '',
    relatedText(event.related),
    event.outcome,
    event.summary,
    String(event.revision),
    event.hash,
    event.mapped ? 'true' : 'false',
  ]
}

/** Related subjects as one cell. */
export function relatedText(related: AuditEvent['related']): string {
  return related.length === 0 ? '[]' : JSON.stringify(related)
}
