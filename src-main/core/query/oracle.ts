import type { AuditEvent, ReviewStatus, Subject } from '../../contract/model/audit-event.ts'
import type { FacetField } from '../../contract/model/query.ts'
import { fold } from '../lib/fold.ts'
import { matchesWhole, matchesWithin } from './pattern.ts'
import type { HasFlag, MatchField, QueryTree, TextScope } from './tree.ts'

/** Everything a query can ask about one event, as plain data. */
export interface OracleEvent {
  readonly event: AuditEvent
  readonly connectionName: string
  /** Null: never marked, which reads as `unreviewed`. */
  readonly status: ReviewStatus | null
  readonly tags: readonly string[]
  readonly notes: readonly string[]
  readonly isLate: boolean
  readonly isGone: boolean
  /** The newest payload, decoded as UTF-8 with replacement. */
  readonly payload: string
}

/**
 * Whether an event matches: the language's meaning in its plainest form, without any index. The query engine is held against it.
 * `not` is the exact complement, so an event without a time is in `-after:2026` though in neither `after:2026` nor `before:2026`.
 */
export function matches(facts: OracleEvent, tree: QueryTree): boolean {
  switch (tree.kind) {
    case 'all':
      return true
    case 'and':
      return tree.parts.every((part) => matches(facts, part))
    case 'or':
      return tree.parts.some((part) => matches(facts, part))
    case 'not':
      return !matches(facts, tree.part)
    case 'text':
      return searchedTexts(facts, tree.scope).some((text) => matchesWithin(tree.pattern, fold(text)))
    case 'field': {
      const values = fieldValues(facts, tree.field).map(fold)
      return tree.anyOf.some((pattern) => values.some((value) => matchesWhole(pattern, value)))
    }
    case 'has':
      return hasFlag(facts, tree.flag)
    case 'time': {
      if (facts.event.occurredAt === null) return false
      const timeMs = Date.parse(facts.event.occurredAt)
      return (tree.fromMs === null || timeMs >= tree.fromMs) && (tree.toMs === null || timeMs < tree.toMs)
    }
  }
}

/** The values of an event that `field:` compares; empty when the field is absent. */
export function fieldValues({ event, connectionName, status, tags }: OracleEvent, field: MatchField): readonly string[] {
  switch (field) {
    case 'actor':
      return present(event.actor?.name, event.actor?.email, event.actor?.id)
    case 'verb':
      return [event.verb]
    case 'action':
      return [event.action]
    case 'object':
      return nameAndId(event.object)
    case 'file':
      return event.object?.kind === 'file' || event.object?.kind === 'folder' ? nameAndId(event.object) : []
    case 'kind':
      return present(event.object?.kind)
    case 'workspace':
      return nameAndId(event.workspace)
    case 'service':
      return [event.service]
    case 'connection':
      return [event.connection, connectionName]
    case 'outcome':
      return [event.outcome]
    case 'status':
      return [status ?? 'unreviewed']
    case 'tag':
      return tags
    case 'id':
      return [event.id, event.externalId]
  }
}

/** What an event counts under in a facet: the id of an actor, object or workspace, its name where it has none. */
export function facetValues(facts: OracleEvent, field: FacetField): readonly string[] {
  const { event } = facts
  switch (field) {
    case 'actor':
      return present(event.actor?.id ?? event.actor?.name ?? event.actor?.email)
    case 'object':
      return present(event.object?.id ?? event.object?.name)
    case 'workspace':
      return present(event.workspace?.id ?? event.workspace?.name)
    case 'connection':
      return [event.connection]
    case 'service':
    case 'verb':
    case 'action':
    case 'kind':
    case 'outcome':
    case 'status':
    case 'tag':
      return fieldValues(facts, field)
  }
}

function searchedTexts({ event, tags, notes, payload }: OracleEvent, scope: TextScope): readonly string[] {
  const places = present(
    event.summary,
    event.action,
    event.actor?.name,
    event.actor?.email,
    event.object?.name,
    event.object?.id,
    event.workspace?.name,
  )
  return scope === 'text' ? [...places, ...tags, ...notes] : [...places, ...tags, ...notes, payload]
}

function hasFlag({ event, notes, isLate, isGone }: OracleEvent, flag: HasFlag): boolean {
  switch (flag) {
    case 'note':
      return notes.length > 0
    case 'revision':
      return event.revision > 1
    case 'late':
      return isLate
    case 'gone':
      return isGone
    case 'unmapped':
      return !event.mapped
  }
}

function nameAndId(subject: Subject | null): readonly string[] {
  return present(subject?.name, subject?.id)
}

function present(...values: readonly (string | null | undefined)[]): readonly string[] {
  return values.filter((value) => value !== null && value !== undefined)
}
