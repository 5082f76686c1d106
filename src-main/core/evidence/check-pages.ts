import { canonicalJson } from '../ledger/canonical-json.ts'
import type { Findings } from '../ledger/findings.ts'
import { chainHashOf, chainStart, digestOfHashes, type LedgerHead } from '../ledger/ledger.ts'
import type { PageLine } from './evidence-part.ts'
import { lineItems, visitLines } from './json-lines.ts'
import type { Balance } from './matching.ts'
import { evidenceEntryKind } from './package-format.ts'
import { type PackedEntry, pageFactsSchema, readEntry, readPage } from './package-lines.ts'

/** What the manifest's place in the ledger is compared with. */
interface LedgerContext {
  /** What the manifest says of the moment the events are of; null: the manifest cannot be read. */
  readonly moment: LedgerHead | null
  /** What the last entry must say, canonical; null where the manifest cannot be read. */
  readonly lastFacts: string | null
}

/** What was found while a package's ledger and pages were read. */
interface CheckedLedger {
  readonly head: LedgerHead
  readonly pages: number
}

/**
 * Walks the ledger from its first entry, and beside it the pages, which are in the same order: each is what its entry says. Payloads of pages are
 * taken from `payloads`.
 */
export async function checkPages(
  chunks: { readonly ledger: AsyncIterable<Buffer>; readonly pages: AsyncIterable<Buffer> },
  { moment, lastFacts }: LedgerContext,
  findings: { readonly pages: Findings; readonly ledger: Findings },
  payloads: Pick<Balance, 'take'>,
): Promise<CheckedLedger> {
  const pages = lineItems('pages.ndjson', chunks.pages, readPage, findings.pages)
  let page = await pages.next()
  let pageCount = 0
  let chain: Uint8Array = chainStart
  let last: PackedEntry | null = null
  const entries = await visitLines('ledger.ndjson', chunks.ledger, readEntry, findings.ledger, async (entry, line) => {
    if (entry.num !== line) findings.ledger.add(`Line ${line} of ledger.ndjson is entry ${entry.num}: entries are missing, or were added.`)
    chain = chainHashOf(chain, canonicalJson([entry.num, entry.at, entry.kind, entry.json]))
    if (moment?.entries === line && hexOf(chain) !== moment.hash)
      findings.ledger.add(`The ledger's entries 1 to ${line} do not lead to the hash that the manifest names: one of them was altered.`)
    last = entry
    while (page.done !== true && page.value.entry <= line) {
      pageCount++
      checkPage(page.value, entry, findings.pages)
      for (const payload of page.value.payloads) payloads.take(payload, `page ${page.value.page} (entry ${line}): ${payload}`)
      page = await pages.next()
    }
  })
  for (; page.done !== true; page = await pages.next()) {
    pageCount++
    findings.pages.add(`Page ${page.value.page} is of entry ${page.value.entry}, which is not in the ledger of the package.`)
  }
  if (moment !== null && moment.entries > entries)
    findings.ledger.add(`The manifest names entry ${moment.entries} of the ledger, which has ${entries}.`)
  if (lastFacts !== null && !isAbout(last, lastFacts))
    findings.ledger.add('The last entry of the ledger is not the one about this package: the manifest or the ledger was altered.')
  return { head: { entries, hash: hexOf(chain) }, pages: pageCount }
}

function checkPage({ page, entry, payloads, others }: PageLine, { num, kind, json }: PackedEntry, findings: Findings): void {
  const facts = kind === 'page' && num === entry ? pageFactsSchema.safeParse(parsed(json)).data : undefined
  if (facts?.commit !== page) {
    findings.add(`Page ${page} is of entry ${entry} of the ledger, which tells of something else.`)
    return
  }
  const hashes = [...payloads, ...others].map((digest) => Buffer.from(digest, 'hex'))
  if (digestOfHashes(hashes).toString('hex') !== facts.stored)
    findings.add(`The payloads of page ${page} are not those that entry ${entry} of the ledger tells of.`)
}

const isAbout = (last: PackedEntry | null, facts: string): boolean => last?.kind === evidenceEntryKind && last.json === facts

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
