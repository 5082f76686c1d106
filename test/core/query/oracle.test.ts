import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fold } from '../../../src-main/core/lib/fold.ts'
import { facetValues, matches } from '../../../src-main/core/query/oracle.ts'
import { parseQuery } from '../../../src-main/core/query/parse.ts'
import { matchesWhole, matchesWithin, textPattern, valuePattern } from '../../../src-main/core/query/pattern.ts'
import { oracleEvent, writtenQuery } from './query-samples.ts'

const context = { zone: 'UTC', nowMs: Date.parse('2026-03-05T00:00:00Z') }
const finds = (query: string, facts = oracleEvent()) => {
  const { tree, problems } = parseQuery(query, context)
  expect(problems).toEqual([])
  return matches(facts, tree)
}

describe('what a query finds', () => {
  const reviewed = oracleEvent(
    { revision: 2 },
    { tags: ['Board meeting'], notes: ['Asked Paul about it'], status: 'follow-up', isLate: true, isGone: true },
  )
  const unmapped = oracleEvent({
    occurredAt: null,
    mapped: false,
    actor: null,
    object: null,
    workspace: null,
    externalId: '',
    action: '',
    summary: '',
  })
  const room = oracleEvent({ object: { kind: 'room', id: '8', name: 'Lobby' } })

  it.each([
    ['logo.pn', oracleEvent(), true],
    ['zoe', oracleEvent(), true],
    ['MÜLLER viewed', oracleEvent(), true],
    ['"viewed zoe"', oracleEvent(), false],
    ['viewed*legal', oracleEvent(), true],
    ['legal*viewed', oracleEvent(), false],
    ['e', oracleEvent(), true],
    ['zoe@example.org', oracleEvent(), true],
    ['77', oracleEvent(), true],
    ['%', oracleEvent(), false],
    ['payload', oracleEvent(), false],
    ['raw:"the payload"', oracleEvent(), true],
    ['raw:zoe', oracleEvent(), true],
    ['board', reviewed, true],
    ['"paul about"', reviewed, true],
    ['actor:42', oracleEvent(), true],
    ['actor:"zoe muller"', oracleEvent(), true],
    ['actor:zoe', oracleEvent(), false],
    ['actor:zoe*', oracleEvent(), true],
    ['actor:*', unmapped, false],
    ['-actor:*', unmapped, true],
    ['workspace:legal,other', oracleEvent(), true],
    ['connection:"main OFFICE"', oracleEvent(), true],
    ['connection:c1', oracleEvent(), true],
    ['file:onehub*', oracleEvent(), true],
    ['file:lobby', room, false],
    ['object:lobby kind:room', room, true],
    ['id:e1', oracleEvent(), true],
    ['id:501', oracleEvent(), true],
    ['status:unreviewed', oracleEvent(), true],
    ['status:follow-up tag:"board meeting" has:late has:gone has:revision has:note', reviewed, true],
    ['has:late', oracleEvent(), false],
    ['has:unmapped', unmapped, true],
    ['after:2026-03-01T10:00Z', oracleEvent(), true],
    ['before:2026-03-01T10:00Z', oracleEvent(), false],
    ['on:2026-03-01', oracleEvent(), true],
    ['last:5d', oracleEvent(), true],
    ['last:3d', oracleEvent(), false],
    ['before:2030', unmapped, false],
    ['-before:2030', unmapped, true],
    ['on:*', unmapped, false],
  ])('%s', (query, facts, expected) => {
    expect(finds(query, facts)).toBe(expected)
  })

  it('agrees with regular expressions about wildcards', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'É', '.'), maxLength: 8 })
    const written = fc.array(fc.oneof(letters, fc.constant('*')), { maxLength: 5 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(written, letters, (pattern, value) => {
        const source = pattern
          .split('*')
          .map((piece) => fold(piece).replaceAll('.', '\\.'))
          .join('.*')
        expect(matchesWhole(valuePattern(pattern), fold(value))).toBe(new RegExp(`^${source}$`, 's').test(fold(value)))
        expect(matchesWithin(textPattern(pattern), fold(value))).toBe(new RegExp(source, 's').test(fold(value)))
      }),
      { numRuns: 1000 },
    )
  })

  it('obeys the laws of and, or and not', () => {
    const facts = [oracleEvent(), reviewed, unmapped, room]
    fc.assert(
      fc.property(writtenQuery, writtenQuery, fc.constantFrom(...facts), (a, b, event) => {
        const [inA, inB] = [finds(a.text, event), finds(b.text, event)]
        expect(finds(`(${a.text}) (${b.text})`, event)).toBe(inA && inB)
        expect(finds(`(${a.text}) OR (${b.text})`, event)).toBe(inA || inB)
        expect(finds(`-(${a.text})`, event)).toBe(!inA)
      }),
    )
  })
})

describe('facet values', () => {
  it('are what the field takes', () => {
    expect(facetValues(oracleEvent(), 'actor')).toEqual(['42'])
    expect(facetValues(oracleEvent({ workspace: { kind: 'space', id: null, name: 'dev' } }), 'workspace')).toEqual(['dev'])
    expect(facetValues(oracleEvent({ object: null }), 'kind')).toEqual([])
    expect(facetValues(oracleEvent({}, { tags: ['a', 'b'] }), 'tag')).toEqual(['a', 'b'])
    expect(facetValues(oracleEvent(), 'status')).toEqual(['unreviewed'])
  })
})
