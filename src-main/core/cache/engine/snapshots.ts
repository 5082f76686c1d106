import type { Database } from '../driver.ts'
import type { ColumnSegment } from '../reader-port.ts'
import type { ArchiveState } from './archive-state.ts'
import { packSegment, segmentRows } from './segments.ts'

/** Segments handed over at a time. */
const batchSegments = 8
/** Changes since a segment was stored, all of which are read again at each start, after which it is stored anew. */
const staleChanges = 20_000

/** Up to eight full segments that are not stored yet, or stored too long ago. */
export function segmentsToSave(db: Database, state: ArchiveState): readonly ColumnSegment[] {
  const { lastChange } = state.moment
  const stored = new Map(db.prepare<[], [number, number]>('SELECT num, change_num FROM column_segment').raw().all())
  const segments: ColumnSegment[] = []
  for (let num = 0; (num + 1) * segmentRows <= state.columns.count && segments.length < batchSegments; num++) {
    const changeNum = stored.get(num)
    if (changeNum !== undefined && lastChange - changeNum < staleChanges) continue
    segments.push({ num, rows: segmentRows, changeNum: lastChange, data: packSegment(state.columns, state.dictionaries, num) })
  }
  return segments
}
