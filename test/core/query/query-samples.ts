import fc from 'fast-check'
import type { AuditEvent } from '../../../src-main/contract/model/audit-event.ts'
import type { OracleEvent } from '../../../src-main/core/query/oracle.ts'
import { fold } from '../../../src-main/core/lib/fold.ts'
import type { HasFlag, MatchField, QueryTree } from '../../../src-main/core/query/tree.ts'

/** A query as text, with the tree that it must be read as. */
export interface WrittenQuery {
  readonly text: string
  readonly tree: QueryTree
  /** How tightly it binds when it stands within another query. */
  readonly binding: 'or' | 'and' | 'term'
}

const word = fc.constantFrom('plan', 'Müller', 'logo.pn', '100%', 'a_b', '会議', 'x', 'and', 'or', 'Étude', 'mid-dash', 'a,b', '😀')
const phrase = fc.constantFrom('Q3 plan', 'say (this)', 'OR', 'NOT', '-minus', 'verb:delete', 'a, b', ' padded ', 'http://host/x')
const value = fc.oneof(
  word.filter((text) => !text.includes(',')).map((text) => ({ text, written: text })),
  phrase.map((text) => ({ text, written: `"${text}"` })),
)
const fieldName = fc.constantFrom<(readonly [string, MatchField])[]>(
  ['actor', 'actor'],
  ['user', 'actor'],
  ['BY', 'actor'],
  ['in', 'workspace'],
  ['file', 'file'],
  ['object', 'object'],
  ['verb', 'verb'],
  ['tag', 'tag'],
  ['id', 'id'],
)

const textTerm: fc.Arbitrary<WrittenQuery> = fc
  .oneof(
    word.map((text) => ({ text, written: text })),
    phrase.map((text) => ({ text, written: `"${text}"` })),
  )
  .map(({ text, written }) => ({
    text: written,
    tree: { kind: 'text', scope: 'text', pattern: { pieces: [fold(text)] } },
    binding: 'term',
  }))

const fieldTerm: fc.Arbitrary<WrittenQuery> = fc
  .tuple(fieldName, fc.array(value, { minLength: 1, maxLength: 3 }))
  .map(([[name, field], values]) => ({
    text: `${name}:${values.map(({ written }) => written).join(',')}`,
    tree: { kind: 'field', field, anyOf: values.map(({ text }) => ({ pieces: [fold(text)] })) },
    binding: 'term',
  }))

const hasTerm: fc.Arbitrary<WrittenQuery> = fc
  .constantFrom<HasFlag[]>('note', 'revision', 'late', 'gone', 'unmapped')
  .map((flag) => ({ text: `has:${flag}`, tree: { kind: 'has', flag }, binding: 'term' }))

const gap = fc.constantFrom(' ', '  ', '\t', '\u00a0', '\n')

/** Queries of every shape without problems, each with the tree built beside the text, not by the parser. */
export const writtenQuery: fc.Arbitrary<WrittenQuery> = fc.letrec<{ query: WrittenQuery }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    textTerm,
    fieldTerm,
    hasTerm,
    fc.tuple(tie('query'), fc.constantFrom('-', 'NOT ')).map(([part, sign]): WrittenQuery => negate(part, sign)),
    fc.tuple(fc.array(tie('query'), { minLength: 2, maxLength: 3 }), gap).map(([parts, between]): WrittenQuery => ({
      text: parts.map((part) => (part.binding === 'term' ? part.text : `(${part.text})`)).join(between),
      tree: { kind: 'and', parts: parts.map((part) => part.tree) },
      binding: 'and',
    })),
    fc.array(tie('query'), { minLength: 2, maxLength: 3 }).map((parts): WrittenQuery => ({
      text: parts.map((part) => (part.binding === 'or' ? `(${part.text})` : part.text)).join(' OR '),
      tree: { kind: 'or', parts: parts.map((part) => part.tree) },
      binding: 'or',
    })),
  ),
})).query

/** Two signs cancel out, so the sign of a negated term is not doubled but the term bracketed. */
function negate(part: WrittenQuery, sign: string): WrittenQuery {
  const isBare = part.binding === 'term' && part.tree.kind !== 'not'
  return { text: `${sign}${isBare ? part.text : `(${part.text})`}`, tree: { kind: 'not', part: part.tree }, binding: 'term' }
}

/** An event with the given differences from a plain one. */
export function oracleEvent(event: Partial<AuditEvent> = {}, facts: Partial<Omit<OracleEvent, 'event'>> = {}): OracleEvent {
  return {
    event: {
      id: 'e1',
      connection: 'c1',
      service: 'onehub',
      externalId: '501',
      occurredAt: '2026-03-01T10:00:00.000Z',
      occurredAtOriginal: '2026-03-01T10:00:00Z',
      collectedAt: '2026-03-02T00:00:00.000Z',
      actor: { id: '42', name: 'Zoë Müller', email: 'zoe@example.org', kind: 'user' },
      action: 'viewed',
      verb: 'read',
      object: { kind: 'file', id: '77', name: 'onehub-logo.png' },
      workspace: { kind: 'workspace', id: '9', name: 'Legal' },
      related: [],
      outcome: 'unknown',
      summary: 'Zoë Müller viewed onehub-logo.png in Legal',
      revision: 1,
      hash: '00',
      mapped: true,
      ...event,
    },
    connectionName: 'Main office',
    status: null,
    tags: [],
    notes: [],
    isLate: false,
    isGone: false,
    payload: '{"secretish":"only in the payload"}',
    ...facts,
  }
}
