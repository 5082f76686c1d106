import { sha256 } from '../../lib/sha256.ts'
import type { PageRecord } from '../archive.ts'
import type { Database } from '../driver.ts'
import { keyOfExternalId, keyOfPayload, storedExternalId } from '../identity.ts'
import type { Dictionaries } from './dictionaries.ts'
import { mappedColumns, unmappedColumns, unreadable, type MappedColumns } from './event-row.ts'
import type { KeyIndex } from './key-index.ts'
import type { LackingNames } from './lacking-names.ts'
import type { Marks } from './marks.ts'
import type { PayloadPacker, PayloadPlace } from './payloads.ts'
import type { WriterState } from './state.ts'

/** Where the records of a page belong. */
export interface RecordHome {
  readonly connection: { readonly id: string; readonly num: number }
  readonly commit: number
  readonly packer: PayloadPacker
  /** True when unreadable records without an id are kept that may turn out to have one. */
  hasNameless: boolean
}

/** What became of one record. `took`: an earlier unreadable record is readable now. `named`: it lacked names and does not any more. */
export interface RecordFate {
  readonly kind: 'added' | 'changed' | 'unchanged' | 'took' | 'named'
  readonly seq: number
  readonly key: Buffer
  readonly hash: Buffer
  /** Time of the event as it now stands; null: unmapped. */
  readonly timeMs: number | null
  /** The commit that first brought the event. */
  readonly firstCommit: number
}

interface KnownRow {
  readonly time_ms: number | null
  readonly hash: Buffer
  readonly revision: number
  readonly block: number
  readonly slot: number
  readonly commit_num: number
}

/** A record read once: its mapping if it has a usable one, its id, its hash. */
interface ReadRecord {
  readonly event: PageRecord['event']
  readonly reason: string
  readonly externalId: string
  readonly hash: Buffer
  readonly key: Buffer
  readonly lacksNames: boolean
}

export interface Records {
  store(record: PageRecord, home: RecordHome): RecordFate
  /** Maps a stored event anew if it lacked names and has the same payload still; false: it is left as it is. */
  name(record: PageRecord, connection: RecordHome['connection']): boolean
}

export interface RecordParts {
  readonly db: Database
  readonly state: WriterState
  readonly identities: KeyIndex
  readonly dictionaries: Dictionaries
  readonly marks: Marks
  readonly lacking: LackingNames
}

type MappedValues = [number | null, number, number, number, number, number, number, number, string, string | null]

const mappedNames = 'time_ms, actor, action, object, workspace, template, related, outcome, external_id, time_original'

