import { hash } from 'node:crypto'
import type { ArchiveReader, StoredConnection } from '../cache/archive.ts'
import type { ConnectorDefinition } from '../connectors/define.ts'

/** The fact that holds the first address of a connection whose address was changed. */
export const firstAddressFact = (connection: string): string => `first address of ${connection}`

/**
 * Fingerprint of what coverage counts under: the options that narrow what is collected, and the address where it is not the connection's first.
 * What another address has given completely says nothing of this one.
 */
export async function scopeOf(
  reader: Pick<ArchiveReader, 'fact'>,
  definition: Pick<ConnectorDefinition, 'narrowingOptions'>,
  { id, options, baseUrl }: Pick<StoredConnection, 'id' | 'options' | 'baseUrl'>,
): Promise<string> {
  const narrowing = definition.narrowingOptions.toSorted().flatMap((key) => {
    const value = options[key]?.trim() ?? ''
    return value === '' ? [] : [[key, value]]
  })
  const first = (await reader.fact(firstAddressFact(id))) ?? baseUrl
  return hash('sha256', JSON.stringify(first === baseUrl ? narrowing : [...narrowing, ['', baseUrl]])).slice(0, 16)
}
