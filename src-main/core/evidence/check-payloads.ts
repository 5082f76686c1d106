import { hash } from 'node:crypto'
import type { EventOrder } from '../../contract/model/query.ts'
import { keyOfEvent } from '../cache/identity.ts'
import { payloadText } from '../export/payload-text.ts'
import { type ExportCounts, Tally } from '../export/tally.ts'
import type { Findings } from '../ledger/findings.ts'
import { visitLines } from './json-lines.ts'
import type { Balance } from './matching.ts'
import { type PackedEvent, type PackedRevision, readEvent, readRevision } from './package-lines.ts'

/** What is to be even when all of a package was read. */
export interface Balances {
  /** Given by the files of events, taken by pages: hashes of payloads. */
  readonly payloads: Balance
  /** Given by changed events, taken by the list of their payloads: the newest payload of each. */
  readonly newest: Balance
}

/** Checks each event by itself, and their order. Resolves to how many there are, and to counts by the days of the zone. */
export async function checkEvents(
  chunks: AsyncIterable<Buffer>,
  { order, zone }: { readonly order: EventOrder; readonly zone: string },
  findings: Findings,
  { payloads, newest }: Balances,
): Promise<{ readonly events: number; readonly counts: ExportCounts }> {
  const tally = new Tally(zone)
  let before: string | null | undefined
  const events = await visitLines('events.ndjson', chunks, readEvent, findings, (event, line) => {
    const about = `event ${event.id} (line ${line} of events.ndjson)`
    checkPayload(event, about, findings)
    if (keyOfEvent(event.connection, event.externalId, Buffer.from(event.hash, 'hex')).toString('hex') !== event.id)
      findings.add(`The id of ${about} is not the one that its connection and its external id make.`)
    if (before !== undefined && !isInOrder(before, event.occurredAt, order)) findings.add(`The time of ${about} is not in order.`)
    before = event.occurredAt
    tally.add(event)
    if (event.revision === 1) payloads.give(event.hash, about)
    else newest.give(newestName(event), about)
  })
  return { events, counts: tally.counts() }
}

/** Checks each payload of changed events by itself, and that none is missing. Resolves to how many there are. */
export async function checkRevisions(chunks: AsyncIterable<Buffer>, findings: Findings, { payloads, newest }: Balances): Promise<number> {
  let last: PackedRevision | null = null
  const endEvent = (): void => {
    if (last === null) return
    newest.take(newestName(last), `event ${last.id}`)
    if (last.revision === 1) findings.add(`revisions.ndjson has one payload only of event ${last.id}.`)
  }
  const revisions = await visitLines('revisions.ndjson', chunks, readRevision, findings, (revision, line) => {
    const about = `revision ${revision.revision} of event ${revision.id} (line ${line} of revisions.ndjson)`
    checkPayload(revision, about, findings)
    payloads.give(revision.hash, about)
    const isNext = revision.id === last?.id
    if (!isNext) endEvent()
    if (revision.revision !== (isNext ? (last?.revision ?? 0) + 1 : 1))
      findings.add(`Line ${line} of revisions.ndjson does not follow from the line before it.`)
    last = revision
  })
  endEvent()
  return revisions
}

/** What the list of payloads and the event itself say of its newest one. */
const newestName = ({ id, revision, hash: digest }: Pick<PackedRevision, 'id' | 'revision' | 'hash'>): string =>
  `${id} ${revision} ${digest}`

function checkPayload({ hash: expected, raw, rawBase64 }: PackedEvent | PackedRevision, about: string, findings: Findings): void {
  const payload = rawBase64 === undefined ? raw : Buffer.from(rawBase64, 'base64')
  if (hash('sha256', payload) !== expected) findings.add(`The payload of ${about} is not the one that was received.`)
  const isShown = typeof payload === 'string' ? raw.isWellFormed() : payloadText(payload).text === raw
  if (!isShown) findings.add(`The payload of ${about} is shown as another text than its bytes are.`)
}

/** Events without a time come last. */
function isInOrder(before: string | null, after: string | null, order: EventOrder): boolean {
  if (before === null || after === null) return after === null
  return order === 'newest' ? before >= after : before <= after
}
