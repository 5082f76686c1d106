import type { Database } from '../driver.ts'
import type { ColumnSegment } from '../reader-port.ts'
import type { ArchiveState } from './archive-state.ts'
import type { EventColumns } from './columns.ts'
import type { Dictionaries } from './dictionaries.ts'
import { type PackedEntries, partEntries } from './entries.ts'
import { release } from '../../lib/release.ts'
import { decode, encode } from './packed.ts'
import { newestToSave } from './newest-rows.ts'
import { basisToSave } from './stored-basis.ts'
import { packSegment, type PutContexts, segmentRows, unpackSegment } from './segments.ts'

/** Parts handed over at a time. */
const batchParts = 8
/** Changes since a segment was stored, all of which are read again at each start, after which it is stored anew. */
const staleChanges = 20_000
/** Parts of dictionaries stand beside the segments under numbers that no segment reaches. */
const firstPart = { subject: 1_000_000, actor: 2_000_000 } as const

interface StoredPart {
  /** The archive's epoch: numbers may stand for other things after a removal. */
  readonly epoch: number
  readonly entries: PackedEntries
}

/** Up to ten parts that are not stored yet, or stored too long ago. They count as stored from then on. */
export function partsToSave(state: ArchiveState, db: Database): readonly ColumnSegment[] {
  const { lastChange, epoch } = state.moment
  const { stored } = state
  const parts: ColumnSegment[] = []
  const add = (num: number, changeNum: number, data: Uint8Array): void => {
    parts.push({ num, rows: segmentRows, changeNum, data })
    stored.set(num, changeNum)
  }
  for (const name of ['subject', 'actor'] as const) {
    const entries = state.dictionaries[name]
    for (let part = 0; (part + 1) * partEntries < entries.count && parts.length < batchParts; part++) {
      const num = firstPart[name] + part
      if (!stored.has(num)) add(num, lastChange, encode({ epoch, entries: entries.pack(part) } satisfies StoredPart))
    }
  }
  for (let num = 0; (num + 1) * segmentRows <= state.columns.count && parts.length < batchParts; num++) {
    const changeNum = stored.get(num)
    if (changeNum === undefined || lastChange - changeNum >= staleChanges)
      add(num, lastChange, packSegment(state.columns, state.dictionaries, num))
  }
  const newest = newestToSave(state)
  // Counts are of segments, which come first.
  const basis = parts.length < batchParts ? basisToSave(state, db) : null
  return [...parts, ...[newest, basis].filter((part) => part !== null)]
}

/** Fills empty dictionaries with their stored parts, a part a step; what follows is read from the tables. Notes the parts in `stored`. */
export function* loadEntries(db: Database, dictionaries: Dictionaries, epoch: number, stored: Map<number, number>): Generator<void, void> {
  const read = db.prepare<[number], Uint8Array>('SELECT data FROM column_segment WHERE num = ?').pluck()
  for (const name of ['subject', 'actor'] as const) {
    const last = db.prepare<[], number>(`SELECT coalesce(max(num), 0) FROM ${name}`).pluck().get() ?? 0
    dictionaries[name].reserve(last + 1)
    for (let num = firstPart[name]; ; num++) {
      const data = read.get(num)
      if (data === undefined) break
      const part = decode<StoredPart>(data)
      if (part === null || part.epoch !== epoch) break
      dictionaries[name].append(part.entries)
      release(data)
      stored.set(num, 0)
      yield
    }
  }
}

/** Segments that fill columns but for their contexts. */
export interface LoadedSegments {
  /** The first of the changes that must be read again, less one. */
  readonly changeNum: number
  /** Puts the contexts into their column, a segment a step. */
  puttingContexts(dictionaries: Dictionaries): Generator<void, void>
}

/**
 * Fills empty columns with the stored segments of events up to `lastSeq`, a segment a step; the rest is read from the table. Notes them in
 * `stored`.
 */
export function* loadSegments(
  db: Database,
  columns: EventColumns,
  lastSeq: number,
  lastChange: number,
  stored: Map<number, number>,
): Generator<void, LoadedSegments> {
  const read = db.prepare<[number], { change_num: number; data: Uint8Array }>('SELECT change_num, data FROM column_segment WHERE num = ?')
  const contexts: PutContexts[] = []
  let changeNum = lastChange
  for (let num = 0; (num + 1) * segmentRows <= lastSeq; num++) {
    const segment = read.get(num)
    const rest = segment === undefined ? null : unpackSegment(segment.data, num, columns)
    if (segment === undefined || rest === null) break
    contexts.push(rest)
    release(segment.data)
    changeNum = Math.min(changeNum, segment.change_num)
    stored.set(num, segment.change_num)
    yield
  }
  return {
    changeNum,
    *puttingContexts(dictionaries) {
      for (const put of contexts) {
        put(dictionaries)
        yield
      }
    },
  }
}
