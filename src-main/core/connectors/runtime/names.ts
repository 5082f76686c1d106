import { TrailviewError, type ErrorCode } from '../../../contract/errors.ts'
import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { KnownName } from '../../cache/archive.ts'
import type { ConnectorDefinition, NameBook, NameFact, NameRef, RawRecord, ServiceClient } from '../define.ts'

/** How long a name is believed before the service is asked again, and how long "asked and unknown" is, ms. */
const knownLifetimeMs = 24 * 60 * 60_000
const unknownLifetimeMs = 7 * knownLifetimeMs

/** Look-ups that bring fewer facts than this a request are limited: so many in every run, and beyond them one for so many other requests. */
const thriftyFacts = 3
const freeRequests = 20
const requestsPerLookUp = 8
const mostRounds = 3
const mostRemembered = 100_000

/** Errors that end the run whatever asked; any other error of a look-up only leaves names out. */
const endingErrors: ReadonlySet<ErrorCode> = new Set([
  'CALL_CANCELLED',
  'SERVICE_UNAUTHORIZED',
  'SERVICE_RATE_LIMITED',
  'SERVICE_UNREACHABLE',
  'SERVICE_TLS',
  'CREDENTIAL_MISSING',
])

export interface RunNamesOptions {
  readonly definition: Pick<ConnectorDefinition, 'lookUps' | 'wantedNames'>
  readonly client: ServiceClient
  readonly options: ConnectionOptions
  /** What the archive knows of these. */
  readonly known: (refs: readonly NameRef[]) => Promise<readonly KnownName[]>
  readonly nowMs: number
}

/** The names known during one run: from the archive, from pages, and from look-ups: thrifty, or limited in number. */
export class RunNames implements NameBook {
  readonly #run: RunNamesOptions
  readonly #facts = new Map<string, NameFact>()
  /** Refs the archive has been asked for. */
  readonly #sought = new Set<string>()
  /** Names believed for so long that the service is asked again; until it answers they stand. */
  readonly #stale = new Set<string>()
  readonly #closedKinds = new Set<string>()
  #learnt: NameFact[] = []
  /** Requests made and facts brought, by kind. */
  readonly #spent = new Map<string, { requests: number; facts: number }>()

  constructor(run: RunNamesOptions) {
    this.#run = run
  }

  get(ref: NameRef): NameFact | undefined {
    return this.#facts.get(keyOf(ref))
  }

  /** Makes known what the mapping of these records wants, as far as archive and service can tell. Rejects only with errors that concern the run. */
  async prepare(records: readonly RawRecord[], named: readonly NameFact[]): Promise<void> {
    if (this.#facts.size > mostRemembered) this.#forget()
    for (const fact of named) this.#learn(fact)
    for (let round = 0; round < mostRounds; round++) {
      const wanted = this.#wanted(records)
      if (wanted.length === 0) return
      await this.#recall(wanted)
      await this.#lookUp(wanted.filter((ref) => !this.#isFresh(ref)))
    }
  }

  /** What was learnt since the last call, to be committed with the page. */
  takeLearnt(): readonly NameFact[] {
    const learnt = this.#learnt
    this.#learnt = []
    return learnt
  }

  /** Refs the records want and nobody was asked for yet, the most wanted first. */
  #wanted(records: readonly RawRecord[]): NameRef[] {
    const counts = new Map<string, { readonly ref: NameRef; count: number }>()
    for (const record of records) {
      for (const ref of wantedBy(this.#run.definition, record, this)) {
        const key = keyOf(ref)
        if (this.#isFresh(ref) || (this.#sought.has(key) && !this.#canLookUp(ref.kind))) continue
        const entry = counts.get(key)
        if (entry === undefined) counts.set(key, { ref, count: 1 })
        else entry.count++
      }
    }
    return [...counts.values()].sort((a, b) => b.count - a.count).map(({ ref }) => ref)
  }

  async #recall(refs: readonly NameRef[]): Promise<void> {
    const unsought = refs.filter((ref) => !this.#sought.has(keyOf(ref)))
    if (unsought.length === 0) return
    for (const { checkedAt, ...fact } of await this.#run.known(unsought)) {
      const ageMs = this.#run.nowMs - Date.parse(checkedAt)
      if (fact.name === null && ageMs > unknownLifetimeMs) continue
      this.#facts.set(keyOf(fact), fact)
      if (fact.name !== null && ageMs > knownLifetimeMs) this.#stale.add(keyOf(fact))
    }
    for (const ref of unsought) this.#sought.add(keyOf(ref))
  }

  async #lookUp(refs: readonly NameRef[]): Promise<void> {
    for (const [kind, ofKind] of Map.groupBy(refs, (ref) => ref.kind)) {
      const size = this.#run.definition.lookUps[kind]?.batchSize ?? 1
      for (let at = 0; at < ofKind.length && this.#canLookUp(kind); at += size) {
        await this.#fetch(
          kind,
          ofKind.slice(at, at + size).map((ref) => ref.id),
        )
      }
    }
  }

