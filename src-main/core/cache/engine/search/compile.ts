import type { HasFlag, MatchField, Pattern, QueryTree } from '../../../query/tree.ts'
import { matchesWhole } from '../../../query/pattern.ts'
import type { Database } from '../../driver.ts'
import type { ArchiveState } from '../archive-state.ts'
import { bitsWhere, clearBit, emptyBits, forEachBit, hasBit } from '../columns/bitmap.ts'
import { flag } from '../columns/columns.ts'
import { both, negate, rowsProgram, sum, tableProgram } from './combine.ts'
import { compilingText } from './compile-text.ts'
import { rowsOfId } from './find-id.ts'
import { outcomeNames, statusNames } from '../dictionaries/names.ts'
import { markingWhole } from './patterns.ts'
import type { Program } from './program.ts'
import type { RecentlyUsed } from '../../../lib/recently-used.ts'
import { isFileKind } from './quick-test.ts'
import { type Searching, together } from '../texts/text-scan.ts'

/** How a part of a query is answered, as a sentence; made only when somebody asks. */
export type Step = () => string

/** A program and how it came about. */
export interface Compiled {
  readonly program: Program
  readonly steps: readonly Step[]
}

/** What compiling reads: the archive in memory, and the file for ids and payloads. */
export interface CompileContext {
  readonly state: ArchiveState
  readonly db: Database
  readonly payloadText: (row: number) => string
  /** Terms compiled lately at this version of the archive: who refines a query keeps most of them. */
  readonly terms: RecentlyUsed<string, Compiled>
}

/** Turns the meaning of a query into tables over the dictionaries step by step; of no use when the archive changed meanwhile. */
export function* compiling(tree: QueryTree, context: CompileContext): Searching<Compiled> {
  const steps: Step[] = []
  const program = yield* compilingTree(tree, context, steps)
  return { program, steps }
}

function* compilingTree(tree: QueryTree, context: CompileContext, steps: Step[]): Searching<Program> {
  switch (tree.kind) {
    case 'all':
      return { op: 'all' }
    case 'and':
    case 'or': {
      const ownSteps = tree.parts.map((): Step[] => [])
      const parts = yield* together(tree.parts.map((part, at) => compilingTree(part, context, ownSteps[at] ?? [])))
      steps.push(...ownSteps.flat())
      return both(tree.kind, parts)
    }
    case 'not':
      return negate(yield* compilingTree(tree.part, context, steps))
    case 'text':
    case 'field':
      return yield* compilingTerm(tree, context, steps)
    case 'has':
      return compileFlag(tree.flag, steps)
    case 'time': {
      steps.push(
        () => `time: the time column, but where blocks of events lie within, from ${instant(tree.fromMs)} to ${instant(tree.toMs)}`,
      )
      const { timeBlocks, times, count } = context.state.columns
      return { op: 'bits', words: timeBlocks.rowsWithin(times, count, tree.fromMs ?? -Infinity, tree.toMs ?? Infinity) }
    }
  }
}

function* compilingTerm(tree: Extract<QueryTree, { kind: 'text' | 'field' }>, context: CompileContext, steps: Step[]): Searching<Program> {
  const key = JSON.stringify(tree)
  let compiled = context.terms.get(key)
  if (compiled === undefined) {
    const own: Step[] = []
    const program =
      tree.kind === 'text'
        ? yield* compilingText(tree.pattern, tree.scope, context, own)
        : yield* compilingField(tree.field, tree.anyOf, context, own)
    compiled = { program, steps: own }
    context.terms.set(key, compiled)
  }
  steps.push(...compiled.steps)
  return compiled.program
}

const instant = (ms: number | null): string => (ms === null ? 'any' : new Date(ms).toISOString())

function compileFlag(name: HasFlag, steps: Step[]): Program {
  steps.push(() => `has:${name}: the flags column`)
  return tableProgram(
    'flags',
    flagTable((flags) => (flags & flag[name]) !== 0),
  )
}

