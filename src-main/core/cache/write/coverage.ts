import type { Database } from '../driver.ts'
import { overlaps, subtract, type Span } from './spans.ts'

/** What coverage is counted by. */
export interface Walk {
  readonly connection: string
  readonly stream: string
  readonly scope: string
}

/** A span that was called complete, and when. */
export interface CompleteSpan extends Span {
  readonly since: string
}

export interface Coverage {
  /** Complete spans, ascending; they never overlap. */
  complete(walk: Walk): readonly CompleteSpan[]
  /** Calls a span complete. Parts that were so already keep their earlier date; failures within are mended. */
  claim(walk: Walk, span: Span, at: string): void
  /** Notes a span as tried and not finished, wherever it is not complete already. */
  fail(walk: Walk, span: Span, reason: string, at: string): void
}

interface CoverageRow {
  readonly num: number
  readonly from_ms: number | null
  readonly to_ms: number
  readonly state: 'complete' | 'failed'
  readonly since: string
  readonly reason: string | null
}

interface KeptSpan extends CompleteSpan {
  readonly num: number
  readonly state: CoverageRow['state']
  readonly reason: string | null
}

export function openCoverage(db: Database): Coverage {
  const read = db.prepare<[string, string, string], CoverageRow>(
    'SELECT num, from_ms, to_ms, state, since, reason FROM coverage WHERE connection = ? AND stream = ? AND scope = ?',
  )
  const insert = db.prepare<[string, string, string, number | null, number, string, string, string | null]>(
    'INSERT INTO coverage (connection, stream, scope, from_ms, to_ms, state, since, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const remove = db.prepare<[number]>('DELETE FROM coverage WHERE num = ?')

  const kept = (walk: Walk, state: CoverageRow['state']): readonly KeptSpan[] =>
    read
      .all(walk.connection, walk.stream, walk.scope)
      .filter((row) => row.state === state)
      .map((row) => ({ num: row.num, fromMs: row.from_ms ?? -Infinity, toMs: row.to_ms, state, since: row.since, reason: row.reason }))
      .toSorted((a, b) => a.fromMs - b.fromMs)

  const add = (walk: Walk, span: Span, state: CoverageRow['state'], since: string, reason: string | null): void => {
    insert.run(walk.connection, walk.stream, walk.scope, finite(span.fromMs), span.toMs, state, since, reason)
  }

  const cutFailures = (walk: Walk, span: Span): void => {
    for (const failure of kept(walk, 'failed')) {
      if (!overlaps(failure, span)) continue
      remove.run(failure.num)
      for (const part of subtract(failure, [span])) add(walk, part, 'failed', failure.since, failure.reason)
    }
  }

  /** Neighbours called complete on the same day become one, so that frequent small runs do not pile up rows. */
  const join = (walk: Walk): void => {
    let before: KeptSpan | null = null
    for (const span of kept(walk, 'complete')) {
      if (before === null || before.toMs !== span.fromMs || dayOf(before.since) !== dayOf(span.since)) {
        before = span
        continue
      }
      const since: string = before.since > span.since ? before.since : span.since
      remove.run(before.num)
      remove.run(span.num)
      const num: number | bigint = insert.run(
        walk.connection,
        walk.stream,
        walk.scope,
        finite(before.fromMs),
        span.toMs,
        'complete',
        since,
        null,
      ).lastInsertRowid
      before = { ...span, num: Number(num), fromMs: before.fromMs, since }
    }
  }

  return {
    complete: (walk) => kept(walk, 'complete'),
    claim: (walk, span, at) => {
      for (const part of subtract(span, kept(walk, 'complete'))) add(walk, part, 'complete', at, null)
      cutFailures(walk, span)
      join(walk)
    },
    fail: (walk, span, reason, at) => {
      const open = subtract(span, kept(walk, 'complete'))
      for (const part of open) {
        cutFailures(walk, part)
        add(walk, part, 'failed', at, reason)
      }
    },
  }
}

/** Since when the instant was known as complete, or null. */
export function completeSince(spans: readonly CompleteSpan[], ms: number): string | null {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    const span = spans[middle]
    if (span === undefined || ms < span.fromMs) high = middle
    else if (ms >= span.toMs) low = middle + 1
    else return span.since
  }
  return null
}

const dayOf = (instant: string): string => instant.slice(0, 10)
const finite = (ms: number): number | null => (ms === -Infinity ? null : ms)
