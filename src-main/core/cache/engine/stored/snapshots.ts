import type { Database } from '../../driver.ts'
import type { ColumnSegment } from '../../reader-port.ts'
import type { ArchiveState } from '../archive-state.ts'
import { type PackedEntries, partEntries } from '../dictionaries/entries.ts'
import { release } from '../../../lib/release.ts'
import { decode, encode } from './packed.ts'
import { newestToSave } from './newest-rows.ts'
import { basisToSave } from './stored-basis.ts'
import { packSegment, segmentRows } from './segments.ts'
import { contextsToSave } from './stored-contexts.ts'

/** Parts handed over at a time. */
const batchParts = 8
/** Changes since a segment was stored, all of which are read again at each start, after which it is stored anew. */
const staleChanges = 20_000
/** Entries added since a dictionary's last part was stored, all of which are read from the tables at each start, after which it is stored anew. */
const staleEntries = 2_048
/** Parts of dictionaries stand beside the segments under numbers that no segment reaches. */
const firstPart = { subject: 1_000_000, actor: 2_000_000 } as const

interface StoredPart {
  /** The archive's epoch: numbers may stand for other things after a removal. */
  readonly epoch: number
  readonly entries: PackedEntries
}

/** Some parts that are not stored yet, or stored too long ago. They count as stored from then on. */
export function partsToSave(state: ArchiveState, db: Database): readonly ColumnSegment[] {
  const entries = entriesToSave(state)
  const segments = segmentsToSave(state, batchParts - entries.length)
  const room = batchParts - entries.length - segments.length
  const newest = newestToSave(state)
  // Counts are of segments, which come first.
  const basis = room > 0 ? basisToSave(state, db) : null
  const order = state.storedOrder.partsToSave(state, room)
  const contexts = segments.length > 0 || basis !== null ? newContexts(state) : []
  return [...contexts, ...entries, ...segments, ...order, ...[newest, basis].filter((part) => part !== null)]
}

function entriesToSave({ dictionaries, entriesStored, moment }: ArchiveState): readonly ColumnSegment[] {
  const parts: ColumnSegment[] = []
  for (const name of ['subject', 'actor'] as const) {
    const entries = dictionaries[name]
    while (parts.length < batchParts && entries.count - entriesStored[name] >= staleEntries) {
      const part = Math.floor(entriesStored[name] / partEntries)
      const [from, end] = [part * partEntries, (part + 1) * partEntries]
      // Its texts are in full chunks once there are entries behind it.
      if (end === entries.count) break
      entriesStored[name] = Math.min(end, entries.count)
      const data = encode({ epoch: moment.epoch, entries: entries.pack(part) } satisfies StoredPart)
      parts.push({ num: firstPart[name] + part, rows: entriesStored[name] - from, changeNum: moment.lastChange, data })
    }
  }
  return parts
}

function segmentsToSave({ columns, dictionaries, stored, moment }: ArchiveState, most: number): readonly ColumnSegment[] {
  const parts: ColumnSegment[] = []
  for (let num = 0; (num + 1) * segmentRows <= columns.count && parts.length < most; num++) {
    const changeNum = stored.get(num)
    if (changeNum !== undefined && moment.lastChange - changeNum < staleChanges) continue
    stored.set(num, moment.lastChange)
    parts.push({ num, rows: segmentRows, changeNum: moment.lastChange, data: packSegment(columns, dictionaries, num) })
  }
  return parts
}

/** Contexts that are not stored yet, as segments and counts name them by their numbers. They count as stored from then on. */
function newContexts(state: ArchiveState): readonly ColumnSegment[] {
  const { count } = state.dictionaries.contexts
  if (count === state.contextsStored) return []
  state.contextsStored = count
  return [contextsToSave(state.dictionaries)]
}

/** Fills empty dictionaries with their stored parts, a part a step; what follows is read from the tables. Notes how many they hold. */
export function* loadEntries(db: Database, { dictionaries, entriesStored }: ArchiveState, epoch: number): Generator<void, void> {
  const read = db.prepare<[number], Uint8Array>('SELECT data FROM column_segment WHERE num = ?').pluck()
  for (const name of ['subject', 'actor'] as const) {
    const entries = dictionaries[name]
    const last = db.prepare<[], number>(`SELECT coalesce(max(num), 0) FROM ${name}`).pluck().get() ?? 0
    entries.reserve(last + 1)
    for (let part = 0; part === 0 || entries.count === part * partEntries; part++) {
      const data = read.get(firstPart[name] + part)
      const stored = data === undefined ? null : decode<StoredPart>(data)
      if (data === undefined || stored?.epoch !== epoch) break
      entries.append(stored.entries)
      release(data)
      entriesStored[name] = entries.count
      yield
    }
  }
}
