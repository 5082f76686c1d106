import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completeSince } from '../../../src-main/core/cache/write/coverage.ts'
import { openCoverage } from '../../../src-main/core/cache/write/coverage.ts'
import { subtract } from '../../../src-main/core/cache/write/spans.ts'
import { testArchive } from './archive-fixture.ts'

const walk = { connection: 'c1', stream: 'events', scope: 'all' }
const moments = 24
const span = fc
  .tuple(fc.option(fc.integer({ min: 0, max: moments - 1 }), { freq: 6 }), fc.integer({ min: 1, max: moments }))
  .map(([from, to]) => ({ fromMs: from ?? -Infinity, toMs: to }))
const step = fc.record({ span, isComplete: fc.boolean(), day: fc.integer({ min: 1, max: 3 }) })

describe('spans', () => {
  it('lose exactly what is taken out of them', () => {
    fc.assert(
      fc.property(span, fc.array(span, { maxLength: 5 }), (whole, taken) => {
        const left = subtract(whole, taken)
        for (let ms = -1; ms <= moments; ms++) {
          const within = (part: { fromMs: number; toMs: number }): boolean => ms >= part.fromMs && ms < part.toMs
          expect(left.some(within)).toBe(within(whole) && !taken.some(within))
        }
      }),
    )
  })
})

describe('coverage', () => {
  it('is at every moment what was last said of it, and complete once it was', () => {
    const { db } = testArchive()
    const coverage = openCoverage(db)
    let run = 0
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const place = { ...walk, scope: `scope ${run++}` }
        const model = new Map<number, { state: 'complete' | 'failed'; since: string }>()
        for (const { span: said, isComplete, day } of steps) {
          const at = `2024-01-0${day}T00:00:00.000Z`
          if (isComplete) coverage.claim(place, said, at)
          else coverage.fail(place, said, 'reset', at)
          for (let ms = -1; ms <= moments; ms++) {
            if (ms < said.fromMs || ms >= said.toMs || model.get(ms)?.state === 'complete') continue
            model.set(ms, { state: isComplete ? 'complete' : 'failed', since: at })
          }
        }
        const rows = db
          .prepare<[string], { from_ms: number | null; to_ms: number; state: string }>(
            'SELECT from_ms, to_ms, state FROM coverage WHERE scope = ?',
          )
          .all(place.scope)
        for (let ms = -1; ms <= moments; ms++) {
          const here = rows.filter((row) => ms >= (row.from_ms ?? -Infinity) && ms < row.to_ms).map((row) => row.state)
          expect(here).toEqual(model.has(ms) ? [model.get(ms)?.state] : [])
          const since = completeSince(coverage.complete(place), ms)
          expect(since).toBe(model.get(ms)?.state === 'complete' ? model.get(ms)?.since : null)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('does not pile up spans of frequent runs', () => {
    const { db } = testArchive()
    const coverage = openCoverage(db)
    const startMs = Date.parse('2024-01-01T00:00:00.000Z')
    for (let minute = 0; minute < 2 * 1440; minute += 15) {
      const toMs = startMs + minute * 60_000
      coverage.claim(walk, { fromMs: toMs - 60 * 60_000, toMs }, new Date(toMs).toISOString())
    }
    expect(db.prepare('SELECT count(*) AS n FROM coverage').get()).toEqual({ n: 2 })
  })
})
