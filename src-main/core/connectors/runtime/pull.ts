import type { NormalisedEvent } from '../../../contract/model/audit-event.ts'
import type { ConnectionOptions } from '../../../contract/model/connection.ts'
import type { PageRecord } from '../../cache/archive.ts'
import type { ConnectorDefinition, Mapped, NameBook, NameFact, RawRecord, WalkPage } from '../define.ts'
import type { RunNames } from './names.ts'

/** A page as it is committed: every record of it, mapped or not, and the names learnt for it. */
export interface PreparedPage {
  readonly records: readonly PageRecord[]
  readonly names: readonly NameFact[]
}

/**
 * Turns pages of a walk into one that the archive takes: names of all records first, then the mapping. No record is ever left out; those that
 * go without a name they want say so.
 */
export async function preparePages(
  definition: Pick<ConnectorDefinition, 'map'>,
  pages: readonly Pick<WalkPage, 'records' | 'names'>[],
  names: RunNames,
  options: ConnectionOptions,
): Promise<PreparedPage> {
  const records = pages.flatMap((page) => page.records)
  await names.prepare(
    records,
    pages.flatMap((page) => page.names ?? []),
  )
  const prepared = records.map((record): PageRecord => {
    const mapped = mapRecord(definition, record, names, options)
    return mapped.event !== null && names.lacks(record) ? { ...mapped, lacksNames: true } : mapped
  })
  return { records: prepared, names: names.takeLearnt() }
}

/** One record as the archive takes it. A mapping that throws or breaks the event model makes an unmapped record, with the reason. */
export function mapRecord(
  definition: Pick<ConnectorDefinition, 'map'>,
  record: RawRecord,
  names: NameBook,
  options: ConnectionOptions,
): PageRecord {
  const mapped = tryMap(definition, record, names, options)
  const payload = record.bytes
  if ('unmapped' in mapped) return { payload, event: null, unmappedReason: mapped.unmapped, externalId: mapped.externalId }
  const flaw = flawOf(mapped.event)
  if (flaw === null) return { payload, event: mapped.event, unmappedReason: null, externalId: null }
  return { payload, event: null, unmappedReason: flaw, externalId: mapped.event.externalId === '' ? null : mapped.event.externalId }
}

function tryMap(definition: Pick<ConnectorDefinition, 'map'>, record: RawRecord, names: NameBook, options: ConnectionOptions): Mapped {
  if (record.value === undefined) return { unmapped: 'The record is not valid JSON.', externalId: null }
  try {
    return definition.map(record, names, options)
  } catch {
    return { unmapped: 'The record has a shape the connector does not know.', externalId: null }
  }
}

/** What keeps an event out of the archive's time order; null when nothing does. */
function flawOf(event: NormalisedEvent): string | null {
  if (event.externalId === '') return 'The record has no id.'
  if (
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(event.occurredAt) ||
    Number.isNaN(Date.parse(event.occurredAt)) ||
    event.occurredAt.startsWith('0000')
  ) {
    return 'The time of the record cannot be read.'
  }
  return null
}
