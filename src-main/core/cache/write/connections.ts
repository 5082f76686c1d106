import type { Ledger } from '../../ledger/ledger.ts'
import type { RemovedConnection, StoredConnection } from '../archive.ts'
import type { Database } from '../driver.ts'
import { dictionaryTables, entrySql, type DictionaryTable } from '../entry-keys.ts'
import type { WriterState } from './state.ts'

export interface Connections {
  save(connection: StoredConnection, at: string): void
  /** Returns the number of purged events. */
  remove(id: string, purge: boolean, at: string): number
  /** Those that were removed and not purged. */
  removed(): readonly RemovedConnection[]
}

/** Everything of a connection's events, leaves first; `?` is the connection's number. */
const purgeOfEvents = [
  'INSERT INTO change (seq) SELECT seq FROM event WHERE connection = ?',
  'DELETE FROM identity WHERE seq IN (SELECT seq FROM event WHERE connection = ?)',
  'DELETE FROM identity_recent WHERE seq IN (SELECT seq FROM event WHERE connection = ?)',
  'DELETE FROM block WHERE num IN (SELECT revision.block FROM revision JOIN event ON event.seq = revision.seq WHERE event.connection = ?)',
  'DELETE FROM block WHERE num IN (SELECT block FROM event WHERE connection = ?)',
  'DELETE FROM revision WHERE seq IN (SELECT seq FROM event WHERE connection = ?)',
  'DELETE FROM lacking_names WHERE connection = ?',
  'DELETE FROM unmapped WHERE seq IN (SELECT seq FROM event WHERE connection = ?)',
  'DELETE FROM mark WHERE seq IN (SELECT seq FROM event WHERE connection = ?)',
  'DELETE FROM tag WHERE seq IN (SELECT seq FROM event WHERE connection = ?)',
  'DELETE FROM note WHERE seq IN (SELECT seq FROM event WHERE connection = ?)',
  'DELETE FROM event WHERE connection = ?',
  ...[dictionaryTables.actor, dictionaryTables.subject].flatMap((dictionary) => [
    ...purgeOfKeys(dictionary, 'WHERE connection = ?'),
    `DELETE FROM ${dictionary.table} WHERE connection = ?`,
  ]),
]
/** Wordings that no event uses any more: they may hold names that were not taken out. */
const purgeOfWords = [dictionaryTables.template, dictionaryTables.related].flatMap((dictionary) => {
  const isUnused = `WHERE num NOT IN (SELECT ${dictionary.table} FROM event)`
  return [...purgeOfKeys(dictionary, isUnused), `DELETE FROM ${dictionary.table} ${isUnused}`]
})
/** What is known by the connection's id, `?`. */
const purgeOfFacts = [
  'DELETE FROM name WHERE connection = ?',
  'DELETE FROM stream WHERE connection = ?',
  'DELETE FROM coverage WHERE connection = ?',
  'DELETE FROM run WHERE connection = ?',
]

/** The keys of the rows of a dictionary that a condition names. */
function purgeOfKeys(dictionary: DictionaryTable, condition: string): readonly string[] {
  const entries = `SELECT ${entrySql(dictionary)} FROM ${dictionary.table} ${condition}`
  return ['entry_key', 'entry_key_recent'].map((keys) => `DELETE FROM ${keys} WHERE entry IN (${entries})`)
}

export function openConnections(db: Database, state: WriterState, ledger: Ledger): Connections {
  const upsert = db.prepare<[string, string, string, string, string, string, number | null, number, number]>(
    `INSERT INTO connection (id, service, name, base_url, options, created_at, interval_minutes, collect_on_start, has_credential)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET (service, name, base_url, options, interval_minutes, collect_on_start, has_credential, removed_at) =
       (excluded.service, excluded.name, excluded.base_url, excluded.options, excluded.interval_minutes, excluded.collect_on_start, excluded.has_credential, NULL)`,
  )
  const numOf = db.prepare<[string], number>('SELECT num FROM connection WHERE id = ?').pluck()
  const countEvents = db.prepare<[number], number>('SELECT count(*) FROM event WHERE connection = ?').pluck()
  const setRemoved = db.prepare<[string, string]>('UPDATE connection SET removed_at = ? WHERE id = ? AND removed_at IS NULL')
  const removed = db.prepare<[], RemovedConnection>(
    'SELECT id, service, name, created_at AS createdAt, removed_at AS removedAt FROM connection WHERE removed_at IS NOT NULL ORDER BY num',
  )
  const drop = db.prepare<[string]>('DELETE FROM connection WHERE id = ?')

  const purge = (id: string, num: number): number => {
    const purged = countEvents.get(num) ?? 0
    for (const sql of purgeOfEvents) db.prepare<[number]>(sql).run(num)
    for (const sql of purgeOfWords) db.prepare<[]>(sql).run()
    for (const sql of purgeOfFacts) db.prepare<[string]>(sql).run(id)
    drop.run(id)
    state.epoch++
    return purged
  }

  return {
    removed: () => removed.all(),
    save: (connection, at) => {
      const { id, service, name, baseUrl, options, createdAt, intervalMinutes, collectOnStart, hasCredential } = connection
      upsert.run(
        id,
        service,
        name,
        baseUrl,
        JSON.stringify(options),
        createdAt,
        intervalMinutes,
        Number(collectOnStart),
        Number(hasCredential),
      )
      ledger.append('connection-saved', { connection: id, service, baseUrl }, at)
    },
    remove: (id, isPurge, at) => {
      const num = numOf.get(id)
      if (num === undefined) return 0
      if (!isPurge) {
        if (setRemoved.run(at, id).changes > 0) ledger.append('connection-removed', { connection: id }, at)
        return 0
      }
      const purged = purge(id, num)
      ledger.append('connection-purged', { connection: id, number: num, events: purged }, at)
      return purged
    },
  }
}
