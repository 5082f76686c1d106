import { hash } from 'node:crypto'
import type { ArchiveReader, StoredConnection } from '../cache/archive.ts'
import type { Account, ConnectorDefinition } from '../connectors/define.ts'
import { firstAccountFact } from './account.ts'
import { accountIn } from './run-memory.ts'

/** The fact that holds the first address of a connection whose address was changed. */
export const firstAddressFact = (connection: string): string => `first address of ${connection}`

/**
 * Fingerprint of what coverage counts under: the options that narrow what is collected, the address where it is not the connection's first, and the
 * account where it is not the first there. What another address or account has given completely says nothing of this one.
 */
export async function scopeOf(
  reader: Pick<ArchiveReader, 'fact'>,
  definition: Pick<ConnectorDefinition, 'narrowingOptions'>,
  { id, options, baseUrl }: Pick<StoredConnection, 'id' | 'options' | 'baseUrl'>,
  account: Account | null,
): Promise<string> {
  const narrowing = definition.narrowingOptions.toSorted().flatMap((key) => {
    const value = options[key]?.trim() ?? ''
    return value === '' ? [] : [[key, value]]
  })
  const first = (await reader.fact(firstAddressFact(id))) ?? baseUrl
  const firstAccount = accountIn(await reader.fact(firstAccountFact(id, baseUrl))) ?? account
  const parts = [
    ...narrowing,
    ...(first === baseUrl ? [] : [['', baseUrl]]),
    ...(account === null || account.id === firstAccount?.id ? [] : [['', 'account', account.id]]),
  ]
  return hash('sha256', JSON.stringify(parts)).slice(0, 16)
}
