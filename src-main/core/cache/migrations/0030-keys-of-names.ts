/**
 * Names are found by keys of their own, kept like those of events.
 *
 * Until here each dictionary had an index of random digests: every new name read and wrote a page of it, which at ten million events took
 * a third of the time of storing.
 */
import { hash } from 'node:crypto'
import type { Database } from '../driver.ts'
import { KeyFilter } from '../key-filter.ts'
import { wordsOfKey } from '../key-words.ts'
import { inOneGo, type Migration } from './migration.ts'

const newTables = /* sql */ `
-- Which value is which row of which dictionary. key: first 16 bytes of SHA-256 over the row's own values, as cache/entry-keys.ts makes them;
-- entry: eight times the row's number, and which dictionary it is: 1 actor, 2 subject, 3 action, 4 template, 5 related.
-- As with identity, new keys wait in a table of their own, in order of arrival, and are merged into the tree in bulk.
CREATE TABLE entry_key (key BLOB PRIMARY KEY, entry INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE entry_key_recent (num INTEGER PRIMARY KEY, key BLOB NOT NULL, entry INTEGER NOT NULL);

-- How far the recent keys of a tree have come: those up to merge_to are on their way, merge_slice steps of it are done, each eight values
-- of the keys' first byte; 0: none are.
CREATE TABLE key_merge (tree TEXT PRIMARY KEY, merge_to INTEGER NOT NULL, merge_slice INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO key_merge SELECT 'identity', merge_to, CASE merge_to WHEN 0 THEN 0 ELSE merge_slice END FROM writer_state;
INSERT INTO key_merge VALUES ('entry_key', 0, 0);
ALTER TABLE writer_state DROP COLUMN merge_to;
ALTER TABLE writer_state DROP COLUMN merge_slice;

-- Bloom filters of the keys in a tree: a key that none of them knows is not in it. A purge leaves them as they are.
-- Written and read by cache/key-filter.ts alone; keys: how many were added.
CREATE TABLE key_filter (tree TEXT NOT NULL, num INTEGER NOT NULL, keys INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY (tree, num));

-- The dictionaries without digests. A number is never used again, even when its row was purged: readers keep rows in memory by their numbers.
CREATE TABLE actor_next (num INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT, name TEXT, email TEXT);
CREATE TABLE subject_next (num INTEGER PRIMARY KEY AUTOINCREMENT, connection INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT, name TEXT);
CREATE TABLE action_next (num INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT NOT NULL, verb TEXT NOT NULL);
CREATE TABLE template_next (num INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL);
CREATE TABLE related_next (num INTEGER PRIMARY KEY AUTOINCREMENT, json TEXT NOT NULL);
`

interface Dictionary {
  readonly table: string
  readonly columns: string
  readonly code: number
}

const dictionaries: readonly Dictionary[] = [
  { table: 'actor', columns: 'num, connection, kind, id, name, email', code: 1 },
  { table: 'subject', columns: 'num, connection, kind, id, name', code: 2 },
  { table: 'action', columns: 'num, action, verb', code: 3 },
  { table: 'template', columns: 'num, text', code: 4 },
  { table: 'related', columns: 'num, json', code: 5 },
]

/** Copies the next keys in their order, so that the tree only grows at its end, where the last part stopped. */
function copyKeys(db: Database, maxRows: number): number | null {
  const last = db.prepare<[], Buffer | null>('SELECT max(key) FROM entry_key').pluck().get() ?? Buffer.alloc(0)
  const sources = dictionaries
    .filter(({ table }) => table !== 'template')
    .map(({ table, code }) => `SELECT digest, num * 8 + ${code} FROM ${table} WHERE digest > @last`)
  const copied = db
    .prepare<[{ last: Buffer; maxRows: number }]>(
      `INSERT INTO entry_key (key, entry) ${sources.join(' UNION ALL ')} ORDER BY 1 LIMIT CAST(@maxRows AS INTEGER)`,
    )
    .run({ last, maxRows }).changes
  if (copied === maxRows) return shareOfKeys(last)
  addTemplateKeys(db)
  return null
}

/** Wordings are few. Their digests could be those of related subjects, so they get keys of another form. */
function addTemplateKeys(db: Database): void {
  const insert = db.prepare<[Buffer, number]>('INSERT INTO entry_key (key, entry) VALUES (?, CAST(? AS INTEGER))')
  for (const [num, text] of db.prepare<[], [number, string]>('SELECT num, text FROM template').raw().all()) {
    insert.run(hash('sha256', `template${JSON.stringify([text])}`, 'buffer').subarray(0, 16), num * 8 + 4)
  }
}

