import type { Database } from '../cache/driver.ts'
import type { collectFindings, Findings } from './findings.ts'
import { digestOfHashes, type LedgerRow } from './ledger.ts'
import { walkChain } from './verify-chain.ts'

interface CommitRow {
  readonly num: number
  readonly run: string
  readonly connection: number
  readonly first_seq: number | null
  readonly last_seq: number | null
}

/** What an entry of kind `page` says, as far as it is checked. */
interface PageFacts {
  readonly run: string
  readonly commit: number
  readonly added: number
  readonly changed: number
  readonly stored: string
}

/** The ledger's chain, and every page it tells of against what is stored of that page. */
export function verifyPages(db: Database, findings: ReturnType<typeof collectFindings>, advance: (events: number) => void): void {
  const readCommit = db.prepare<[number], CommitRow>('SELECT num, run, connection, first_seq, last_seq FROM "commit" WHERE num = ?')
  const hashesOf = storedHashes(db)
  const purges = purgedAt(db)
  const pages = findings.of('pages')
  let told = 0
  for (const entry of walkChain(db, findings.of('the ledger'))) {
    if (entry.kind !== 'page') continue
    const facts = pageFacts(entry, pages)
    if (facts === null) continue
    told++
    const commit = readCommit.get(facts.commit)
    if (commit === undefined || commit.run !== facts.run) {
      pages.add(`Entry ${entry.num} of the ledger tells of page ${facts.commit}, which is not in the archive.`)
      continue
    }
    const isPurged = entry.num < (purges.get(commit.connection) ?? 0)
    if (!isPurged) verifyPage(entry, facts, hashesOf(commit), pages)
    advance(facts.added)
  }
  const stored = db.prepare<[], number>('SELECT count(*) FROM "commit"').pluck().get() ?? 0
  if (stored > told) pages.add(`${stored - told} pages of the archive are not in the ledger.`)
}

function verifyPage(entry: LedgerRow, facts: PageFacts, hashes: readonly Uint8Array[], findings: Findings): void {
  if (hashes.length !== facts.added + facts.changed) {
    findings.add(
      `Page ${facts.commit} stored ${facts.added + facts.changed} payloads by entry ${entry.num} of the ledger, but ${hashes.length} are there.`,
    )
  } else if (digestOfHashes(hashes).toString('hex') !== facts.stored) {
    findings.add(`What page ${facts.commit} stored differs from entry ${entry.num} of the ledger.`)
  }
}

/** The hashes of the payloads that came with a page: first payloads of the events it added, later ones of those it changed. */
function storedHashes(db: Database): (commit: CommitRow) => readonly Uint8Array[] {
  const added = db
    .prepare<[number, number, number], Buffer>(
      `SELECT coalesce((SELECT hash FROM revision WHERE revision.seq = event.seq AND revision.revision = 1), hash)
       FROM event WHERE seq BETWEEN ? AND ? AND commit_num = ?`,
    )
    .pluck()
  const changed = new Map<number, Buffer[]>()
  for (const row of db
    .prepare<[], { commit_num: number; hash: Buffer }>('SELECT commit_num, hash FROM revision WHERE revision > 1')
    .iterate()) {
    const hashes = changed.get(row.commit_num)
    if (hashes) hashes.push(row.hash)
    else changed.set(row.commit_num, [row.hash])
  }
  return ({ num, first_seq, last_seq }) => [...added.all(first_seq ?? 0, last_seq ?? -1, num), ...(changed.get(num) ?? [])]
}

/** Connection numbers whose events were purged, with the entry that says so: pages before it are gone by the user's will. */
function purgedAt(db: Database): ReadonlyMap<number, number> {
  const rows = db.prepare<[], { num: number; json: string }>("SELECT num, json FROM ledger WHERE kind = 'connection-purged'").all()
  return new Map(rows.map(({ num, json }) => [Number((JSON.parse(json) as { readonly number?: unknown }).number), num]))
}

function pageFacts(entry: LedgerRow, findings: Findings): PageFacts | null {
  try {
    return JSON.parse(entry.json) as PageFacts
  } catch {
    findings.add(`Entry ${entry.num} of the ledger cannot be read.`)
    return null
  }
}
