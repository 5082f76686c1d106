import { createHash, hash } from 'node:crypto'
import { fold } from '../lib/fold.ts'
import { sha256 } from '../lib/sha256.ts'
import type { Database } from './driver.ts'
import type { KeySet } from './key-set.ts'

/** Bytes of an event's key; the event id is their hex. */
export const keyBytes = 12
const foldedBytes = 6

/** Which record is which event. A record that comes again is one of the newest most often, so few are remembered. */
export const identityKeys: KeySet = { tree: 'identity', column: 'seq', keyBytes, generationKeys: 770_000, recalledKeys: 10_000 }

/**
 * An external id as it is stored and hashed. Lone surrogates cannot be stored as UTF-8 and would make different ids equal, so they are
 * written out; everything else stays as it is.
 */
export function storedExternalId(externalId: string): string {
  return externalId.isWellFormed() ? externalId : externalId.replace(/\p{Surrogate}/gu, (unit) => `\\u${unit.charCodeAt(0).toString(16)}`)
}

/** The first bytes of the keys of all events whose external id reads the same but for case and accents. */
function externalPrefix(externalId: string): Buffer {
  return sha256(fold(externalId)).subarray(0, foldedBytes)
}

/** What stands before the external id where the second half of a key is hashed. */
export function keyPrefix(connection: string): string {
  return `event\0${connection}\0`
}

/** Key of a record with an external id. Both ids as stored. */
export function keyOfExternalId(connection: string, externalId: string): Buffer {
  const prefix = hash('sha256', fold(externalId), 'binary').slice(0, foldedBytes)
  const rest = hash('sha256', keyPrefix(connection) + externalId, 'binary').slice(0, keyBytes - foldedBytes)
  return Buffer.from(prefix + rest, 'latin1')
}

/** The same as hex, in half the time: for where keys are only shown. */
export function hexKeyOfExternalId(connection: string, externalId: string): string {
  const prefix = hash('sha256', fold(externalId), 'hex').slice(0, foldedBytes * 2)
  return prefix + hash('sha256', keyPrefix(connection) + externalId, 'hex').slice(0, (keyBytes - foldedBytes) * 2)
}

/** Key of a record without an external id: its bytes are all it can be known by. */
export function keyOfPayload(connection: string, payloadHash: Uint8Array): Buffer {
  return Buffer.from(createHash('sha256').update(`payload\0${connection}\0`).update(payloadHash).digest().subarray(0, keyBytes))
}

/** Key of an archived event, from its row. */
export function keyOfEvent(connection: string, externalId: string, payloadHash: Uint8Array): Buffer {
  return externalId === '' ? keyOfPayload(connection, payloadHash) : keyOfExternalId(connection, externalId)
}

/** The seq of a key, or null. */
export function findSeq(db: Database, key: Uint8Array): number | null {
  return findSeqs(db, [key])[0] ?? null
}

/** The seq of each key, in the order of the keys; null where there is none. One walk over the recent keys however many are asked. */
export function findSeqs(db: Database, keys: readonly Uint8Array[]): readonly (number | null)[] {
  const inTree = db.prepare<[Uint8Array], number>('SELECT seq FROM identity WHERE key = ?').pluck()
  const found = keys.map((key) => inTree.get(key) ?? null)
  const missing = new Map<string, number[]>()
  found.forEach((seq, at) => {
    if (seq !== null) return
    const hex = hexOf(keys[at])
    const places = missing.get(hex)
    if (places) places.push(at)
    else missing.set(hex, [at])
  })
  if (missing.size === 0) return found
  const recent = db
    .prepare<[string], { key: string; seq: number }>(
      'SELECT lower(hex(key)) AS key, seq FROM identity_recent WHERE key IN (SELECT unhex(value) FROM json_each(?))',
    )
    .all(JSON.stringify([...missing.keys()]))
  for (const row of recent) for (const at of missing.get(row.key) ?? []) found[at] = row.seq
  return found
}

/** The seqs of the events of any connection whose external id reads like this but for case and accents, ascending. */
export function findByExternalId(db: Database, externalId: string): readonly number[] {
  const from = externalPrefix(storedExternalId(externalId))
  const to = Buffer.concat([from, Buffer.alloc(keyBytes - foldedBytes, 0xff)])
  const seqs = db
    .prepare<[Uint8Array, Uint8Array, Uint8Array, Uint8Array], number>(
      'SELECT seq FROM identity WHERE key BETWEEN ? AND ? UNION SELECT seq FROM identity_recent WHERE key BETWEEN ? AND ?',
    )
    .pluck()
    .all(from, to, from, to)
  // Six bytes of a hash may agree by chance.
  const idOf = db.prepare<[number], string>('SELECT external_id FROM event WHERE seq = ?').pluck()
  const folded = fold(storedExternalId(externalId))
  return seqs.filter((seq) => fold(idOf.get(seq) ?? '') === folded).toSorted((a, b) => a - b)
}

function hexOf(key: Uint8Array | undefined): string {
  return key === undefined ? '' : Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('hex')
}