/** Copies the next rows, of one dictionary after another. */
function copyRows(db: Database, maxRows: number): number | null {
  for (const [at, { table, columns }] of dictionaries.entries()) {
    const copied = db
      .prepare<[number]>(
        `INSERT INTO ${table}_next (${columns}) SELECT ${columns} FROM ${table}
         WHERE num > (SELECT coalesce(max(num), 0) FROM ${table}_next) ORDER BY num LIMIT CAST(? AS INTEGER)`,
      )
      .run(maxRows).changes
    if (copied === 0) continue
    const share =
      db.prepare<[], number>(`SELECT (SELECT max(num) FROM ${table}_next) * 1.0 / (SELECT max(num) FROM ${table})`).pluck().get() ?? 1
    return (at + share) / dictionaries.length
  }
  // What is dropped was copied: to overwrite it page by page would hide nothing, and make a log as large as the tables.
  db.pragma('secure_delete = OFF')
  for (const { table } of dictionaries) replaceTable(db, table)
  db.pragma('secure_delete = ON')
  return null
}

function replaceTable(db: Database, table: string): void {
  db.exec(`
    DELETE FROM sqlite_sequence WHERE name = '${table}_next';
    INSERT INTO sqlite_sequence (name, seq) SELECT '${table}_next', seq FROM sqlite_sequence WHERE name = '${table}';
    DROP TABLE ${table};
    ALTER TABLE ${table}_next RENAME TO ${table};
  `)
}

const trees = ['identity', 'entry_key'] as const

/** Adds the next keys of a tree to its filter; a fact remembers the last of them. */
function addToFilter(db: Database, maxRows: number): number | null {
  const readPlace = db.prepare<[string], string>('SELECT json FROM fact WHERE key = ?').pluck()
  const savePlace = db.prepare<[string, string]>('INSERT OR REPLACE INTO fact (key, json) VALUES (?, ?)')
  for (const [at, tree] of trees.entries()) {
    const place = `migration.filter.${tree}`
    const before = JSON.parse(readPlace.get(place) ?? '""') as string
    const last = filterKeys(db, tree, Buffer.from(before, 'hex'), maxRows)
    if (last === null) continue
    savePlace.run(place, JSON.stringify(last.toString('hex')))
    return (at + shareOfKeys(last)) / trees.length
  }
  db.exec("DELETE FROM fact WHERE key LIKE 'migration.filter.%'")
  return null
}

/** Returns the last key it added, or null: there are none after `before`. */
function filterKeys(db: Database, tree: string, before: Buffer, maxRows: number): Buffer | null {
  const filter = storedFilter(db, tree)
  let last: Buffer | null = null
  const keys = db.prepare<[Buffer, number], Buffer>(`SELECT key FROM ${tree} WHERE key > ? ORDER BY key LIMIT CAST(? AS INTEGER)`).pluck()
  for (const key of keys.iterate(before, maxRows)) {
    filter.add(wordsOfKey(key))
    last = key
  }
  if (last === null) return null
  db.prepare<[string, number, Uint8Array]>(
    'INSERT OR REPLACE INTO key_filter (tree, num, keys, bits) VALUES (?, 1, CAST(? AS INTEGER), ?)',
  ).run(tree, filter.count, filter.bytes)
  return last
}

/** The tree's filter as far as it has come, or an empty one for all its keys. */
function storedFilter(db: Database, tree: string): KeyFilter {
  const stored = db.prepare<[string], { keys: number; bits: Buffer }>('SELECT keys, bits FROM key_filter WHERE tree = ?').get(tree)
  if (stored) return KeyFilter.from(stored.bits, stored.keys)
  return KeyFilter.forKeys(db.prepare<[], number>(`SELECT count(*) FROM ${tree}`).pluck().get() ?? 0)
}

/** Keys are spread evenly, so their first bytes tell how many come before them. */
const shareOfKeys = (key: Buffer): number => (key.length < 2 ? 0 : key.readUInt16BE(0) / 0x1_0000)

/** The steps, in order. */
export const keysOfNames: readonly Migration[] = [
  { version: 30, title: 'Making room for the keys of names', part: inOneGo(newTables) },
  { version: 40, title: 'Moving the keys of names', part: copyKeys },
  { version: 50, title: 'Moving names', part: copyRows },
  { version: 60, title: 'Noting which keys are known', part: addToFilter },
]
