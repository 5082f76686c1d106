import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeParse } from '../../src-renderer/api/fake/fake-query.ts'
import { parseQuery } from '../../src-main/core/query/parse.ts'
import { colouredPieces } from '../../src-renderer/features/search/coloured-pieces.ts'
import {
  bothQueries,
  quoteValue,
  toggleValue,
  valueState,
  withTerm,
  withTimeRange,
  withoutSpan,
  type ReadQuery,
} from '../../src-renderer/lib/query-text.ts'

function read(text: string): ReadQuery {
  const { chips, tokens } = fakeParse(text)
  return { text, chips, tokens }
}

describe('changing the text of a query', () => {
  it.each([
    ['delete', 'delete'],
    ['Matthew Anderson', '"Matthew Anderson"'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say *hi*"'],
    ['-x', '"-x"'],
    ['Ünïcode', 'Ünïcode'],
    ['', '""'],
  ])('writes the value %j as %s', (value, text) => {
    expect(quoteValue(value)).toBe(text)
  })

  it('adds a value beside others of its field', () => {
    expect(toggleValue(read('logo verb:read'), 'verb', 'delete', false)).toBe('logo verb:read,delete')
  })

  it('takes a chosen value out again, and its chip with the last value', () => {
    expect(toggleValue(read('logo verb:read,delete'), 'verb', 'read', false)).toBe('logo verb:delete')
    expect(toggleValue(read('logo verb:delete after:2026'), 'verb', 'delete', false)).toBe('logo after:2026')
  })

  it('turns an included value into an excluded one', () => {
    expect(toggleValue(read('verb:read logo'), 'verb', 'read', true)).toBe('logo -verb:read')
  })

  it('knows a field by its aliases', () => {
    expect(valueState(read('by:481'), 'actor', '481')).toBe('included')
    expect(toggleValue(read('in:Legal'), 'workspace', 'Finance', false)).toBe('in:Legal,Finance')
  })

  it('puts a bare OR in parentheses before another condition joins it', () => {
    const text = 'a OR b'
    const query: ReadQuery = {
      text,
      chips: [],
      tokens: [
        { kind: 'text', start: 0, end: 1 },
        { kind: 'operator', start: 2, end: 4 },
        { kind: 'text', start: 5, end: 6 },
      ],
    }
    expect(withTerm(query, 'verb:read')).toBe('(a OR b) verb:read')
  })

  it('replaces every bound of time by the new range', () => {
    expect(withTimeRange(read('logo after:2026-01 verb:read before:2026-02'), '2025-01-01', null)).toBe('logo verb:read after:2025-01-01')
    expect(withTimeRange(read('last:7d logo'), null, null)).toBe('logo')
  })

  it('narrows a place by a search without letting its OR out', () => {
    expect(bothQueries('connection:c workspace:1', 'a OR b')).toBe('connection:c workspace:1 (a OR b)')
    expect(bothQueries('connection:c', '  ')).toBe('connection:c')
    expect(bothQueries('', 'a')).toBe('a')
  })

  it('removes a stretch and leaves no double spaces', () => {
    expect(withoutSpan('a  bb c', { start: 3, end: 5 })).toBe('a c')
  })

  it('toggling a value twice leaves no trace of it', () => {
    const value = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/["*\s]/u.test(text))
    fc.assert(
      fc.property(value, fc.boolean(), (text, isNegated) => {
        const once = toggleValue(read('logo verb:read'), 'actor', text, isNegated)
        expect(valueState(read(once), 'actor', text)).toBe(isNegated ? 'excluded' : 'included')
        expect(toggleValue(read(once), 'actor', text, isNegated)).toBe('logo verb:read')
      }),
    )
  })
})

describe('the colours of a query', () => {
  const parse = (text: string) => parseQuery(text, { zone: 'UTC', nowMs: 1e12 })

  it('are, while a word grows, those that it has once it is read', () => {
    const term = fc.stringMatching(/^(actor:|-|)[a-zé]{2,8}$/u)
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 4 }), (terms) => {
        const text = terms.join(' ')
        const before = text.slice(0, -1)
        expect(colouredPieces(text, parse(before), before)).toEqual(colouredPieces(text, parse(text), text))
      }),
    )
  })

  it('cover the whole text, whatever was read last', () => {
    const anyText = fc.stringMatching(/^[ab:" ()*-]{0,12}$/u)
    fc.assert(
      fc.property(anyText, anyText, (text, before) => {
        const pieces = colouredPieces(text, parse(before), before)
        expect(pieces.map((piece) => piece.text).join('')).toBe(text)
      }),
    )
  })
})
