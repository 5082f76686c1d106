import type { Archive, StoredConnection } from '../cache/archive.ts'
import type { ConnectorDefinition } from '../connectors/define.ts'
import type { RunNames } from '../connectors/runtime/names.ts'
import { preparePages } from '../connectors/runtime/pull.ts'
import { recordOf } from '../connectors/runtime/records.ts'
import type { Clock } from '../ports.ts'

/** Events taken up at once: enough to fill several batches of names. */
const atOnce = 1_000
/** A run looks at no more of the backlog than this many times as much: names that cannot be had must not be asked for without end. */
const mostRounds = 20

export interface NameBacklog {
  readonly archive: Archive
  readonly clock: Clock
  readonly definition: ConnectorDefinition
  readonly connection: StoredConnection
  readonly runId: string
  readonly names: RunNames
  readonly signal: AbortSignal
}

/**
 * Names events of earlier runs, and of this one, that were stored without: with what is left of the run's share of look-ups, oldest in the archive first.
 * Rejects with errors that concern the run, and with the archive's.
 */
export async function nameBacklog({ archive, clock, definition, connection, runId, names, signal }: NameBacklog): Promise<void> {
  let afterSeq = 0
  for (let round = 0; round < mostRounds && names.canAsk; round++) {
    signal.throwIfAborted()
    const waiting = await archive.reader.lackingNames(connection.id, afterSeq, atOnce)
    const last = waiting.at(-1)
    if (last === undefined) return
    const records = waiting.map(({ payload }) => recordOf(payload))
    const prepared = await preparePages(definition, [{ records }], names, connection.options)
    const named = prepared.records.filter(({ event, lacksNames }) => event !== null && lacksNames !== true)
    const at = new Date(clock.now()).toISOString()
    await archive.writer.nameEvents({ runId, connection: connection.id, records: named, names: prepared.names, at })
    afterSeq = last.seq
  }
  names.throwIfOver()
}
