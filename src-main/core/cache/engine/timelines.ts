import type { KindCount, TimelineEntry, TimelineKind, TimelinePage } from '../../../contract/model/query.ts'
import { fold } from '../../lib/fold.ts'
import { writeTerm } from '../../query/quote.ts'
import type { ArchiveState } from './archive-state.ts'
import { byWorkspace, type ValueSource } from './complete-value.ts'
import { emptyBits, forEachBit, hasBit, setBit } from './columns/bitmap.ts'
import { topKeys } from './counting/counter.ts'
import { countingAll } from './counting/counts.ts'
import type { Entries } from './dictionaries/entries.ts'
import { findingActivity, type ThingColumn } from './dictionaries/latest-names.ts'
import { prepared } from './rows/prepared.ts'
import { release } from '../../lib/release.ts'
import { inSteps } from './turns/steps.ts'
import type { TextColumn } from './texts/text-column.ts'
import { together } from './texts/text-scan.ts'

interface StoredThing {
  readonly kind: string
  readonly id: string | null
  readonly name: string | null
  readonly email: string | null
  readonly connection: number
}

/** What a list needs of the engine: texts are gone through, and all else is found out, in turns. */
type TimelineSource = Pick<ValueSource, 'db' | 'search' | 'breathe'>

/** Where a dictionary has so many times more entries, few as workspaces are, those that have events are read instead of going through all. */
const fewThings = 16
/** Dictionary numbers gone through between two breaths. */
const stepNumbers = 100_000

const columnOf: Readonly<Record<TimelineKind, ThingColumn>> = { workspaces: 'workspace', files: 'object', users: 'actor' }

/**
 * All workspaces, files or users with their counts, most active first. A thing is what its connection calls by one id (or, without an id,
 * one name); files of different kinds are different things. It is known by the first of its dictionary numbers.
 */
export class TimelineIndex {
  readonly kind: TimelineKind
  readonly version: number
  readonly #state: ArchiveState
  readonly #entries: Entries
  /** Events by dictionary number. */
  readonly #counts: Uint32Array
  /** The thing of each dictionary number that has events. */
  readonly #thingOf: Uint32Array
  readonly #things: Uint32Array
  /** Events by thing. */
  readonly #sums: Uint32Array

  private constructor(kind: TimelineKind, state: ArchiveState, version: number, counts: Uint32Array, thingOf: Uint32Array) {
    this.kind = kind
    this.version = version
    this.#state = state
    this.#entries = entriesOf(kind, state)
    this.#counts = counts
    this.#thingOf = thingOf
    this.#sums = new Uint32Array(thingOf.length)
    let thingCount = 0
    for (let number = 1; number < thingOf.length; number++) {
      const thing = thingOf[number] as number
      if (thing === number) thingCount++
      this.#sums[thing] = (this.#sums[thing] as number) + (counts[number] as number)
    }
    this.#things = new Uint32Array(thingCount)
    for (let number = 1, at = 0; number < thingOf.length; number++) if (thingOf[number] === number) this.#things[at++] = number
  }

  /** Gathers things in steps of a few milliseconds: of no use when rows changed meanwhile. What was added meanwhile is not in it. */
  static *make(kind: TimelineKind, state: ArchiveState): Generator<void, TimelineIndex> {
    const { version, columns, dictionaries } = state
    const column = ({ workspaces: 'context', users: 'actor', files: 'object' } as const)[kind]
    const perNumber = yield* countingAll(columns, column, dictionaries.counts[column])
    const counts = kind === 'workspaces' ? byWorkspace(perNumber, dictionaries) : perNumber
    const thingOf = yield* findingThings(entriesOf(kind, state), counts, kind === 'files')
    return new TimelineIndex(kind, state, version, counts, thingOf)
  }

