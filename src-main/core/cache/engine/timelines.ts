import type { TimelineEntry, TimelineKind } from '../../../contract/model/query.ts'
import { fold } from '../../lib/fold.ts'
import { writeTerm } from '../../query/quote.ts'
import type { Database } from '../driver.ts'
import type { ArchiveState } from './archive-state.ts'
import type { ColumnCounts } from './counts.ts'
import { prepared } from './prepared.ts'
import type { TextColumn } from './text-column.ts'
import type { Activity } from './totals.ts'

/** One thing with a timeline: all dictionary numbers its query finds. */
interface Thing {
  /** The number of it that was active last: it knows the latest name. */
  readonly latest: number
  readonly numbers: readonly number[]
  readonly count: number
}

interface StoredThing {
  readonly kind: string
  readonly id: string | null
  readonly name: string | null
  readonly email: string | null
  readonly connection: number
}

/**
 * All workspaces, files or users with their counts, most active first. A thing is what its connection calls by one id (or, without an id,
 * one name); files of different kinds are different things. Its numbers are exactly those its query finds, so that counts agree.
 */
export class TimelineIndex {
  readonly kind: TimelineKind
  readonly version: number
  readonly #state: ArchiveState
  readonly #things: readonly Thing[]
  readonly #activity: Activity

  constructor(kind: TimelineKind, state: ArchiveState) {
    this.kind = kind
    this.version = state.version
    this.#state = state
    const { totals } = state
    const counts = countsByNumber(kind, state, totals.counts)
    this.#activity = kind === 'users' ? totals.actors : kind === 'files' ? totals.objects : totals.workspaces
    this.#things = thingsOf(kind, state, counts, this.#activity)
  }

  /** Things whose name, id or e-mail holds the text, `first` to `first + count - 1`, and how many there are in all. */
  list(db: Database, text: string, first: number, count: number): { readonly entries: readonly TimelineEntry[]; readonly total: number } {
    const found = text.trim() === '' ? this.#things : this.#containing(fold(text.trim()))
    return { entries: found.slice(first, first + count).map((thing) => this.#entryOf(db, thing)), total: found.length }
  }

  #containing(folded: string): readonly Thing[] {
    const columns = columnsOf(this.kind, this.#state)
    const mask = new Uint8Array(columns[0]?.count ?? 0)
    for (const column of columns) column.markContaining(folded, mask)
    return this.#things.filter((thing) => thing.numbers.some((number) => mask[number] === 1))
  }

  #entryOf(db: Database, thing: Thing): TimelineEntry {
    const stored = prepared<[number], StoredThing>(
      db,
      this.kind === 'users'
        ? 'SELECT kind, id, name, email, connection FROM actor WHERE num = ?'
        : 'SELECT kind, id, name, NULL AS email, connection FROM subject WHERE num = ?',
    ).get(thing.latest)
    const connection = this.#state.dictionaries.connections.get(stored?.connection ?? 0)
    const called = stored?.id ?? stored?.name ?? stored?.email ?? ''
    const terms = [
      writeTerm(this.kind === 'users' ? 'actor' : this.kind === 'files' ? 'object' : 'workspace', called),
      ...(this.kind === 'files' ? [writeTerm('kind', stored?.kind ?? '')] : []),
      writeTerm('connection', connection?.id ?? ''),
    ]
    let firstMs = Infinity
    let lastMs = -Infinity
    for (const number of thing.numbers) {
      firstMs = Math.min(firstMs, this.#activity.firstMs[number] ?? Infinity)
      lastMs = Math.max(lastMs, this.#activity.lastMs[number] ?? -Infinity)
    }
    return {
      kind: stored?.kind ?? '',
      id: stored?.id ?? null,
      name: stored?.name ?? stored?.email ?? stored?.id ?? '',
      connection: connection?.id ?? '',
      service: connection?.service ?? '',
      count: thing.count,
      firstAt: firstMs === Infinity ? null : new Date(firstMs).toISOString(),
      lastAt: lastMs === -Infinity ? null : new Date(lastMs).toISOString(),
      query: terms.join(' '),
    }
  }
}

/** What a thing may be called in its query, the way it is called first. */
function columnsOf(kind: TimelineKind, { dictionaries: { actor, subject } }: ArchiveState): readonly TextColumn[] {
  return kind === 'users' ? [actor.id, actor.name, actor.email] : [subject.id, subject.name]
}

function countsByNumber(kind: TimelineKind, { dictionaries }: ArchiveState, counts: ColumnCounts): Uint32Array {
  if (kind === 'users') return counts.actor
  if (kind === 'files') return counts.object
  const byWorkspace = new Uint32Array(dictionaries.counts.object)
  counts.context.forEach((count, context) => {
    const workspace = dictionaries.contexts.workspace.at(context)
    byWorkspace[workspace] = (byWorkspace[workspace] ?? 0) + count
  })
  return byWorkspace
}

function thingsOf(kind: TimelineKind, state: ArchiveState, counts: Uint32Array, { lastMs }: Activity): readonly Thing[] {
  const columns = columnsOf(kind, state)
  const { actor, subject } = state.dictionaries
  const connection = kind === 'users' ? actor.connection : subject.connection
  // Every text by which a number is found; a thing's query finds all numbers that carry its text anywhere.
  const byText = new Map<string, number[]>()
  const calledBy = new Map<string, number>()
  for (let number = 1; number < counts.length; number++) {
    if (counts[number] === 0) continue
    const scope = `${connection.at(number)} ${kind === 'files' ? subject.kind.at(number) : ''} `
    const texts = new Set(columns.map((column) => column.text(number)).filter((text) => text !== null))
    let isFirst = true
    for (const text of texts) {
      const key = scope + text
      const numbers = byText.get(key)
      if (numbers === undefined) byText.set(key, [number])
      else numbers.push(number)
      const latest = calledBy.get(key)
      if (isFirst && (latest === undefined || (lastMs[number] ?? -Infinity) >= (lastMs[latest] ?? -Infinity))) calledBy.set(key, number)
      isFirst = false
    }
  }
  return [...calledBy]
    .map(([key, latest]) => {
      const numbers = byText.get(key) ?? []
      return { latest, numbers, count: numbers.reduce((total, number) => total + (counts[number] ?? 0), 0) }
    })
    .toSorted((a, b) => b.count - a.count || a.latest - b.latest)
}
