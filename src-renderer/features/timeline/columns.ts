import type { EventRow } from '../../../src-main/contract/model/audit-event.ts'
import { zonedTime } from '../../lib/time.ts'

export const columnIds = [
  'time',
  'service',
  'summary',
  'actor',
  'verb',
  'action',
  'object',
  'workspace',
  'outcome',
  'connection',
  'status',
] as const
export type ColumnId = (typeof columnIds)[number]

interface Column {
  /** CSS grid track. */
  readonly track: string
  /** Shown only in a timeline at least this wide, px; its words stand in the sentence too. */
  readonly fromWidthPx: number
}

export const columns: Readonly<Record<ColumnId, Column>> = {
  time: { track: '228px', fromWidthPx: 0 },
  service: { track: '40px', fromWidthPx: 0 },
  summary: { track: 'minmax(180px, 4fr)', fromWidthPx: 0 },
  actor: { track: 'minmax(110px, 1fr)', fromWidthPx: 980 },
  verb: { track: '86px', fromWidthPx: 820 },
  action: { track: 'minmax(100px, 1fr)', fromWidthPx: 820 },
  object: { track: 'minmax(110px, 1fr)', fromWidthPx: 980 },
  workspace: { track: 'minmax(110px, 1fr)', fromWidthPx: 980 },
  outcome: { track: '80px', fromWidthPx: 820 },
  connection: { track: 'minmax(110px, 1fr)', fromWidthPx: 980 },
  status: { track: '96px', fromWidthPx: 820 },
}

function isColumn(id: string): id is ColumnId {
  return (columnIds as readonly string[]).includes(id)
}

/** The chosen columns in order, without ids this version does not know. The sentence is always among them. */
export function knownColumns(chosen: readonly string[]): readonly ColumnId[] {
  const known = chosen.filter(isColumn)
  return known.includes('summary') ? known : [...known, 'summary']
}

export function columnsThatFit(chosen: readonly ColumnId[], widthPx: number): readonly ColumnId[] {
  return chosen.filter((id) => columns[id].fromWidthPx <= widthPx)
}

/** The text of a plain column. */
export function cellText(id: ColumnId, { event, marks }: EventRow, nameOfConnection: (id: string) => string): string {
  switch (id) {
    case 'actor':
      return event.actor?.name ?? event.actor?.email ?? event.actor?.id ?? ''
    case 'object':
    case 'workspace':
      return event[id]?.name ?? event[id]?.id ?? ''
    case 'connection':
      return nameOfConnection(event.connection)
    case 'status':
      return marks.reviewStatus ?? ''
    case 'verb':
    case 'action':
    case 'outcome':
    case 'summary':
    case 'service':
      return event[id]
    case 'time':
      return event.occurredAt ?? ''
  }
}

/** The condition that a cell stands for; null for an empty cell. The sentence stands for its object, or else its action. */
export function cellFilter(
  id: ColumnId,
  { event, marks }: EventRow,
  zone: string,
): { readonly field: string; readonly value: string } | null {
  const condition = (field: string, value: string | null | undefined) => (value ? { field, value } : null)
  switch (id) {
    case 'time':
      return event.occurredAt === null ? null : { field: 'on', value: zonedTime(event.occurredAt, zone).date }
    case 'actor':
      return condition('actor', event.actor?.id ?? event.actor?.email ?? event.actor?.name)
    case 'object':
    case 'workspace':
      return condition(id, event[id]?.id ?? event[id]?.name)
    case 'summary':
      return condition('object', event.object?.id ?? event.object?.name) ?? condition('action', event.action)
    case 'status':
      return condition('status', marks.reviewStatus ?? 'unreviewed')
    case 'service':
    case 'connection':
    case 'verb':
    case 'action':
    case 'outcome':
      return condition(id, event[id])
  }
}
