import { TrailviewError, type ErrorCode } from '../../../contract/errors.ts'
import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { KnownName } from '../../cache/archive.ts'
import type { ConnectorDefinition, NameBook, NameFact, NameRef, RawRecord, ServiceClient } from '../define.ts'
import { LookUpShare, ShareSpent } from './look-up-share.ts'

/** How long a name is believed before the service is asked again, and how long "asked and unknown" is, ms. */
const knownLifetimeMs = 24 * 60 * 60_000
const unknownLifetimeMs = 7 * knownLifetimeMs

const mostRounds = 3
const mostRemembered = 100_000

/** Errors that end the run whatever asked, once what was fetched is stored; any other error of a look-up only leaves names out. */
const endingErrors: ReadonlySet<ErrorCode> = new Set([
  'SERVICE_UNAUTHORIZED',
  'SERVICE_RATE_LIMITED',
  'SERVICE_UNREACHABLE',
  'SERVICE_TLS',
  'CREDENTIAL_MISSING',
])

interface WantedName {
  readonly ref: NameRef
  /** How many records want it. */
  readonly count: number
}

export interface RunNamesOptions {
  readonly definition: Pick<ConnectorDefinition, 'lookUps' | 'wantedNames'>
  readonly client: ServiceClient
  readonly options: ConnectionOptions
  /** What the archive knows of these. */
  readonly known: (refs: readonly NameRef[]) => Promise<readonly KnownName[]>
  readonly nowMs: number
}

/**
 * The names known during one run: from the archive, from pages, and from look-ups, which are limited to a small share of the run's requests.
 * Records that had to go without are told by `lacks`, so that a later run names them.
 */
export class RunNames implements NameBook {
  readonly #run: RunNamesOptions
  readonly #facts = new Map<string, NameFact>()
  /** Refs the archive has been asked for. */
  readonly #sought = new Set<string>()
  /** Names believed for so long that the service is asked again; until it answers they stand. */
  readonly #stale = new Set<string>()
  readonly #closedKinds = new Set<string>()
  #learnt: NameFact[] = []
  readonly #share: LookUpShare
  #failure: TrailviewError | null = null

  constructor(run: RunNamesOptions) {
    this.#run = run
    this.#share = new LookUpShare(run.client)
  }

  get(ref: NameRef): NameFact | undefined {
    return this.#facts.get(keyOf(ref))
  }

  /** Makes known what the mapping of these records wants, as far as archive and service can tell. Rejects only when cancelled, and with the archive's errors. */
  async prepare(records: readonly RawRecord[], named: readonly NameFact[]): Promise<void> {
    if (this.#facts.size > mostRemembered) this.#forget()
    for (const fact of named) this.#learn(fact)
    for (let round = 0; round < mostRounds; round++) {
      const wanted = this.#wanted(records)
      if (wanted.length === 0) return
      await this.#recall(wanted.map(({ ref }) => ref))
      await this.#lookUp(wanted)
    }
  }

  /** Whether the service can tell something the record wants named and was not asked for it yet. */
  lacks(record: RawRecord): boolean {
    const { definition } = this.#run
    return wantedBy(definition, record, this).some((ref) => definition.lookUps[ref.kind] !== undefined && this.get(ref) === undefined)
  }

  /** Whether one more look-up may be made: it is within the run's share, and none before it failed in a way that ends the run. */
  get canAsk(): boolean {
    return this.#failure === null && this.#share.canAsk
  }

  /** Throws what a look-up failed with, where that ends the run: to be called when the records prepared with it are stored. */
  throwIfOver(): void {
    if (this.#failure !== null) throw this.#failure
  }

  /** What was learnt since the last call, to be committed with the page. */
  takeLearnt(): readonly NameFact[] {
    const learnt = this.#learnt
    this.#learnt = []
    return learnt
  }

  /** Refs the records want and nobody was asked for yet, the most wanted first. */
  #wanted(records: readonly RawRecord[]): WantedName[] {
    const wanted = new Map<string, { readonly ref: NameRef; count: number }>()
    for (const record of records) {
      for (const ref of wantedBy(this.#run.definition, record, this)) {
        const key = keyOf(ref)
        if (this.#isFresh(ref) || (this.#sought.has(key) && !this.#canLookUp(ref.kind))) continue
        const entry = wanted.get(key)
        if (entry === undefined) wanted.set(key, { ref, count: 1 })
        else entry.count++
      }
    }
    return [...wanted.values()].sort((a, b) => b.count - a.count)
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

  /** In batches, those first that name the most. */
  async #lookUp(wanted: readonly WantedName[]): Promise<void> {
    const batches: { readonly kind: string; readonly names: readonly WantedName[]; readonly count: number }[] = []
    for (const [kind, names] of Map.groupBy(wanted, ({ ref }) => ref.kind)) {
      const size = this.#run.definition.lookUps[kind]?.batchSize ?? 1
      const missing = names.filter(({ ref }) => !this.#isFresh(ref))
      for (let at = 0; at < missing.length; at += size) {
        const batch = missing.slice(at, at + size)
        batches.push({ kind, names: batch, count: batch.reduce((total, { count }) => total + count, 0) })
      }
    }
    for (const { kind, names } of batches.sort((a, b) => b.count - a.count)) {
      // What came along with another batch needs no asking.
      const refs = names.flatMap(({ ref }) => (this.#isFresh(ref) ? [] : [ref]))
      if (refs.length > 0 && this.#canLookUp(kind)) await this.#fetch(kind, refs)
    }
  }

  async #fetch(kind: string, refs: readonly NameRef[]): Promise<void> {
    const { definition, options } = this.#run
    try {
      for await (const facts of definition.lookUps[kind]?.fetch(this.#share, refs, options) ?? [])
        for (const fact of facts) this.#hear(fact)
      for (const ref of refs) if (!this.#isFresh(ref)) this.#hear({ kind, id: ref.id, name: null })
    } catch (error) {
      // Nothing is remembered of ids that were not answered for: a later run asks again.
      if (error instanceof ShareSpent) return
      if (error instanceof TrailviewError) {
        if (error.code === 'CALL_CANCELLED') throw error
        if (endingErrors.has(error.code)) this.#failure = error
      }
      this.#closedKinds.add(kind)
    }
  }

  /** What a look-up told. What the service no longer knows keeps the name it had. */
  #hear(fact: NameFact): void {
    const known = this.get(fact)
    this.#learn(fact.name === null && known !== undefined && known.name !== null ? known : fact)
  }

  #canLookUp(kind: string): boolean {
    return this.#run.definition.lookUps[kind] !== undefined && !this.#closedKinds.has(kind) && this.canAsk
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

function isSame(a: NameFact, b: NameFact): boolean {
  return a.name === b.name && (a.email ?? null) === (b.email ?? null) && a.parent?.kind === b.parent?.kind && a.parent?.id === b.parent?.id
}
