import type { QueryCompletion } from '../../../contract/model/query.ts'
import type { Database } from '../driver.ts'
import type { ArchiveState } from './archive-state.ts'
import { emptyBits, forEachBit, hasBit } from './columns/bitmap.ts'
import { topKeys } from './counting/counter.ts'
import { countingAll } from './counting/counts.ts'
import type { Dictionaries } from './dictionaries/dictionaries.ts'
import { type FacetSource, facetOf, known, labelOf } from './counting/facets.ts'
import { membersOf, type ThingColumn } from './dictionaries/latest-names.ts'
import { isFileKind } from './search/quick-test.ts'
import { inSteps } from './turns/steps.ts'
import { release } from '../../lib/release.ts'
import { type Searching, together } from './texts/text-scan.ts'

type Completion = Pick<QueryCompletion, 'insert' | 'label' | 'count' | 'services'>

/** What looking for values needs of the engine. Everything is found out in turns; of no use when the archive changed meanwhile. */
export interface ValueSource {
  readonly state: ArchiveState
  readonly db: Database
  /** Goes through texts. */
  readonly search: (steps: Searching<unknown>) => Promise<unknown>
  readonly breathe: () => Promise<void>
  /** Counts every event and reads from the counts. */
  readonly all: <Value>(read: (source: FacetSource) => Value) => Promise<Value>
}

/** Values of a field that contain the folded text, most frequent first; where several have one name, what is inserted is their id. */
export async function completeValue(field: string, foldedText: string, limit: number, source: ValueSource): Promise<readonly Completion[]> {
  const { state, all } = source
  const { kinds, subject } = state.dictionaries
  switch (field) {
    case 'actor':
    case 'object':
    case 'workspace':
      return things(foldedText, limit, field, source, () => true)
    case 'file': {
      const isFile = kinds.texts.map(isFileKind)
      return things(foldedText, limit, 'object', source, (number) => isFile[subject.kind.at(number)] === true)
    }
    case 'verb':
    case 'action':
    case 'kind':
    case 'service':
    case 'connection':
    case 'outcome':
    case 'status':
    case 'tag': {
      const folded = (text: string): string => state.dictionaries.folded(text)
      const values = await all((source) => facetOf(field, Infinity, source))
      return values
        .filter(({ value, label }) => folded(value).includes(foldedText) || folded(label).includes(foldedText))
        .slice(0, limit)
        .map(({ label, count }) => ({ insert: label, label, count }))
    }
    default:
      return []
  }
}

/** Counts of all events by workspace, from those by context. */
export function byWorkspace(perContext: Uint32Array, { contexts, counts }: Dictionaries): Uint32Array {
  const perWorkspace = new Uint32Array(counts.object)
  perContext.forEach((count, context) => {
    const workspace = contexts.workspace.at(context)
    perWorkspace[workspace] = (perWorkspace[workspace] ?? 0) + count
  })
  return perWorkspace
}

async function things(
  foldedText: string,
  limit: number,
  column: ThingColumn,
  { state, db, search, breathe }: ValueSource,
  isWanted: (number: number) => boolean,
): Promise<readonly Completion[]> {
  const { columns, dictionaries } = state
  const entries = column === 'actor' ? dictionaries.actor : dictionaries.subject
  const found = emptyBits(entries.count)
  await search(together(entries.texts.map((text) => text.marking('anywhere', foldedText, found))))
  const counted = column === 'workspace' ? 'context' : column
  const perNumber = await inSteps(countingAll(columns, counted, dictionaries.counts[counted]), breathe)
  const counts = column === 'workspace' ? byWorkspace(perNumber, dictionaries) : perNumber
  const sums = new Uint32Array(entries.count)
  const groups: number[] = []
  forEachBit(found, 0, found.length, (num) => {
    const count = counts[num] ?? 0
    if (num === 0 || count === 0 || !isWanted(num)) return
    const group = entries.groups.of(num)
    if (sums[group] === 0) groups.push(group)
    sums[group] = (sums[group] as number) + count
  })
  const top = topKeys(Uint32Array.from(groups), sums, limit)
  const members = membersOf(entries, top, (num) => hasBit(found, num) && counts[num] !== 0 && isWanted(num))
  const values = known(
    state,
    db,
    column,
    top.map((group) => ({ group, count: sums[group] as number, seen: members.get(group) ?? [group] })),
  )
  for (const ofAll of [found, perNumber, counts, sums]) release(ofAll)
  const bearers = Map.groupBy(values, ({ names }) => names[0])
  return values.map(({ value, names, services, count }) => {
    const [label = ''] = names
    const isAlone = names.length === 1 && bearers.get(label)?.length === 1
    return { insert: isAlone ? label : value, label: labelOf(names), count, services }
  })
}
