import type { ProofLines, RevisionLine } from '../../../evidence/evidence-part.ts'
import { flushBytes, type LineBytes } from '../../../export/line-bytes.ts'
import { addWithPayload } from '../../../export/ndjson.ts'
import { entryText, type LedgerRow } from '../../../ledger/ledger.ts'
import type { Database } from '../../driver.ts'
import { ChosenEvents } from '../search/chosen-events.ts'
import type { Payloads } from '../rows/payloads.ts'
import { pagesOf } from './proof-pages.ts'
import { idOfEvent, type RowBuilder } from '../rows/rows.ts'

/** What proofs are read with. */
export interface ProofSource {
  readonly db: Database
  readonly builder: RowBuilder
  readonly payloads: Payloads
  readonly bytes: LineBytes
}

/** Lines that prove events, by the file they belong to. */
export interface ProofPart {
  readonly kind: 'revisions' | 'pages'
  readonly lines: ProofLines
}

interface Revision {
  readonly seq: number
  readonly revision: number
  readonly hash: Buffer
  readonly block: number
  readonly slot: number
  readonly commit_num: number
}

/**
 * All payloads of those events of a list that had more than one, and the pages that brought the payloads of all of them; a megabyte or two of lines
 * at a time. Throws ARCHIVE_DAMAGED where the ledger does not tell of each payload.
 */
export function* proofOf(source: ProofSource, rows: Uint32Array): Generator<ProofPart, undefined> {
  const chosen = new ChosenEvents(rows)
  let payloads = rows.length
  const revisions = function* (): Generator<void> {
    for (const revision of revisionsOf(source.db, chosen)) {
      if (revision.revision > 1) payloads++
      addRevision(source, revision)
      yield
    }
  }
  for (const lines of inBatches(source.bytes, revisions())) yield { kind: 'revisions', lines }
  const pages = function* (): Generator<void> {
    for (const page of pagesOf(source.db, chosen, payloads)) {
      source.bytes.addText(`${JSON.stringify(page)}\n`)
      yield
    }
  }
  for (const lines of inBatches(source.bytes, pages())) yield { kind: 'pages', lines }
}

/** The ledger's entries up to a number, each a line as it is hashed. */
export function* ledgerLines(db: Database, bytes: LineBytes, entries: number): Generator<ProofLines, undefined> {
  const read = db.prepare<[number], LedgerRow>('SELECT num, at, kind, json, hash FROM ledger WHERE num <= ? ORDER BY num')
  const lines = function* (): Generator<void> {
    for (const entry of read.iterate(entries)) {
      bytes.addText(`${entryText(entry)}\n`)
      yield
    }
  }
  yield* inBatches(bytes, lines())
}

function* revisionsOf(db: Database, chosen: ChosenEvents): Generator<Revision> {
  const all = db.prepare<[], Revision>('SELECT seq, revision, hash, block, slot, commit_num FROM revision ORDER BY seq, revision')
  for (const revision of all.iterate()) if (chosen.has(revision.seq)) yield revision
}

function addRevision({ builder, payloads, bytes }: ProofSource, { seq, revision, hash, block, slot, commit_num }: Revision): void {
  const [event] = builder.stored([seq - 1])
  if (event === undefined) return
  const line: RevisionLine = {
    id: idOfEvent(builder.connection(event.connection)?.id ?? '', event.externalId, event.hash),
    revision,
    receivedAt: builder.receivedAt(commit_num),
    hash: hash.toString('hex'),
  }
  addWithPayload(bytes, line, payloads.at(block, slot))
}

/** Hands over what was added to the bytes whenever it is much; each step of `lines` adds one. */
function* inBatches(bytes: LineBytes, lines: Generator<void>): Generator<ProofLines> {
  let count = 0
  bytes.clear()
  while (lines.next().done !== true) {
    count++
    if (bytes.length < flushBytes) continue
    yield { bytes: bytes.take(), lines: count }
    count = 0
  }
  if (count > 0) yield { bytes: bytes.take(), lines: count }
}
