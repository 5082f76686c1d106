import type { TimelineEntry, TimelineKind } from '../../src-main/contract/model/query.ts'
import { fieldTerm } from './query-text.ts'

/** Whose timeline is shown: all events, or those of one workspace, file (any object) or user of a connection. */
export type Place = { readonly kind: 'all' } | SubjectPlace

export interface SubjectPlace {
  readonly kind: TimelineKind
  readonly connection: string
  /** Null where the service gives only a name. */
  readonly id: string | null
  readonly name: string | null
  /** Kind of object (file, folder, room…), where ids of different kinds may be the same. */
  readonly objectKind: string | null
}

const fieldOf: Readonly<Record<TimelineKind, string>> = { workspaces: 'workspace', files: 'object', users: 'actor' }

/** The query that is this timeline; empty for all events. */
export function placeQuery(place: Place): string {
  if (place.kind === 'all') return ''
  const kind = place.objectKind === null ? [] : [fieldTerm('kind', [place.objectKind])]
  const subject = fieldTerm(fieldOf[place.kind], [place.id ?? place.name ?? ''])
  return [fieldTerm('connection', [place.connection]), ...kind, subject].join(' ')
}

/** The address of a place, without a leading `#`. */
export function placeAddress(place: Place): { readonly path: string; readonly query: Record<string, string> } {
  if (place.kind === 'all') return { path: '/events', query: {} }
  const key = place.id === null ? `by-name/${encodeURIComponent(place.name ?? '')}` : encodeURIComponent(place.id)
  const query: Record<string, string> = place.kind === 'files' && place.objectKind !== null ? { kind: place.objectKind } : {}
  return { path: `/${place.kind}/${encodeURIComponent(place.connection)}/${key}`, query }
}

/** The address of the timeline behind an entry of a list. */
export function entryAddress(entry: TimelineEntry, kind: TimelineKind): ReturnType<typeof placeAddress> {
  const { connection, id, name } = entry
  return placeAddress({ kind, connection, id, name, objectKind: kind === 'files' ? entry.kind : null })
}
