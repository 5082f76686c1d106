import type { NormalisedEvent } from '../../../contract/model/audit-event.ts'
import type { Mapped } from '../define.ts'
import { utcTime } from './times.ts'

/** What the mapping of a service fills in once id and time are read. */
export type EventParts = Omit<NormalisedEvent, 'externalId' | 'occurredAt' | 'occurredAtOriginal'>

/**
 * The event of a record, or why it is none: its id and its time must be readable, and the time must lie in the years 0001 to 9999.
 * `timeMs` null: `timeText` (as the service wrote it) could not be read.
 */
export function mappedEvent(externalId: string | null, timeText: string | null, timeMs: number | null, parts: () => EventParts): Mapped {
  if (externalId === null) return { unmapped: 'The record has no readable id.', externalId: null }
  if (timeText === null) return { unmapped: 'The record has no readable time.', externalId }
  const occurredAt = timeMs === null ? null : utcTime(timeMs)
  if (occurredAt === null) {
    const shown = timeText.slice(0, 60)
    const what =
      timeMs === null
        ? `The time of the record, "${shown}", cannot be read.`
        : `The time of the record, "${shown}", lies outside the years 1 to 9999.`
    return { unmapped: what, externalId }
  }
  return { event: { externalId, occurredAt, occurredAtOriginal: timeText, ...parts() } }
}

/** For a record that is no object at all. */
export const notAnObject: Mapped = { unmapped: 'The record is not a JSON object.', externalId: null }
