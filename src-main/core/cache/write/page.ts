import { hash } from 'node:crypto'
import { TrailviewError } from '../../../contract/errors.ts'
import { canonicalJson } from '../../ledger/canonical-json.ts'
import { digestOfHashes, type Ledger } from '../../ledger/ledger.ts'
import type { NamedPage, PageCommit, PageOutcome } from '../archive.ts'
import type { Database } from '../driver.ts'
import { completeSince, type CompleteSpan, type Coverage } from './coverage.ts'
import type { GoneFinder } from './gone.ts'
import type { Marks } from './marks.ts'
import type { Names } from './names.ts'
import type { openPayloads } from './payloads.ts'
import type { RecordFate, RecordHome, Records } from './records.ts'
import { SeenSeqs } from './seen.ts'

/** What a run has met so far on one stream, and what was complete before it began. */
interface RunWalk {
  readonly completeBefore: readonly CompleteSpan[]
  readonly seen: SeenSeqs
}

export interface PageParts {
  readonly db: Database
  readonly records: Records
  readonly payloads: ReturnType<typeof openPayloads>
  readonly marks: Marks
  readonly names: Names
  readonly coverage: Coverage
  readonly gone: GoneFinder
  readonly ledger: Ledger
}

export interface Pages {
  /** Writes everything of a page, in the transaction under way. Throws CONNECTION_NOT_FOUND. */
  write(page: PageCommit): PageOutcome
  /** Names stored events, in the transaction under way; returns how many. Throws CONNECTION_NOT_FOUND. */
  name(page: NamedPage): number
  /** What was remembered of a run is dropped. */
  endRun(runId: string): void
}

/** Counts and ids of what a page did, for its ledger entry. */
interface PageTally {
  added: number
  changed: number
  unchanged: number
  late: number
  unmapped: number
  /** Unreadable records that turned out readable; part of unchanged. */
  took: number
  /** Events that lacked names and were met again with them; part of unchanged. */
  named: number
  firstSeq: number | null
  lastSeq: number | null
  minMs: number | null
  maxMs: number | null
  readonly stored: Uint8Array[]
  readonly changedIds: string[]
  readonly reappearedIds: string[]
}

