import { fold } from '../../../lib/fold.ts'
import { matchesWhole, matchesWithin } from '../../../query/pattern.ts'
import type { MatchField, Pattern, QueryTree } from '../../../query/tree.ts'
import type { ArchiveState } from '../archive-state.ts'
import { flag } from '../columns/columns.ts'
import { outcomeNames, statusNames } from '../dictionaries/names.ts'
import { plainTextOf } from './patterns.ts'
import { summaryOf } from './summary-text.ts'
import type { TextColumn } from '../texts/text-column.ts'

type RowTest = (row: number) => boolean

/**
 * Tests rows one by one without compiling the query, which would scan whole dictionaries: enough to find the first page of anything common.
 * Null where a row cannot be tested from memory alone.
 */
export function quickTest(tree: QueryTree, state: ArchiveState): RowTest | null {
  switch (tree.kind) {
    case 'all':
      return () => true
    case 'and':
    case 'or': {
      const tests = tree.parts.map((part) => quickTest(part, state))
      const known = tests.filter((test) => test !== null)
      if (known.length < tests.length) return null
      return tree.kind === 'and' ? (row) => known.every((test) => test(row)) : (row) => known.some((test) => test(row))
    }
    case 'not': {
      const test = quickTest(tree.part, state)
      return test === null ? null : (row) => !test(row)
    }
    case 'text':
      return tree.scope === 'raw' ? null : textTest(tree.pattern, state)
    case 'field':
      return fieldTest(tree.field, tree.anyOf, state)
    case 'has': {
      const bit = flag[tree.flag]
      return (row) => ((state.columns.flags[row] ?? 0) & bit) !== 0
    }
    case 'time': {
      const { fromMs, toMs } = tree
      return (row) => {
        const at = state.columns.timeMs(row)
        return at >= (fromMs ?? -Infinity) && at < (toMs ?? Infinity)
      }
    }
  }
}

function textTest(pattern: Pattern, state: ArchiveState): RowTest {
  const { columns, dictionaries, tags, notes } = state
  const { actor, subject, contexts, action, template } = dictionaries
  const within = (column: TextColumn, number: number): boolean => {
    const text = column.text(number)
    return text !== null && matchesWithin(pattern, text)
  }
  const byActor = remembered((number) => within(actor.name, number) || within(actor.email, number))
  const byObject = remembered((number) => within(subject.name, number) || within(subject.id, number))
  const byContext = remembered(
    (number) => within(subject.name, contexts.workspace.at(number)) || within(action.action, contexts.action.at(number)),
  )
  // What has no space lies in one name, or in the words around them.
  const isWord = plainTextOf(pattern)?.includes(' ') === false
  const byWording = remembered((number) => within(template, number))
  return (row) =>
    byActor(columns.actor.at(row)) ||
    byObject(columns.object.at(row)) ||
    byContext(columns.context.at(row)) ||
    (isWord ? byWording(columns.template[row] ?? 0) : matchesWithin(pattern, summaryOf(state, row))) ||
    (tags.get(row)?.some((tag) => matchesWithin(pattern, dictionaries.folded(tag))) ?? false) ||
    (notes.get(row)?.some((note) => matchesWithin(pattern, note)) ?? false)
}

function fieldTest(field: MatchField, patterns: readonly Pattern[], state: ArchiveState): RowTest | null {
  const { columns, dictionaries, tags } = state
  const { actor, subject, action, contexts, connections, kinds } = dictionaries
  const isAny = (value: string | null): boolean => value !== null && patterns.some((pattern) => matchesWhole(pattern, value))
  const isAnyOf = (texts: readonly TextColumn[], number: number): boolean => texts.some((column) => isAny(column.text(number)))
  const byActor = (test: (number: number) => boolean): RowTest => {
    const known = remembered(test)
    return (row) => known(columns.actor.at(row))
  }
  const byObject = (test: (number: number) => boolean): RowTest => {
    const known = remembered(test)
    return (row) => known(columns.object.at(row))
  }
  const byContext = (test: (number: number) => boolean): RowTest => {
    const known = remembered(test)
    return (row) => known(columns.context.at(row))
  }
  switch (field) {
    case 'actor':
      return byActor((number) => isAnyOf(actor.texts, number))
    case 'object':
      return byObject((number) => isAnyOf(subject.texts, number))
    case 'file':
      return byObject((number) => isFileKind(kinds.texts[subject.kind.at(number)]) && isAnyOf(subject.texts, number))
    case 'kind':
      return byContext((number) => contexts.kind.at(number) !== 0 && isAny(fold(kinds.texts[contexts.kind.at(number) - 1] ?? '')))
    case 'workspace':
      return byContext((number) => isAnyOf(subject.texts, contexts.workspace.at(number)))
    case 'service':
      return byContext((number) => isAny(fold(connections.get(contexts.connection.at(number))?.service ?? '')))
    case 'connection':
      return byContext((number) => {
        const connection = connections.get(contexts.connection.at(number))
        return connection !== undefined && (isAny(fold(connection.id)) || isAny(fold(connection.name)))
      })
    case 'verb':
      return byContext((number) => isAny(action.verb.text(contexts.action.at(number))))
    case 'action':
      return byContext((number) => isAny(action.action.text(contexts.action.at(number))))
    case 'outcome':
      return byContext((number) => isAny(outcomeNames[contexts.outcome.at(number)] ?? null))
    case 'status':
      return (row) => isAny(statusNames[(columns.flags[row] ?? 0) & flag.status] ?? null)
    case 'tag':
      return (row) => tags.get(row)?.some((tag) => isAny(dictionaries.folded(tag))) ?? false
    case 'id':
      return null
  }
}

/** Whether `file:` looks at objects of a kind. */
export const isFileKind = (kind: string | undefined): boolean => kind === 'file' || kind === 'folder'

/** Answers by dictionary number, each found out once. */
export function remembered(test: (number: number) => boolean): (number: number) => boolean {
  const known = new Map<number, boolean>()
  return (number) => {
    let answer = known.get(number)
    if (answer === undefined) known.set(number, (answer = test(number)))
    return answer
  }
}