  async #fetch(kind: string, ids: readonly string[]): Promise<void> {
    const { client, definition, options } = this.#run
    const before = client.requestCount
    const spent = this.#spent.get(kind) ?? { requests: 0, facts: 0 }
    this.#spent.set(kind, spent)
    try {
      const facts = (await definition.lookUps[kind]?.fetch(client, ids, options)) ?? []
      spent.facts += facts.length
      for (const fact of facts) this.#learn(fact)
      // What the service no longer knows keeps the name it had.
      for (const id of ids) if (!this.#isFresh({ kind, id })) this.#learn(this.get({ kind, id }) ?? { kind, id, name: null })
    } catch (error) {
      if (error instanceof TrailviewError && endingErrors.has(error.code)) throw error
      // Nothing is remembered of ids that were not answered for: the next run asks again.
      this.#closedKinds.add(kind)
    } finally {
      spent.requests += client.requestCount - before
    }
  }

  #canLookUp(kind: string): boolean {
    if (this.#run.definition.lookUps[kind] === undefined || this.#closedKinds.has(kind)) return false
    const spent = this.#spent.get(kind)
    if (spent === undefined || spent.facts >= thriftyFacts * spent.requests) return true
    const all = [...this.#spent.values()]
    const others = this.#run.client.requestCount - sum(all.map(({ requests }) => requests))
    const wasteful = all.filter(({ requests, facts }) => facts < thriftyFacts * requests)
    return sum(wasteful.map(({ requests }) => requests)) < freeRequests + others / requestsPerLookUp
  }

  #isFresh(ref: NameRef): boolean {
    const key = keyOf(ref)
    return this.#facts.has(key) && !this.#stale.has(key)
  }

  #learn(fact: NameFact): void {
    const known = this.#facts.get(keyOf(fact))
    this.#facts.set(keyOf(fact), fact)
    const wasStale = this.#stale.delete(keyOf(fact))
    if (known === undefined || wasStale || !isSame(known, fact)) this.#learnt.push(fact)
  }

  #forget(): void {
    this.#facts.clear()
    this.#stale.clear()
    this.#sought.clear()
  }
}

/** What a record wants named; a record that confuses the connector wants nothing. */
function wantedBy(definition: Pick<ConnectorDefinition, 'wantedNames'>, record: RawRecord, names: NameBook): readonly NameRef[] {
  try {
    return definition.wantedNames(record, names)
  } catch {
    return []
  }
}

function keyOf(ref: NameRef): string {
  return `${ref.kind}\u0000${ref.id}`
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function isSame(a: NameFact, b: NameFact): boolean {
  return a.name === b.name && (a.email ?? null) === (b.email ?? null) && a.parent?.kind === b.parent?.kind && a.parent?.id === b.parent?.id
}