export function openPages(parts: PageParts): Pages {
  const { db, records, payloads, marks, names, coverage, gone, ledger } = parts
  const connectionNum = db.prepare<[string], number>('SELECT num FROM connection WHERE id = ?').pluck()
  const lastCommit = db.prepare<[], number | null>('SELECT max(num) FROM "commit"').pluck()
  const nameless = db.prepare<[number], number>(
    "SELECT 1 FROM unmapped CROSS JOIN event ON event.seq = unmapped.seq WHERE event.connection = ? AND event.external_id = '' LIMIT 1",
  )
  const insertCommit = db.prepare<
    [number, string, number, string, string, string, number | null, number | null, number | null, number | null]
  >(
    `INSERT INTO "commit" (num, run, connection, stream, scope, received_at, first_seq, last_seq, min_ms, max_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const widenCommit = db.prepare<[number, number, number, number, number]>(
    'UPDATE "commit" SET min_ms = min(coalesce(min_ms, ?), ?), max_ms = max(coalesce(max_ms, ?), ?) WHERE num = ?',
  )
  const saveStream = db.prepare<[string, string, string, string, string]>(
    'INSERT OR REPLACE INTO stream (connection, stream, scope, resume, memory) VALUES (?, ?, ?, ?, ?)',
  )
  const runs = new Map<string, Map<string, RunWalk>>()

  const walkOf = (page: PageCommit): RunWalk => {
    const walks = runs.get(page.runId) ?? new Map<string, RunWalk>()
    runs.set(page.runId, walks)
    const name = JSON.stringify([page.connection, page.stream, page.scope])
    const known = walks.get(name)
    if (known) return known
    const walk = { completeBefore: coverage.complete(page), seen: new SeenSeqs() }
    walks.set(name, walk)
    return walk
  }

  const count = (tally: PageTally, fate: RecordFate, walk: RunWalk): void => {
    walk.seen.add(fate.seq)
    if (fate.kind === 'added') {
      tally.added++
      tally.firstSeq ??= fate.seq
      tally.lastSeq = fate.seq
      tally.stored.push(fate.hash)
      if (fate.timeMs === null) tally.unmapped++
      else countLate(tally, fate.seq, fate.timeMs, walk)
      return
    }
    if (marks.clearGone(fate.seq)) tally.reappearedIds.push(fate.key.toString('hex'))
    if (fate.kind === 'changed') {
      tally.changed++
      tally.stored.push(fate.hash)
      tally.changedIds.push(fate.key.toString('hex'))
    } else {
      tally.unchanged++
      if (fate.kind === 'took') tally.took++
      if (fate.kind === 'named') tally.named++
    }
  }

  const countLate = (tally: PageTally, seq: number, timeMs: number, walk: RunWalk): void => {
    const since = completeSince(walk.completeBefore, timeMs)
    if (since === null) return
    marks.setLate(seq, since)
    tally.late++
  }

  const claim = (page: PageCommit, connection: number, walk: RunWalk): readonly string[] => {
    if (page.claim === null) return []
    const span = { fromMs: page.claim.from === null ? -Infinity : Date.parse(page.claim.from), toMs: Date.parse(page.claim.to) }
    coverage.claim(page, span, page.receivedAt)
    if (!page.claim.findsGone) return []
    const notBeforeMs = page.claim.goneNotBefore === null ? -Infinity : Date.parse(page.claim.goneNotBefore)
    return gone.mark({
      connectionNum: connection,
      walk: page,
      fromMs: Math.max(span.fromMs, notBeforeMs),
      toMs: span.toMs,
      seen: walk.seen,
    })
  }

  const numberOf = (id: string): number => {
    const connection = connectionNum.get(id)
    if (connection !== undefined) return connection
    throw new TrailviewError('CONNECTION_NOT_FOUND', `There is no connection ${id}; its page was not stored.`)
  }

  return {
    write: (page) => {
      const connection = numberOf(page.connection)
      const walk = walkOf(page)
      const commit = (lastCommit.get() ?? 0) + 1
      const packer = payloads.begin()
      const home: RecordHome = {
        connection: { id: page.connection, num: connection },
        commit,
        packer,
        hasNameless: nameless.get(connection) !== undefined,
      }
      const tally = emptyTally()
      for (const record of page.records) {
        const fate = records.store(record, home)
        count(tally, fate, walk)
        if (fate.timeMs === null || fate.kind === 'unchanged') continue
        if (fate.firstCommit === commit) widen(tally, fate.timeMs)
        else widenCommit.run(fate.timeMs, fate.timeMs, fate.timeMs, fate.timeMs, fate.firstCommit)
      }
      packer.finish()
      const { added, changed, unchanged, late, unmapped, took, named, firstSeq, lastSeq, minMs, maxMs } = tally
      insertCommit.run(commit, page.runId, connection, page.stream, page.scope, page.receivedAt, firstSeq, lastSeq, minMs, maxMs)
      names.save(page.connection, page.names, page.receivedAt)
      saveStream.run(page.connection, page.stream, page.scope, JSON.stringify(page.resume), JSON.stringify(page.memory))
      const goneIds = claim(page, connection, walk)
      ledger.append(
        'page',
        {
          run: page.runId,
          connection: page.connection,
          stream: page.stream,
          commit,
          added,
          changed,
          unchanged,
          late,
          gone: goneIds.length,
          unmapped,
          stored: digestOfHashes(tally.stored).toString('hex'),
          resume: hash('sha256', canonicalJson(page.resume)),
          ...(firstSeq === null ? {} : { firstSeq, lastSeq }),
          ...(took === 0 ? {} : { readable: took }),
          ...(named === 0 ? {} : { named }),
          ...(page.claim === null ? {} : { complete: [page.claim.from, page.claim.to] }),
          ...listed('changedIds', tally.changedIds),
          ...listed('reappearedIds', tally.reappearedIds),
          ...listed('goneIds', goneIds),
        },
        page.receivedAt,
      )
      return { added, changed, unchanged, late, gone: goneIds.length, unmapped }
    },
    name: ({ runId, connection, records: mapped, names: learnt, at }) => {
      const home = { id: connection, num: numberOf(connection) }
      names.save(connection, learnt, at)
      const named = mapped.filter((record) => records.name(record, home)).length
      if (named > 0) ledger.append('events-named', { run: runId, connection, named }, at)
      return named
    },
    endRun: (runId) => void runs.delete(runId),
  }
}

function emptyTally(): PageTally {
  return {
    added: 0,
    changed: 0,
    unchanged: 0,
    late: 0,
    unmapped: 0,
    took: 0,
    named: 0,
    firstSeq: null,
    lastSeq: null,
    minMs: null,
    maxMs: null,
    stored: [],
    changedIds: [],
    reappearedIds: [],
  }
}

function widen(tally: PageTally, timeMs: number): void {
  tally.minMs = Math.min(tally.minMs ?? timeMs, timeMs)
  tally.maxMs = Math.max(tally.maxMs ?? timeMs, timeMs)
}

const listed = (name: string, ids: readonly string[]): Readonly<Record<string, readonly string[]>> =>
  ids.length === 0 ? {} : { [name]: ids }
