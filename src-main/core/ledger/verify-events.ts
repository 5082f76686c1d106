import { hash } from 'node:crypto'
import { unpackBlock, type StoredBlock } from '../cache/blocks.ts'
import type { Database } from '../cache/driver.ts'
import { identityKeys, keyOfEvent } from '../cache/identity.ts'
import { openKeyIndex, type KeyIndex } from '../cache/write/key-index.ts'
import type { collectFindings, Findings } from './findings.ts'

/** Events looked at between two reports of progress. */
const batchEvents = 10_000

interface EventRow {
  readonly seq: number
  readonly connection_id: string | null
  readonly external_id: string
  readonly hash: Buffer
  readonly block: number
  readonly slot: number
}

interface RevisionRow {
  readonly seq: number
  readonly revision: number
  readonly hash: Buffer
  readonly block: number
  readonly slot: number
}

/** Every payload against its hash, every event against its key, every number against what it points to. */
export function verifyEvents(db: Database, findings: ReturnType<typeof collectFindings>, advance: (events: number) => void): void {
  verifyReferences(db, findings.of('references'))
  const payloads = findings.of('payloads')
  const check = payloadCheck(db)
  const identities = openKeyIndex(db, identityKeys, { epoch: 0 })
  const batches = db.prepare<[number, number], EventRow>(
    `SELECT seq, connection.id AS connection_id, external_id, hash, block, slot FROM event LEFT JOIN connection ON connection.num = event.connection
     WHERE seq > ? ORDER BY seq LIMIT ?`,
  )
  for (let last = 0; ;) {
    const batch = batches.all(last, batchEvents)
    if (batch.length === 0) break
    for (const event of batch) {
      const problem = check(event)
      if (problem !== null) payloads.add(`The payload of event ${idOf(event)} ${problem}.`)
    }
    for (const event of batch) verifyKey(identities, event, findings.of('ids'))
    last = batch.at(-1)?.seq ?? last
    advance(batch.length)
  }
  for (const row of db.prepare<[], RevisionRow>('SELECT seq, revision, hash, block, slot FROM revision ORDER BY block, slot').iterate()) {
    const problem = check(row)
    if (problem !== null) payloads.add(`The payload of revision ${row.revision} of event number ${row.seq} ${problem}.`)
  }
}

/** Says what is wrong with the payload at a place, or null. Keeps the last block at hand: neighbours lie together. */
function payloadCheck(db: Database): (row: Pick<EventRow, 'hash' | 'block' | 'slot'>) => string | null {
  const read = db.prepare<[number], StoredBlock>('SELECT codec, lengths, data FROM block WHERE num = ?')
  let blockNum = -1
  let payloads: readonly Uint8Array[] | null = null
  return ({ hash: expected, block, slot }) => {
    if (block !== blockNum) {
      blockNum = block
      payloads = unpack(read.get(block))
    }
    const payload = payloads?.[slot]
    if (payload === undefined) return 'cannot be read'
    return hash('sha256', payload, 'buffer').equals(expected) ? null : 'is not the one that was received'
  }
}

function unpack(block: StoredBlock | undefined): readonly Uint8Array[] | null {
  try {
    return block ? unpackBlock(block) : null
  } catch {
    return null
  }
}

/** Looks the event up as the writer does when its record comes again. */
function verifyKey(identities: KeyIndex, event: EventRow, findings: Findings): void {
  if (event.connection_id === null) return
  const key = keyOfEvent(event.connection_id, event.external_id, event.hash)
  if (identities.find(key) !== event.seq) findings.add(`Event ${idOf(event)} is not found under its id.`)
}

const idOf = (event: EventRow): string => keyOfEvent(event.connection_id ?? '', event.external_id, event.hash).toString('hex')

/** Each query counts rows that should not be; the sentence says what they are. */
const impossible: readonly (readonly [sentence: string, sql: string])[] = [
  ['ids point to events that are not there', 'SELECT count(*) FROM identity WHERE seq NOT IN (SELECT seq FROM event)'],
  ['recent ids point to events that are not there', 'SELECT count(*) FROM identity_recent WHERE seq NOT IN (SELECT seq FROM event)'],
  ['events belong to no connection', 'SELECT count(*) FROM event WHERE connection NOT IN (SELECT num FROM connection)'],
  ['events belong to no page', 'SELECT count(*) FROM event WHERE commit_num NOT IN (SELECT num FROM "commit")'],
  ['events name an actor that is not there', 'SELECT count(*) FROM event WHERE actor <> 0 AND actor NOT IN (SELECT num FROM actor)'],
  ['events name an object that is not there', 'SELECT count(*) FROM event WHERE object <> 0 AND object NOT IN (SELECT num FROM subject)'],
  [
    'events name a workspace that is not there',
    'SELECT count(*) FROM event WHERE workspace <> 0 AND workspace NOT IN (SELECT num FROM subject)',
  ],
  ['events have an action that is not there', 'SELECT count(*) FROM event WHERE action <> 0 AND action NOT IN (SELECT num FROM action)'],
  [
    'events have a wording that is not there',
    'SELECT count(*) FROM event WHERE template <> 0 AND template NOT IN (SELECT num FROM template)',
  ],
  [
    'events relate to things that are not there',
    'SELECT count(*) FROM event WHERE related <> 0 AND related NOT IN (SELECT num FROM related)',
  ],
  ['unreadable events do not say why', 'SELECT count(*) FROM event WHERE time_ms IS NULL AND seq NOT IN (SELECT seq FROM unmapped)'],
  [
    'reasons for being unreadable belong to no unreadable event',
    'SELECT count(*) FROM unmapped WHERE seq NOT IN (SELECT seq FROM event WHERE time_ms IS NULL)',
  ],
  ['events that wait for names are not there', 'SELECT count(*) FROM lacking_names WHERE seq NOT IN (SELECT seq FROM event)'],
  ['marks belong to no event', 'SELECT count(*) FROM mark WHERE seq NOT IN (SELECT seq FROM event)'],
  ['tags belong to no event', 'SELECT count(*) FROM tag WHERE seq NOT IN (SELECT seq FROM event)'],
  ['notes belong to no event', 'SELECT count(*) FROM note WHERE seq NOT IN (SELECT seq FROM event)'],
  [
    'changed events lack one of their payloads',
    'SELECT count(*) FROM event WHERE revision > 1 AND revision <> (SELECT count(*) FROM revision WHERE revision.seq = event.seq)',
  ],
  [
    'newest payloads are not the ones listed last',
    'SELECT count(*) FROM revision JOIN event USING (seq, revision) WHERE (revision.hash, revision.block, revision.slot) <> (event.hash, event.block, event.slot)',
  ],
  ['payloads are listed for events that are not there', 'SELECT count(*) FROM revision WHERE seq NOT IN (SELECT seq FROM event)'],
]

function verifyReferences(db: Database, findings: Findings): void {
  for (const [sentence, sql] of impossible) {
    const count = db.prepare<[], number>(sql).pluck().get() ?? 0
    if (count > 0) findings.add(`${count} ${sentence}.`)
  }
}