const flagTable = (isMatch: (flags: number) => boolean): Uint32Array => bitsWhere(0, 256, isMatch)

function* compilingField(field: MatchField, patterns: readonly Pattern[], context: CompileContext, steps: Step[]): Searching<Program> {
  const { state } = context
  const { actor, subject, action, contexts, connections, counts } = state.dictionaries
  const isAny = (value: string | null): boolean => value !== null && patterns.some((pattern) => matchesWhole(pattern, value))
  switch (field) {
    case 'actor': {
      const table = emptyBits(counts.actor)
      yield* together(patterns.flatMap((pattern) => actor.texts.map((column) => markingWhole(column, pattern, table))))
      steps.push(() => `actor: ${sum(table)} of ${counts.actor - 1} actors, by the actor column`)
      return tableProgram('actor', table)
    }
    case 'object':
    case 'file': {
      const table = emptyBits(counts.object)
      yield* together(patterns.flatMap((pattern) => subject.texts.map((column) => markingWhole(column, pattern, table))))
      if (field === 'file') {
        const isFile = state.dictionaries.kinds.texts.map(isFileKind)
        forEachBit(table, 0, table.length, (number) => {
          if (isFile[subject.kind.at(number)] !== true) clearBit(table, number)
        })
      }
      steps.push(() => `${field}: ${sum(table)} of ${counts.object - 1} objects and workspaces, by the object column`)
      return tableProgram('object', table)
    }
    case 'kind': {
      const isKind = state.dictionaries.foldedKinds.map(isAny)
      return contextProgram(state, (number) => isKind[contexts.kind.at(number) - 1] === true, field, steps)
    }
    case 'workspace': {
      // Workspaces are few among the things that have texts, so their texts are looked at one by one.
      const { workspaces, workspacePlace } = contexts
      const places = bitsWhere(0, workspaces.length, (place) => subject.texts.some((column) => isAny(column.text(workspaces[place] ?? 0))))
      return contextProgram(state, (number) => hasBit(places, workspacePlace.at(number)), field, steps)
    }
    case 'service':
    case 'connection': {
      const nums = new Set<number>()
      for (const entry of connections.values()) {
        const values = field === 'service' ? [entry.service] : [entry.id, entry.name]
        if (values.some((value) => isAny(state.dictionaries.folded(value)))) nums.add(entry.num)
      }
      return contextProgram(state, (number) => nums.has(contexts.connection.at(number)), field, steps)
    }
    case 'verb':
    case 'action': {
      const actions = emptyBits(action.action.count)
      yield* together(patterns.map((pattern) => markingWhole(field === 'verb' ? action.verb : action.action, pattern, actions)))
      return contextProgram(state, (number) => hasBit(actions, contexts.action.at(number)), field, steps)
    }
    case 'outcome': {
      const isOutcome = outcomeNames.map(isAny)
      return contextProgram(state, (number) => isOutcome[contexts.outcome.at(number)] === true, field, steps)
    }
    case 'status': {
      const isStatus = statusNames.map(isAny)
      steps.push(() => 'status: the flags column')
      return tableProgram(
        'flags',
        flagTable((flags) => isStatus[flags & flag.status] === true),
      )
    }
    case 'tag': {
      const rows = [...state.tags].filter(([, tags]) => tags.some((tag) => isAny(state.dictionaries.folded(tag)))).map(([row]) => row)
      steps.push(() => `tag: ${rows.length} of ${state.tags.size} tagged events, by list`)
      return rowsProgram(rows)
    }
    case 'id':
      return rowsOfId(patterns, context, steps)
  }
}

function contextProgram(state: ArchiveState, isMatch: (number: number) => boolean, field: string, steps: Step[]): Program {
  const { count } = state.dictionaries.contexts
  const table = bitsWhere(1, count, isMatch)
  steps.push(
    () =>
      `${field}: ${sum(table)} of ${count - 1} combinations of connection, workspace, action, outcome and kind of object, by the context column`,
  )
  return tableProgram('context', table)
}
