import type { KindCount, TimelineEntry, TimelineKind, TimelinePage } from '../../../contract/model/query.ts'
import { fold } from '../../lib/fold.ts'
import { writeTerm } from '../../query/quote.ts'
import type { Database } from '../driver.ts'
import type { ArchiveState } from './archive-state.ts'
import { byWorkspace } from './complete-value.ts'
import { emptyBits, forEachBit, hasBit, setBit } from './bitmap.ts'
import { topKeys } from './counter.ts'
import { countAll } from './counts.ts'
import type { Entries } from './entries.ts'
import { activityOf, type ThingColumn } from './latest-names.ts'
import { prepared } from './prepared.ts'
import { release } from '../../lib/release.ts'
import { searched, together } from './text-scan.ts'

interface StoredThing {
  readonly kind: string
  readonly id: string | null
  readonly name: string | null
  readonly email: string | null
  readonly connection: number
}

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

  constructor(kind: TimelineKind, state: ArchiveState) {
    this.kind = kind
    this.version = state.version
    this.#state = state
    const { actor, subject, counts } = state.dictionaries
    this.#entries = kind === 'users' ? actor : subject
    this.#counts =
      kind === 'workspaces'
        ? byWorkspace(countAll(state.columns, 'context', counts.context), state.dictionaries)
        : kind === 'users'
          ? countAll(state.columns, 'actor', counts.actor)
          : countAll(state.columns, 'object', counts.object)
    this.#thingOf = thingsOf(this.#entries, this.#counts, kind === 'files')
    this.#sums = new Uint32Array(this.#entries.count)
    const things: number[] = []
    this.#thingOf.forEach((thing, number) => {
      if (thing === number && thing !== 0) things.push(thing)
      this.#sums[thing] = (this.#sums[thing] as number) + (this.#counts[number] as number)
    })
    this.#things = Uint32Array.from(things)
  }

  /** Things of a kind (null: of any) whose name, id or e-mail holds the text, `first` to `first + count - 1`, and how many there are in all. */
  list(db: Database, text: string, ofKind: string | null, first: number, count: number): TimelinePage {
    const named = text.trim() === '' ? this.#things : this.#containing(fold(text.trim()))
    const kindNum = ofKind === null ? null : this.#state.dictionaries.kinds.texts.indexOf(ofKind)
    const found = kindNum === null ? named : named.filter((thing) => this.#entries.kind.at(thing) === kindNum)
    const shown = topKeys(found, this.#sums, first + count).slice(first)
    return { entries: this.#entriesOf(db, shown), total: found.length, kinds: this.#kindsOf(named) }
  }

  #kindsOf(things: Uint32Array): readonly KindCount[] {
    const counts = new Map<number, number>()
    for (const thing of things) {
      const kind = this.#entries.kind.at(thing)
      counts.set(kind, (counts.get(kind) ?? 0) + 1)
    }
    return [...counts]
      .map(([kind, entries]) => ({ kind: this.#state.dictionaries.kinds.texts[kind] ?? '', entries }))
      .sort((a, b) => b.entries - a.entries || (a.kind < b.kind ? -1 : 1))
  }

  #containing(folded: string): Uint32Array {
    const found = emptyBits(this.#entries.count)
    searched(together(this.#entries.texts.map((column) => column.marking('anywhere', folded, found))))
    const isFound = emptyBits(this.#entries.count)
    forEachBit(found, 0, found.length, (number) => {
      setBit(isFound, this.#thingOf[number] as number)
    })
    return this.#things.filter((thing) => hasBit(isFound, thing))
  }

  #entriesOf(db: Database, things: readonly number[]): readonly TimelineEntry[] {
    const members = this.#membersOf(things)
    const activity = activityOf(this.#state, columnOf[this.kind], new Set([...members.values()].flat()))
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
  #membersOf(things: readonly number[]): ReadonlyMap<number, readonly number[]> {
    const { texts, connection, kind, count } = this.#entries
    const byText = new Map<string, number>()
    const keyOf = (number: number, text: string): string =>
      `${connection.at(number)} ${this.kind === 'files' ? kind.at(number) : ''} ${text}`
    const hashes = new Set<number>()
    for (const thing of things) {
      const called = texts.find((column) => column.isPresent(thing))
      byText.set(keyOf(thing, called?.text(thing) ?? ''), thing)
      hashes.add(called?.hash(thing) ?? 0)
    }
    const members = new Map<number, number[]>(things.map((thing) => [thing, []]))
    for (let number = 1; number < count; number++) {
      if (this.#counts[number] === 0) continue
      const found = new Set<number>()
      for (const column of texts) {
        if (!hashes.has(column.hash(number))) continue
        const thing = byText.get(keyOf(number, column.text(number) ?? ''))
        if (thing !== undefined && column.isPresent(number)) found.add(thing)
      }
      for (const thing of found) members.get(thing)?.push(number)
    }
    return members
  }
}

/** The first number with the same text, connection and, where it matters, kind, for each number that has events. */
function thingsOf(entries: Entries, counts: Uint32Array, isByKind: boolean): Uint32Array {
  const { connection, kind, groups, count } = entries
  const thingOf = new Uint32Array(count)
  const slots = new Uint32Array(2 ** Math.ceil(Math.log2(count * 2 + 16)))
  const mask = slots.length - 1
  for (let number = 1; number < count; number++) {
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