export function openRecords({ db, state, identities, dictionaries, marks, lacking }: RecordParts): Records {
  const insertEvent = db.prepare<[number, number, ...MappedValues, Uint8Array, number, number, number]>(
    `INSERT INTO event (seq, connection, ${mappedNames}, revision, hash, block, slot, commit_num)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`,
  )
  const setMapped = db.prepare<[...MappedValues, number]>(
    `UPDATE event SET (${mappedNames}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE seq = ?`,
  )
  const setPayload = db.prepare<[number, Uint8Array, number, number, number]>(
    'UPDATE event SET revision = ?, hash = ?, block = ?, slot = ? WHERE seq = ?',
  )
  const readKnown = db.prepare<[number], KnownRow>('SELECT time_ms, hash, revision, block, slot, commit_num FROM event WHERE seq = ?')
  const insertRevision = db.prepare<[number, number, Uint8Array, number, number, number]>(
    'INSERT INTO revision (seq, revision, hash, block, slot, commit_num) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const insertReason = db.prepare<[number, string]>('INSERT OR REPLACE INTO unmapped (seq, reason) VALUES (?, ?)')
  const removeReason = db.prepare<[number]>('DELETE FROM unmapped WHERE seq = ?')

  const add = (read: ReadRecord, payload: Uint8Array, home: RecordHome): RecordFate => {
    const seq = state.nextSeq++
    identities.claim(read.key, seq)
    const place = home.packer.add(payload)
    const columns = read.event ? mappedColumns(dictionaries, home.connection.num, read.event) : unmappedColumns(read.externalId)
    insertEvent.run(seq, home.connection.num, ...valuesOf(columns), read.hash, place.block, place.slot, home.commit)
    if (!read.event) insertReason.run(seq, read.reason)
    if (read.externalId === '') home.hasNameless = true
    if (read.lacksNames) lacking.add(home.connection.num, seq)
    return { kind: 'added', seq, key: read.key, hash: read.hash, timeMs: columns.timeMs, firstCommit: home.commit }
  }

  const remap = (seq: number, read: ReadRecord, connection: number): number | null => {
    if (!read.event) return null
    const columns = mappedColumns(dictionaries, connection, read.event)
    setMapped.run(...valuesOf(columns), seq)
    removeReason.run(seq)
    if (read.lacksNames) lacking.add(connection, seq)
    else lacking.remove(connection, seq)
    return columns.timeMs
  }

  const revise = (seq: number, known: KnownRow, read: ReadRecord, place: PayloadPlace, home: RecordHome): void => {
    const { revision } = known
    // From its second payload on, all payloads of an event are listed; the first one joins them now.
    if (revision === 1) insertRevision.run(seq, 1, known.hash, known.block, known.slot, known.commit_num)
    insertRevision.run(seq, revision + 1, read.hash, place.block, place.slot, home.commit)
    setPayload.run(revision + 1, read.hash, place.block, place.slot, seq)
  }

  const meetAgain = (seq: number, read: ReadRecord, payload: Uint8Array, home: RecordHome): RecordFate => {
    const known = readKnown.get(seq)
    if (known === undefined) throw new Error(`identity points to event ${seq}, which does not exist`)
    const isNew = !known.hash.equals(read.hash)
    const becomesReadable = known.time_ms === null && read.event !== null
    // A later payload that cannot be read is kept as a revision; the event keeps its earlier reading and stays where it is found.
    const becomesNamed = !isNew && read.event !== null && !read.lacksNames && lacking.has(home.connection.num, seq)
    const isRemapped = isNew || becomesReadable || becomesNamed
    const timeMs = isRemapped ? (remap(seq, read, home.connection.num) ?? known.time_ms) : known.time_ms
    if (isNew) revise(seq, known, read, home.packer.add(payload), home)
    // Its names can be told from a readable payload only.
    if (isNew && read.event === null) lacking.remove(home.connection.num, seq)
    if (isNew && timeMs === null) insertReason.run(seq, read.reason)
    if (isRemapped) marks.changed(seq)
    const kind = isNew ? 'changed' : becomesReadable ? 'took' : becomesNamed ? 'named' : 'unchanged'
    return { kind, seq, key: read.key, hash: read.hash, timeMs, firstCommit: known.commit_num }
  }

  /** A record that was kept without an id when it could not be read, and is known by its bytes. */
  const takeOver = (read: ReadRecord, home: RecordHome): number | null => {
    if (!home.hasNameless || read.externalId === '') return null
    const seq = identities.find(keyOfPayload(home.connection.id, read.hash))
    if (seq === null || readKnown.get(seq)?.time_ms !== null) return null
    identities.claim(read.key, seq)
    return seq
  }

  return {
    store: (record, home) => {
      const read = readRecord(record, home.connection.id)
      const seq = identities.find(read.key) ?? takeOver(read, home)
      return seq === null ? add(read, record.payload, home) : meetAgain(seq, read, record.payload, home)
    },
    name: (record, connection) => {
      const read = readRecord(record, connection.id)
      const seq = identities.find(read.key)
      if (seq === null || read.event === null || read.lacksNames || !lacking.has(connection.num, seq)) return false
      if (readKnown.get(seq)?.hash.equals(read.hash) !== true) return false
      remap(seq, read, connection.num)
      marks.changed(seq)
      return true
    },
  }
}

function readRecord(record: PageRecord, connection: string): ReadRecord {
  const digest = sha256(record.payload)
  const problem = record.event ? unreadable(record.event) : (record.unmappedReason ?? 'The record could not be read.')
  const externalId = storedExternalId(record.event?.externalId ?? record.externalId ?? '')
  return {
    event: problem === null ? record.event : null,
    reason: problem ?? '',
    externalId,
    hash: digest,
    lacksNames: record.lacksNames === true,
    key: externalId === '' ? keyOfPayload(connection, digest) : keyOfExternalId(connection, externalId),
  }
}

function valuesOf(columns: MappedColumns): MappedValues {
  const { timeMs, actor, action, object, workspace, template, related, outcome, externalId, timeOriginal } = columns
  return [timeMs, actor, action, object, workspace, template, related, outcome, externalId, timeOriginal]
}
