import type { Database } from '../../driver.ts'
import { prepared } from './prepared.ts'

/** Size of a kept payload, bytes, without unpacking it. */
export function decodedLength(db: Database, block: number, slot: number): number {
  const lengths = prepared<[number], Uint8Array>(db, 'SELECT lengths FROM block WHERE num = ?', 'values').get(block) ?? new Uint8Array()
  let at = 0
  for (let skipped = 0; skipped < slot && at < lengths.length; at++) if (((lengths[at] ?? 0) & 0x80) === 0) skipped++
  let value = 0
  let scale = 1
  for (; at < lengths.length; at++, scale *= 0x80) {
    value += ((lengths[at] ?? 0) & 0x7f) * scale
    if (((lengths[at] ?? 0) & 0x80) === 0) break
  }
  return value
}
