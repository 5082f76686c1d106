import { z } from 'zod'
import type { Account, ConnectorMemory, Json } from '../connectors/define.ts'

/** The facts that say at which address, and with whose credential, the others were learnt. */
export const addressFact = '$address'
export const accountFact = '$account'
/** The fact that says how far the service's clock was behind this one, ms. */
const behindFact = '$behindMs'

/**
 * A connector's memory during a run: read from the archive, written back with every page. What was learnt at another address or with another
 * account is forgotten.
 */
export class RunMemory implements ConnectorMemory {
  readonly #facts: Map<string, Json>

  constructor(facts: Readonly<Record<string, Json>>, address: string, account: Account | null) {
    const before = accountIn(facts[accountFact])
    const isOfAnother = (facts[addressFact] ?? address) !== address || (before !== null && account !== null && before.id !== account.id)
    const whose = account === null ? {} : { [accountFact]: { id: account.id, name: account.name } }
    this.#facts = new Map(Object.entries({ ...(isOfAnother ? {} : facts), [addressFact]: address, ...whose }))
  }

  get(key: string): Json | undefined {
    return this.#facts.get(key)
  }

  set(key: string, value: Json): void {
    this.#facts.set(key, value)
  }

  /** How far the service's clock was behind this one when it was last heard, ms; 0: it was not, or that is not known. */
  get behindMs(): number {
    const kept = this.#facts.get(behindFact)
    return typeof kept === 'number' ? kept : 0
  }

  set behindMs(ms: number) {
    this.#facts.set(behindFact, ms)
  }

  toRecord(): Record<string, Json> {
    return Object.fromEntries(this.#facts)
  }
}

const accountSchema = z.object({ id: z.string(), name: z.string() })

/** An account as it was kept; null where none was. */
export function accountIn(kept: unknown): Account | null {
  return accountSchema.safeParse(kept).data ?? null
}
