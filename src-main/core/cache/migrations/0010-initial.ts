/**
 * The first schema.
 *
 * An event is a row of numbers that point into dictionaries: who, what, to what, where, and the wording of its summary.
 * Rows are keyed by `seq`, the order of arrival, so that writing always appends; time order is kept by the readers, in memory
 * columns built from these rows (see cache/README.md). Number 0 in a dictionary column means "none".
 */
export const initialSchema = /* sql */ `
-- Facts of the archive itself (schema is in user_version) and of the app: settings, exports.
CREATE TABLE fact (key TEXT PRIMARY KEY, json TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE connection (
  num INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  service TEXT NOT NULL,
  name TEXT NOT NULL,
  base_url TEXT NOT NULL,
  options TEXT NOT NULL,
  created_at TEXT NOT NULL,
  interval_minutes INTEGER,
  collect_on_start INTEGER NOT NULL DEFAULT 0,
  has_credential INTEGER NOT NULL DEFAULT 0,
  -- Set when the user removed the connection but kept its events.
  removed_at TEXT
);

-- Dictionaries. digest: first 16 bytes of SHA-256 over the row's own values, so that a row is found by one look-up.
-- A number is never used again, even when its row was purged: readers keep rows in memory by their numbers.
CREATE TABLE actor (num INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, connection INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT, name TEXT, email TEXT);
-- Objects and workspaces: one row for each name a thing had.
CREATE TABLE subject (num INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, connection INTEGER NOT NULL, kind TEXT NOT NULL, id TEXT, name TEXT);
CREATE TABLE action (num INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, action TEXT NOT NULL, verb TEXT NOT NULL);
-- The summary with its actor, object and workspace names taken out: \\u0001, \\u0002, \\u0003 stand where they were.
-- A name is only taken out where it stands between spaces or at an end, so a word of the summary is always whole in one part.
-- Written and read by cache/summary.ts alone.
CREATE TABLE template (num INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, text TEXT NOT NULL);
-- JSON array of related subjects, as in the event.
CREATE TABLE related (num INTEGER PRIMARY KEY AUTOINCREMENT, digest BLOB NOT NULL UNIQUE, json TEXT NOT NULL);

CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  connection INTEGER NOT NULL,
  -- UTC milliseconds; null: unmapped.
  time_ms INTEGER,
  actor INTEGER NOT NULL,
  action INTEGER NOT NULL,
  object INTEGER NOT NULL,
  workspace INTEGER NOT NULL,
  template INTEGER NOT NULL,
  related INTEGER NOT NULL,
  -- 0 unknown, 1 success, 2 failure
  outcome INTEGER NOT NULL,
  external_id TEXT NOT NULL,
  -- The time as the service wrote it; null when it is time_ms in ISO form with Z and milliseconds, or unmapped.
  time_original TEXT,
  revision INTEGER NOT NULL,
  -- SHA-256 of the newest payload.
  hash BLOB NOT NULL,
  -- Where the newest payload lies.
  block INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  -- The commit that first brought the event: collected_at is the commit's.
  commit_num INTEGER NOT NULL
);

-- Which record is which event: 12-byte keys as cache/identity.ts makes them (our event id is a key's hex). The first six bytes come
-- from the folded external id, so this one tree also answers "which events have this id, whatever its case".
-- Keys arrive in random order, so new ones wait in identity_recent, in order of arrival, and are merged into identity in bulk;
-- while that goes on a key may stand in both. Look-ups of both go through cache/identity.ts.
CREATE TABLE identity (key BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE identity_recent (num INTEGER PRIMARY KEY, key BLOB NOT NULL, seq INTEGER NOT NULL);

-- One row. next_seq, next_block: never used before, even by what was purged since. Merging: identity_recent up to merge_to is on its way into identity,
-- merge_slice steps of it are done, each eight values of the keys' first byte. epoch grows when something was taken away, so that what is kept in memory is read anew.
CREATE TABLE writer_state (
  only INTEGER PRIMARY KEY CHECK (only = 1), next_seq INTEGER NOT NULL, next_block INTEGER NOT NULL, merge_to INTEGER NOT NULL, merge_slice INTEGER NOT NULL, epoch INTEGER NOT NULL
);
INSERT INTO writer_state VALUES (1, 1, 1, 0, 0, 0);

-- Payloads, up to 64 together; lengths is an array of varints, data their bytes joined and compressed (codec 0 none, 1 zstd).
CREATE TABLE block (num INTEGER PRIMARY KEY, codec INTEGER NOT NULL, lengths BLOB NOT NULL, data BLOB NOT NULL);

-- Every payload of an event that has had more than one, the newest included; an event with one payload has no row here.
CREATE TABLE revision (seq INTEGER NOT NULL, revision INTEGER NOT NULL, hash BLOB NOT NULL, block INTEGER NOT NULL, slot INTEGER NOT NULL, commit_num INTEGER NOT NULL, PRIMARY KEY (seq, revision)) WITHOUT ROWID;
-- Why a record is unmapped, as a sentence.
CREATE TABLE unmapped (seq INTEGER PRIMARY KEY, reason TEXT NOT NULL);

-- Marks, one row only for events that have any. late_since: when the span had been called complete. gone_since: last time the source still had it.
CREATE TABLE mark (seq INTEGER PRIMARY KEY, late_since TEXT, gone_since TEXT, status INTEGER NOT NULL DEFAULT 0);
CREATE TABLE tag (seq INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (seq, tag)) WITHOUT ROWID;
CREATE TABLE note (id TEXT PRIMARY KEY, seq INTEGER NOT NULL, text TEXT NOT NULL, written_at TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX note_seq ON note (seq);

-- Every row of event that changed or was purged after it was written, and every change of mark, tag and note: readers catch up from here.
CREATE TABLE change (num INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL);

-- One row a page: what the ledger entry speaks of. first_seq to last_seq: the events it added (null: none);
-- min_ms to max_ms: their times, kept wide enough when one is rewritten.
CREATE TABLE "commit" (
  num INTEGER PRIMARY KEY, run TEXT NOT NULL, connection INTEGER NOT NULL, stream TEXT NOT NULL, scope TEXT NOT NULL, received_at TEXT NOT NULL,
  first_seq INTEGER, last_seq INTEGER, min_ms INTEGER, max_ms INTEGER
);

CREATE TABLE run (
  id TEXT PRIMARY KEY, connection TEXT NOT NULL, trigger TEXT NOT NULL, status TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT,
  counts TEXT NOT NULL, coverage TEXT, error TEXT
) WITHOUT ROWID;
CREATE INDEX run_started ON run (started_at);

CREATE TABLE stream (connection TEXT NOT NULL, stream TEXT NOT NULL, scope TEXT NOT NULL, resume TEXT NOT NULL, memory TEXT NOT NULL, PRIMARY KEY (connection, stream)) WITHOUT ROWID;
-- state: complete or failed. from_ms null: no lower bound.
CREATE TABLE coverage (num INTEGER PRIMARY KEY, connection TEXT NOT NULL, stream TEXT NOT NULL, scope TEXT NOT NULL, from_ms INTEGER, to_ms INTEGER NOT NULL, state TEXT NOT NULL, since TEXT NOT NULL, reason TEXT);
CREATE INDEX coverage_stream ON coverage (connection, stream, scope);

-- Names with their history; name null: asked in vain.
CREATE TABLE name (num INTEGER PRIMARY KEY, connection TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, name TEXT, email TEXT, parent_kind TEXT, parent_id TEXT, learnt_at TEXT NOT NULL, checked_at TEXT NOT NULL);
CREATE INDEX name_ref ON name (connection, kind, id, num);

CREATE TABLE view (id TEXT PRIMARY KEY, name TEXT NOT NULL, query TEXT NOT NULL, zone TEXT, created_at TEXT NOT NULL) WITHOUT ROWID;

-- Append-only, hash-chained: entry hash = SHA-256(previous hash, canonical JSON of the entry).
CREATE TABLE ledger (num INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, json TEXT NOT NULL, hash BLOB NOT NULL);

-- Snapshots of the readers' columns, 65,536 rows each by seq; always rebuildable from event.
CREATE TABLE column_segment (num INTEGER PRIMARY KEY, rows INTEGER NOT NULL, change_num INTEGER NOT NULL, data BLOB NOT NULL);
`
