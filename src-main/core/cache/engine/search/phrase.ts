import type { ArchiveState } from '../archive-state.ts'
import { bitsWhere, emptyBits, hasBit, isEmpty } from '../columns/bitmap.ts'
import type { Step } from './compile.ts'
import type { Program, SlotChoice } from './program.ts'
import { partsOf, type SummaryPart } from './summary-text.ts'
import type { Searching } from '../texts/text-scan.ts'

/** What the name in a slot must do for a phrase to lie across it. */
type Demand = { readonly slot: 'actor' | 'object' | 'context'; readonly place: 'start' | 'end' | 'whole'; readonly text: string }

/**
 * Events in whose summary the phrase lies across the border of a name: `anderson viewed`, `the logo.png File`. For each wording, every way
 * in which the phrase can be laid over its parts says what the names must begin with, end with or be; those are dictionary scans.
 * A phrase within one name or within the words between is found elsewhere.
 */
export function* layingAcross(phrase: string, state: ArchiveState, steps: Step[]): Searching<Program> {
  const { dictionaries } = state
  const demands = new DemandTables(state)
  const listOfTemplate = new Uint32Array(dictionaries.counts.template)
  const lists: SlotChoice[][] = [[]]
  const listNumbers = new Map<string, number>()
  for (let number = 0; number < listOfTemplate.length; number++) {
    const template = dictionaries.template.text(number)
    if (template === null || dictionaries.verbatim.has(number)) continue
    const ways = layings(partsOf(template, false), phrase)
    if (ways.length === 0) continue
    const key = JSON.stringify(ways)
    let list = listNumbers.get(key)
    if (list === undefined) {
      list = lists.length
      listNumbers.set(key, list)
      const choices: SlotChoice[] = []
      for (const way of ways) choices.push(...(yield* demands.choosing(way)))
      lists.push(choices)
    }
    if ((lists[list] ?? []).length > 0) listOfTemplate[number] = list
  }
  steps.push(() => `text ${JSON.stringify(phrase)}: across names in ${listOfTemplate.filter((list) => list !== 0).length} wordings`)
  return listOfTemplate.every((list) => list === 0) ? { op: 'none' } : { op: 'slots', listOfTemplate, lists }
}

/** Every way to lay the phrase over at least one border of the parts. */
function layings(parts: readonly SummaryPart[], phrase: string): readonly (readonly Demand[])[] {
  const ways: Demand[][] = []
  parts.forEach((part, at) => {
    if ('text' in part) {
      for (let used = Math.min(part.text.length, phrase.length - 1); used > 0; used--) {
        if (part.text.endsWith(phrase.slice(0, used))) follow(parts, at + 1, phrase, used, [], ways)
      }
    } else {
      // A name ends before a space or with the summary.
      for (let used = phrase.indexOf(' '); used >= 0; used = phrase.indexOf(' ', used + 1)) {
        if (used > 0) follow(parts, at + 1, phrase, used, [{ slot: part.slot, place: 'end', text: phrase.slice(0, used) }], ways)
      }
    }
  })
  return ways
}

function follow(
  parts: readonly SummaryPart[],
  at: number,
  phrase: string,
  used: number,
  demands: readonly Demand[],
  ways: Demand[][],
): void {
  const part = parts[at]
  if (part === undefined) return
  const rest = phrase.slice(used)
  if ('text' in part) {
    if (part.text.startsWith(rest)) {
      if (demands.length > 0) ways.push([...demands])
    } else if (rest.startsWith(part.text)) follow(parts, at + 1, phrase, used + part.text.length, demands, ways)
    return
  }
  ways.push([...demands, { slot: part.slot, place: 'start', text: rest }])
  for (let end = phrase.indexOf(' ', used); end >= 0; end = phrase.indexOf(' ', end + 1)) {
    follow(parts, at + 1, phrase, end, [...demands, { slot: part.slot, place: 'whole', text: phrase.slice(used, end) }], ways)
  }
}

/** Dictionary scans for demands, each made once. */
class DemandTables {
  readonly #state: ArchiveState
  readonly #tables = new Map<string, Uint32Array | null>()

  constructor(state: ArchiveState) {
    this.#state = state
  }

  /** The demands of one way as tables; nothing when one of them cannot be met. */
  *choosing(demands: readonly Demand[]): Searching<readonly SlotChoice[]> {
    const choice: Partial<Record<Demand['slot'], Uint32Array>> = {}
    for (const demand of demands) {
      const table = yield* this.#finding(demand)
      if (table === null) return []
      const other = choice[demand.slot]
      choice[demand.slot] = other === undefined ? table : table.map((word, at) => word & (other[at] ?? 0))
    }
    return [choice]
  }

  *#finding(demand: Demand): Searching<Uint32Array | null> {
    const key = `${demand.slot} ${demand.place} ${demand.text}`
    let table = this.#tables.get(key)
    if (table === undefined) this.#tables.set(key, (table = yield* this.#scanning(demand)))
    return table
  }

  *#scanning({ slot, place, text }: Demand): Searching<Uint32Array | null> {
    const { actor, subject, contexts, counts } = this.#state.dictionaries
    const column = slot === 'actor' ? actor.name : subject.name
    const table = emptyBits(slot === 'actor' ? counts.actor : counts.object)
    yield* column.marking(place, text, table)
    if (isEmpty(table)) return null
    if (slot !== 'context') return table
    return bitsWhere(0, contexts.count, (number) => hasBit(table, contexts.workspace.at(number)))
  }
}