  /** Things of a kind (null: of any) whose name, id or e-mail holds the text, `first` to `first + count - 1`, and how many there are in all. */
  async list(source: TimelineSource, text: string, ofKind: string | null, first: number, count: number): Promise<TimelinePage> {
    const named = text.trim() === '' ? this.#things : await this.#containing(source, fold(text.trim()))
    const kindNum = ofKind === null ? null : this.#state.dictionaries.kinds.texts.indexOf(ofKind)
    const found = kindNum === null ? named : named.filter((thing) => this.#entries.kind.at(thing) === kindNum)
    const shown = topKeys(found, this.#sums, first + count).slice(first)
    return { entries: await this.#entriesOf(source, shown), total: found.length, kinds: this.#kindsOf(named) }
  }

  #kindsOf(things: Uint32Array): readonly KindCount[] {
    const { texts } = this.#state.dictionaries.kinds
    const counts = new Uint32Array(texts.length)
    for (let at = 0; at < things.length; at++) {
      const kind = this.#entries.kind.at(things[at] as number)
      counts[kind] = (counts[kind] as number) + 1
    }
    return texts
      .map((kind, at) => ({ kind, entries: counts[at] ?? 0 }))
      .filter(({ entries }) => entries > 0)
      .sort((a, b) => b.entries - a.entries || (a.kind < b.kind ? -1 : 1))
  }

  async #containing({ search }: TimelineSource, folded: string): Promise<Uint32Array> {
    const found = emptyBits(this.#entries.count)
    await search(together(this.#entries.texts.map((column) => column.marking('anywhere', folded, found))))
    const isFound = emptyBits(this.#thingOf.length)
    forEachBit(found, 0, found.length, (number) => {
      setBit(isFound, this.#thingOf[number] ?? 0)
    })
    return this.#things.filter((thing) => hasBit(isFound, thing))
  }

  async #entriesOf({ db, breathe }: TimelineSource, things: readonly number[]): Promise<readonly TimelineEntry[]> {
    const members = await inSteps(this.#findingMembers(things), breathe)
    const activity = await inSteps(findingActivity(this.#state, columnOf[this.kind], new Set([...members.values()].flat())), breathe)
    const lastMs = (number: number): number => activity.get(number)?.lastMs ?? -Infinity
    const sql =
      this.kind === 'users'
        ? 'SELECT kind, id, name, email, connection FROM actor WHERE num = ?'
        : 'SELECT kind, id, name, NULL AS email, connection FROM subject WHERE num = ?'
    return things.map((thing) => {
      const numbers = members.get(thing) ?? []
      const own = numbers.filter((number) => this.#thingOf[number] === thing)
      const withId = own.filter((number) => this.#entries.texts[0]?.isPresent(number))
      const latest = (withId.length > 0 ? withId : own).reduce((best, number) => (lastMs(number) >= lastMs(best) ? number : best))
      const stored = prepared<[number], StoredThing>(db, sql).get(latest)
      const connection = this.#state.dictionaries.connections.get(stored?.connection ?? 0)
      const times = numbers.flatMap((number) => activity.get(number) ?? [])
      return {
        kind: stored?.kind ?? '',
        id: stored?.id ?? null,
        name: stored?.name ?? stored?.email ?? stored?.id ?? '',
        connection: connection?.id ?? '',
        service: connection?.service ?? '',
        count: numbers.reduce((total, number) => total + (this.#counts[number] as number), 0),
        firstAt: times.length === 0 ? null : new Date(Math.min(...times.map(({ firstMs }) => firstMs))).toISOString(),
        lastAt: times.length === 0 ? null : new Date(Math.max(...times.map((time) => time.lastMs))).toISOString(),
        query: this.#queryOf(stored, connection?.id ?? ''),
      }
    })
  }

  #queryOf(stored: StoredThing | undefined, connection: string): string {
    const field = this.kind === 'users' ? 'actor' : this.kind === 'files' ? 'object' : 'workspace'
    const terms = [writeTerm(field, stored?.id ?? stored?.name ?? stored?.email ?? '')]
    if (this.kind === 'files') terms.push(writeTerm('kind', stored?.kind ?? ''))
    return [...terms, writeTerm('connection', connection)].join(' ')
  }

  /**
   * All dictionary numbers that a thing's query finds: its own, and those of another thing that carry its text in another place (a file
   * whose name is another's id). So the counts are those the query gives.
   */
  *#findingMembers(things: readonly number[]): Generator<void, ReadonlyMap<number, readonly number[]>> {
    const { texts, connection, kind } = this.#entries
    const byText = new Map<string, number>()
    const keyOf = (number: number, text: string): string =>
      `${connection.at(number)} ${this.kind === 'files' ? kind.at(number) : ''} ${text}`
    const called = new Set<string>()
    for (const thing of things) {
      const text = texts.find((column) => column.isPresent(thing))?.text(thing) ?? ''
      byText.set(keyOf(thing, text), thing)
      called.add(text)
    }
    const members = new Map<number, Set<number>>(things.map((thing) => [thing, new Set()]))
    const see = (number: number, text: string): void => {
      const thing = (this.#counts[number] ?? 0) === 0 ? undefined : byText.get(keyOf(number, text))
      if (thing !== undefined) members.get(thing)?.add(number)
    }
    const isRead = this.#things.length * fewThings < this.#counts.length
    for (const column of texts) yield* isRead ? this.#reading(column, see) : column.matching([...called], see)
    return new Map([...members].map(([thing, numbers]) => [thing, [...numbers].sort((a, b) => a - b)]))
  }

  /** Reads the texts of the numbers that have events. */
  *#reading(column: TextColumn, see: (number: number, text: string) => void): Generator<void, void> {
    for (let number = 1; number < this.#counts.length; number++) {
      if (number % stepNumbers === 0) yield
      if (this.#counts[number] !== 0) see(number, column.text(number) ?? '')
    }
  }
}

const entriesOf = (kind: TimelineKind, { dictionaries: { actor, subject } }: ArchiveState): Entries => (kind === 'users' ? actor : subject)

/** The first number with the same text, connection and, where it matters, kind, for each number that has events. */
function* findingThings({ connection, kind, groups }: Entries, counts: Uint32Array, isByKind: boolean): Generator<void, Uint32Array> {
  const count = counts.length
  const thingOf = new Uint32Array(count)
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(count * 2 + 16)))
  const mask = slots.length - 1
  for (let number = 1; number < count; number++) {
    if (number % stepNumbers === 0) yield
    const group = groups.of(number)
    if (group === 0 || counts[number] === 0) continue
    const ofConnection = connection.at(number)
    const ofKind = isByKind ? kind.at(number) : 0
    let slot = (Math.imul(group, 0x9e3779b1) ^ Math.imul(ofConnection, 0x85ebca6b) ^ Math.imul(ofKind, 0xc2b2ae35)) & mask
    for (; ; slot = (slot + 1) & mask) {
      const other = slots[slot] as number
      if (other === 0) {
        slots[slot] = number
        thingOf[number] = number
        break
      }
      if (groups.of(other) === group && connection.at(other) === ofConnection && (!isByKind || kind.at(other) === ofKind)) {
        thingOf[number] = other
        break
      }
    }
  }
  release(slots)
  return thingOf
}
