import type { Database } from '../driver.ts'
import type { ColumnSegment } from '../reader-port.ts'

/** Stores snapshots of the readers' columns. */
export function openSegments(db: Database): (segments: readonly ColumnSegment[]) => void {
  const upsert = db.prepare<[number, number, number, Uint8Array]>(
    'INSERT OR REPLACE INTO column_segment (num, rows, change_num, data) VALUES (?, ?, ?, ?)',
  )
  return (segments) => {
    for (const segment of segments) upsert.run(segment.num, segment.rows, segment.changeNum, segment.data)
  }
}
