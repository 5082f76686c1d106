import { TrailviewError } from '../../../../contract/errors.ts'
import type { PageLine } from '../../../evidence/evidence-part.ts'
import { digestOfHashes, type LedgerRow } from '../../../ledger/ledger.ts'
import type { Database } from '../../driver.ts'
import type { ChosenEvents } from '../search/chosen-events.ts'

/** A payload that was new in a page: the event's number, and the payload's hash. */
type NewPayload = [seq: number, hash: Buffer]

/** What an entry of kind `page` says, as far as it is needed here. */
interface PageFacts {
  readonly commit: number
  readonly stored: string
}

interface CommitRow {
  readonly first_seq: number | null
  readonly last_seq: number | null
}

/**
 * The pages that brought payloads of chosen events, in order of the ledger. Throws ARCHIVE_DAMAGED where a page holds something else than
 * the ledger says, or where they come to another number of payloads of chosen events than there are.
 */
export function* pagesOf(db: Database, chosen: ChosenEvents, payloads: number): Generator<PageLine> {
  const entries = db.prepare<[], Pick<LedgerRow, 'num' | 'json'>>("SELECT num, json FROM ledger WHERE kind = 'page' ORDER BY num")
  const readCommit = db.prepare<[number], CommitRow>('SELECT first_seq, last_seq FROM "commit" WHERE num = ?')
  // The first payload of an event came with the page that added it.
  const readAdded = db
    .prepare<[number, number, number], NewPayload>(
      `SELECT seq, CASE revision WHEN 1 THEN hash ELSE (SELECT hash FROM revision WHERE revision.seq = event.seq AND revision.revision = 1) END
       FROM event WHERE seq BETWEEN ? AND ? AND commit_num = ?`,
    )
    .raw()
  const laterOf = laterPayloads(db)
  let found = 0
  for (const { num, json } of entries.iterate()) {
    const { commit, stored } = JSON.parse(json) as PageFacts
    const { first_seq: first, last_seq: last } = readCommit.get(commit) ?? { first_seq: null, last_seq: null }
    const later = laterOf(commit)
    const hasAdded = first !== null && last !== null && chosen.hasAny(first, last)
    if (!hasAdded && !later.some(([seq]) => chosen.has(seq))) continue
    const all = first === null || last === null ? later : [...readAdded.all(first, last, commit), ...later]
    if (digestOfHashes(all.map(([, hash]) => hash)).toString('hex') !== stored) throw damaged()
    const hashes = (isChosen: boolean): readonly string[] =>
      all.flatMap(([seq, hash]) => (chosen.has(seq) === isChosen ? [hash.toString('hex')] : [])).sort()
    const page: PageLine = { page: commit, entry: num, payloads: hashes(true), others: hashes(false) }
    found += page.payloads.length
    yield page
  }
  if (found !== payloads) throw damaged()
}

/** The payloads by which pages changed events; pages are asked for in ascending order. */
function laterPayloads(db: Database): (commit: number) => readonly NewPayload[] {
  const rows = db
    .prepare<[], [commit: number, ...NewPayload]>('SELECT commit_num, seq, hash FROM revision WHERE revision > 1 ORDER BY commit_num')
    .raw()
    .iterate()
  let next = rows.next()
  return (commit) => {
    const found: NewPayload[] = []
    for (; next.done !== true && next.value[0] <= commit; next = rows.next()) {
      const [of, seq, hash] = next.value
      if (of === commit) found.push([seq, hash])
    }
    return found
  }
}

const damaged = (): TrailviewError =>
  new TrailviewError(
    'ARCHIVE_DAMAGED',
    'The archive does not hold all that its ledger tells of these events, so no evidence package of them can be made. Verify the archive; other formats can still be exported.',
  )
