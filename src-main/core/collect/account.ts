import { TrailviewError } from '../../contract/errors.ts'
import type { ArchiveReader, ArchiveWriter, StoredConnection } from '../cache/archive.ts'
import type { Account, ConnectorDefinition } from '../connectors/define.ts'
import { asTrailviewError } from './run-error.ts'
import { accountFact, accountIn, addressFact } from './run-memory.ts'

/** The fact that holds the first account of a connection at an address, once there was another account or address. */
export const firstAccountFact = (connection: string, address: string): string => `first account of ${connection} at ${address}`

/** With whose credential a connection collects. */
export interface RunAccount {
  /** Null: the service never told. */
  readonly account: Account | null
  /** Why nothing may be asked with the credential; null: nothing stands in the way. */
  readonly refusal: TrailviewError | null
}

export interface AccountQuestion {
  readonly reader: Pick<ArchiveReader, 'fact' | 'streamState'>
  readonly definition: Pick<ConnectorDefinition, 'streams'>
  readonly connection: StoredConnection
  /** Asks the service whose credential it is. */
  readonly tell: () => Promise<Account | null>
}

/**
 * Whose credential it is now, compared with the one before: what one account was shown completely says nothing of what another one may see.
 * Where the service does not tell, it is taken for the one before. `mayChange`: another account is taken on, and collected from the beginning.
 */
export async function settleAccount(
  question: AccountQuestion & { readonly writer: Pick<ArchiveWriter, 'saveFact'>; readonly mayChange: boolean },
): Promise<RunAccount> {
  const { reader, writer, connection, mayChange } = question
  const keepFirst = async (address: string, { id, name }: Account): Promise<void> => {
    const fact = firstAccountFact(connection.id, address)
    if ((await reader.fact(fact)) === undefined) await writer.saveFact(fact, { id, name })
  }
  const last = await lastAccount(question)
  if (last !== null && last.address !== connection.baseUrl) await keepFirst(last.address, last.account)
  const { known, told, refusal } = await compareAccounts(question)
  if (refusal === null) return { account: told ?? known, refusal }
  if (!mayChange || refusal.code !== 'ACCOUNT_CHANGED' || known === null) return { account: known, refusal }
  await keepFirst(connection.baseUrl, known)
  return { account: told, refusal: null }
}

/** The account that was last collected with at the connection's address, and the one told now; the refusal as in `RunAccount`. */
export async function compareAccounts(
  question: AccountQuestion,
): Promise<{ readonly known: Account | null; readonly told: Account | null; readonly refusal: TrailviewError | null }> {
  const { reader, connection, tell } = question
  const last = await lastAccount(question)
  const isHere = last?.address === connection.baseUrl
  const known = isHere ? last.account : accountIn(await reader.fact(firstAccountFact(connection.id, connection.baseUrl)))
  try {
    const told = await tell()
    const isAnother = known !== null && told !== null && known.id !== told.id
    return { known, told, refusal: isAnother ? changedAccount(connection, known, told) : null }
  } catch (thrown) {
    // A service that told once has to answer; of the others it is not expected.
    return { known, told: null, refusal: known === null ? null : asTrailviewError(thrown) }
  }
}

function changedAccount({ name }: StoredConnection, known: Account, told: Account): TrailviewError {
  return new TrailviewError(
    'ACCOUNT_CHANGED',
    `The credential of ${name} belongs to "${told.name}", but its events were collected as "${known.name}", who may see others. Nothing is collected with it. Enter the earlier credential again, add a connection of its own for the other account, or collect everything again (sync --full) to go on with that account here.`,
  )
}

/** What the streams' memories say of the last account and its address. */
async function lastAccount({
  reader,
  definition,
  connection,
}: Pick<AccountQuestion, 'reader' | 'definition' | 'connection'>): Promise<{ readonly address: string; readonly account: Account } | null> {
  for (const stream of definition.streams) {
    // Whatever was collected last: a memory is given back in every scope.
    const { memory } = await reader.streamState(connection.id, stream.id, '')
    const [account, address] = [accountIn(memory[accountFact]), memory[addressFact]]
    if (account !== null && typeof address === 'string') return { account, address }
  }
  return null
}
