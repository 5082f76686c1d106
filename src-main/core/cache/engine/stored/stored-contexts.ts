import type { Database } from '../../driver.ts'
import type { ColumnSegment } from '../../reader-port.ts'
import type { Dictionaries } from '../dictionaries/dictionaries.ts'
import { type Narrow, narrow } from '../columns/narrow-column.ts'
import { decode, encode } from './packed.ts'
import { prepared } from '../rows/prepared.ts'

/** Number of the snapshot, beside those of the newest rows, of numbers of all events and of what they are counted with. */
const snapshotNum = 3_000_003

/** What all contexts stand for, in the order of their numbers: what is stored of events names them by these. */
interface Stored {
  readonly connection: Narrow
  readonly workspace: Narrow
  readonly action: Narrow
  readonly outcome: Narrow
  /** Numbers into `kinds` plus one; 0: no object. */
  readonly kind: Narrow
  readonly kinds: readonly string[]
}

/** The snapshot of all contexts there are. */
export function contextsToSave({ contexts, kinds }: Dictionaries): ColumnSegment {
  const { count } = contexts
  const partOf = (part: { at(number: number): number }): Narrow => narrow(Uint32Array.from({ length: count }, (_, at) => part.at(at)))
  const data = encode({
    connection: partOf(contexts.connection),
    workspace: partOf(contexts.workspace),
    action: partOf(contexts.action),
    outcome: partOf(contexts.outcome),
    kind: partOf(contexts.kind),
    kinds: kinds.texts,
  } satisfies Stored)
  return { num: snapshotNum, rows: count, changeNum: 0, data }
}

/** Gives out the numbers that are stored; to be called before any other. Returns how many there are. */
export function loadContexts(db: Database, { contexts, kinds }: Dictionaries): number {
  const data = prepared<[number], Uint8Array>(db, 'SELECT data FROM column_segment WHERE num = ?', 'values').get(snapshotNum)
  const stored = data === undefined ? null : decode<Stored>(data)
  if (stored === null) return 0
  const kindOf = ['', ...stored.kinds].map((kind, at) => (at === 0 ? 0 : kinds.numberOf(kind) + 1))
  const { connection, workspace, action, outcome, kind } = stored
  contexts.reserve(connection.length)
  for (let at = 0; at < connection.length; at++) {
    contexts.numberOf(
      connection[at] as number,
      workspace[at] as number,
      action[at] as number,
      outcome[at] as number,
      kindOf[kind[at] as number] as number,
    )
  }
  return contexts.count
}
