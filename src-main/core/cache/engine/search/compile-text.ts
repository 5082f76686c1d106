import { fold } from '../../../lib/fold.ts'
import { matchesWithin } from '../../../query/pattern.ts'
import type { Pattern, TextScope } from '../../../query/tree.ts'
import { addBits, bitsWhere, emptyBits, hasBit, isEmpty } from '../columns/bitmap.ts'
import { both, rowsProgram, sum, tableProgram } from './combine.ts'
import type { CompileContext, Step } from './compile.ts'
import type { Contexts } from '../columns/contexts.ts'
import { markingWithin, nameMarks, plainTextOf } from './patterns.ts'
import { layingAcross } from './phrase.ts'
import type { Program } from './program.ts'
import { release } from '../../../lib/release.ts'
import type { ArchiveState } from '../archive-state.ts'
import { summaryOf } from './summary-text.ts'
import { type Searching, together } from '../texts/text-scan.ts'

/**
 * Free text: each place it may stand in is a dictionary, so a scan of the dictionaries finds it; but for a phrase that lies across a
 * summary, part of it in a name and part in the words around.
 */
export function* compilingText(pattern: Pattern, scope: TextScope, context: CompileContext, steps: Step[]): Searching<Program> {
  if (pattern.pieces.length === 0) return { op: 'all' }
  const text = yield* inDictionaries(pattern, context.state, steps)
  const across = yield* acrossSummary(pattern, context.state, steps)
  const parts = [...text, ...inReviews(pattern, context.state, steps), ...across]
  const found = both('or', parts)
  if (scope === 'text' || found.op === 'all') return found
  steps.push(() => 'raw: payloads of the events left over are read and searched')
  const isInPayload = (row: number): boolean => matchesWithin(pattern, foldPayload(context.payloadText(row)))
  return both('or', [found, { op: 'confirm', candidates: { op: 'not', part: found }, isSlow: true, isMatch: isInPayload }])
}

function* inDictionaries(pattern: Pattern, state: ArchiveState, steps: Step[]): Searching<readonly Program[]> {
  const { actor, subject, action, template, contexts, counts } = state.dictionaries
  const actors = emptyBits(counts.actor)
  const names = emptyBits(counts.object)
  const objects = emptyBits(counts.object)
  const actions = emptyBits(action.action.count)
  const templates = emptyBits(counts.template)
  yield* together([
    markingWithin(actor.name, pattern, actors),
    markingWithin(actor.email, pattern, actors),
    markingWithin(subject.name, pattern, names),
    markingWithin(subject.id, pattern, objects),
    markingWithin(action.action, pattern, actions),
    // Marks in wordings are no text.
    ...(pattern.pieces.some((piece) => nameMarks.test(piece)) ? [] : [markingWithin(template, pattern, templates)]),
  ])
  addBits(objects, names)
  const context = contextsOf(contexts, names, actions)
  release(names)
  steps.push(
    () =>
      `text ${shown(pattern)}: found in ${sum(actors)} actors, ${sum(objects)} objects, ${sum(context)} combinations of workspace and action, ${sum(templates)} wordings, by their columns`,
  )
  return [
    tableProgram('actor', actors),
    tableProgram('object', objects),
    tableProgram('context', context),
    tableProgram('template', templates),
  ]
}

/** Contexts whose workspace has one of some names, or whose action is one of some. */
function contextsOf(contexts: Contexts, names: Uint32Array, actions: Uint32Array): Uint32Array {
  const { workspaces, workspacePlace, action, count } = contexts
  const places = bitsWhere(0, workspaces.length, (place) => hasBit(names, workspaces[place] as number))
  if (isEmpty(places) && isEmpty(actions)) return emptyBits(count)
  return bitsWhere(0, count, (number) => hasBit(places, workspacePlace.at(number)) || hasBit(actions, action.at(number)))
}

function inReviews(pattern: Pattern, state: ArchiveState, steps: Step[]): readonly Program[] {
  const rows = new Set<number>()
  for (const [row, tags] of state.tags) if (tags.some((tag) => matchesWithin(pattern, state.dictionaries.folded(tag)))) rows.add(row)
  for (const [row, notes] of state.notes) if (notes.some((note) => matchesWithin(pattern, note))) rows.add(row)
  if (rows.size > 0) steps.push(() => `text ${shown(pattern)}: ${rows.size} by tags and notes`)
  return [rowsProgram(rows)]
}

function* acrossSummary(pattern: Pattern, state: ArchiveState, steps: Step[]): Searching<readonly Program[]> {
  const text = plainTextOf(pattern)
  if (text !== null) return text.includes(' ') ? [yield* layingAcross(text, state, steps)] : []
  steps.push(() => `text ${shown(pattern)}: summaries of events that hold all of its words are compared`)
  const isInSummary = (row: number): boolean => matchesWithin(pattern, summaryOf(state, row))
  return [{ op: 'confirm', candidates: yield* candidatesOf(pattern, state), isSlow: false, isMatch: isInSummary }]
}

/** Events that hold every word of the pattern somewhere in their summary. */
function* candidatesOf(pattern: Pattern, state: ArchiveState): Searching<Program> {
  const { actor, subject, template, contexts, counts } = state.dictionaries
  const words = pattern.pieces.flatMap((piece) => piece.split(' ')).filter((word) => word !== '' && !nameMarks.test(word))
  const found: Program[] = []
  for (const word of words) {
    const actors = emptyBits(counts.actor)
    const subjects = emptyBits(counts.object)
    const templates = emptyBits(counts.template)
    yield* together([
      actor.name.marking('anywhere', word, actors),
      subject.name.marking('anywhere', word, subjects),
      template.marking('anywhere', word, templates),
    ])
    const context = contextsOf(contexts, subjects, emptyBits(0))
    found.push(
      both('or', [
        tableProgram('actor', actors),
        tableProgram('object', subjects),
        tableProgram('context', context),
        tableProgram('template', templates),
      ]),
    )
  }
  return both('and', found)
}

const shown = (pattern: Pattern): string => JSON.stringify(pattern.pieces.join('*'))

const plainAscii = /^[\0-\x7f]*$/
const foldPayload = (text: string): string => (plainAscii.test(text) ? text.toLowerCase() : fold(text))
