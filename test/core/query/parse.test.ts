import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseQuery } from '../../../src-main/core/query/parse.ts'
import { quoteValue } from '../../../src-main/core/query/quote.ts'
import { matches } from '../../../src-main/core/query/oracle.ts'
import { oracleEvent, writtenQuery } from './query-samples.ts'

const context = { zone: 'Europe/Berlin', nowMs: Date.parse('2026-05-31T12:00:00Z') }
const parse = (text: string) => parseQuery(text, context)
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        'OR',
        'NOT',
        '-',
        '(',
        ')',
        '"',
        ':',
        ',',
        '*',
        ' ',
        'verb:',
        'on:',
        'has:',
        'last:',
        'after:2026',
        'a',
        'plan',
        '\ud800',
        '\u0000',
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
)

describe('every query that is well formed', () => {
  it('is read as what was written', () => {
    fc.assert(
      fc.property(writtenQuery, ({ text, tree }) => {
        const result = parse(text)
        expect(result.problems).toEqual([])
        expect(result.tree).toEqual(tree)
      }),
      { numRuns: 500 },
    )
  })

  it('loses exactly one term when a chip is cut out', () => {
    fc.assert(
      fc.property(writtenQuery, ({ text }) => {
        const { chips } = parse(text)
        for (const chip of chips) {
          const rest = parse(text.slice(0, chip.start) + text.slice(chip.end))
          expect(rest.problems).toEqual([])
          expect(rest.chips.map((other) => [other.field, other.values])).toEqual(
            chips.filter((other) => other !== chip).map((other) => [other.field, other.values]),
          )
        }
      }),
    )
  })
})

describe('any text at all', () => {
  it('is answered with problems and tokens that lie within it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { problems, tokens, chips } = parse(text)
        for (const span of [...problems, ...tokens, ...chips]) {
          expect(span.start).toBeGreaterThanOrEqual(0)
          expect(span.end).toBeGreaterThan(span.start)
          expect(span.end).toBeLessThanOrEqual(text.length)
        }
        for (const [i, token] of tokens.entries()) expect(token.start).toBeGreaterThanOrEqual(tokens[i - 1]?.end ?? 0)
        for (const problem of problems)
          expect(tokens.some((token) => token.kind === 'problem' && token.start < problem.end && problem.start < token.end)).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('has a tree that an event can be held against, however deep it is nested', () => {
    for (const piece of ['(', '((a', 'NOT ', '-', '(a) ', 'a OR (', '"'])
      expect(() => matches(oracleEvent(), parse(piece.repeat(5_000)).tree)).not.toThrow()
    const deepest = `${'-('.repeat(100)}zoe${')'.repeat(100)}`
    expect(parse(deepest).problems).toEqual([])
    expect(matches(oracleEvent(), parse(deepest).tree)).toBe(true)
  })

  it('can be written as a value that finds it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const written of [`object:${quoteValue(text)}`, `verb:x,${quoteValue(text)}`]) {
          const result = parse(written)
          expect(result.problems).toEqual([])
          const event = oracleEvent({ object: { kind: 'file', id: null, name: text } })
          if (written.startsWith('object')) expect(matches(event, result.tree)).toBe(true)
        }
        expect(matches(oracleEvent({ summary: text }), parse(quoteValue(text)).tree)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('precedence and operators', () => {
  const text = (piece: string) => ({ kind: 'text', scope: 'text', pattern: { pieces: [piece] } })
  it.each([
    ['a b OR c', { kind: 'or', parts: [{ kind: 'and', parts: [text('a'), text('b')] }, text('c')] }],
    ['a (b OR c)', { kind: 'and', parts: [text('a'), { kind: 'or', parts: [text('b'), text('c')] }] }],
    ['a AND b', { kind: 'and', parts: [text('a'), text('and'), text('b')] }],
    ['a or b', { kind: 'and', parts: [text('a'), text('or'), text('b')] }],
    [
      '-a NOT b',
      {
        kind: 'and',
        parts: [
          { kind: 'not', part: text('a') },
          { kind: 'not', part: text('b') },
        ],
      },
    ],
    ['NOT -a', text('a')],
    ['"a OR b"', text('a or b')],
    ['mid-dash', text('mid-dash')],
    ['é*Ü', { kind: 'text', scope: 'text', pattern: { pieces: ['e', 'u'] } }],
    ['"*plan*"', text('plan')],
    [
      'raw:a,"b c"',
      {
        kind: 'or',
        parts: [
          { ...text('a'), scope: 'raw' },
          { ...text('b c'), scope: 'raw' },
        ],
      },
    ],
    ['file:"Q3 plan*"', { kind: 'field', field: 'file', anyOf: [{ pieces: ['q3 plan', ''] }] }],
    ['object:*', { kind: 'field', field: 'object', anyOf: [{ pieces: ['', ''] }] }],
    ['object:urn:x', { kind: 'field', field: 'object', anyOf: [{ pieces: ['urn:x'] }] }],
    ['tag:"a,b",c', { kind: 'field', field: 'tag', anyOf: [{ pieces: ['a,b'] }, { pieces: ['c'] }] }],
    [
      'has:Late,gone',
      {
        kind: 'or',
        parts: [
          { kind: 'has', flag: 'late' },
          { kind: 'has', flag: 'gone' },
        ],
      },
    ],
    ['', { kind: 'all' }],
    [' \t ', { kind: 'all' }],
  ])('%s', (query, tree) => {
    expect(parse(query)).toMatchObject({ tree, problems: [] })
  })
})

describe('problems', () => {
  it.each([
    ['(a', 0, 1, 'not closed'],
    ['a)', 1, 2, 'never opened'],
    ['a () b', 2, 4, 'Nothing stands between'],
    ['a "b c', 2, 6, 'quote is not closed'],
    ['file:"b', 5, 7, 'quote is not closed'],
    ['a OR', 2, 4, '`OR` needs'],
    ['OR a', 0, 2, '`OR` needs'],
    ['(a OR) b', 3, 5, '`OR` needs'],
    ['a OR OR b', 2, 4, '`OR` needs'],
    ['a NOT', 2, 5, '`NOT` needs'],
    ['NOT OR a', 0, 3, '`NOT` needs'],
    ['a - b', 2, 3, '`-` needs'],
    ['verb: a', 0, 5, 'has no value'],
    ['verb:a, b', 0, 7, 'value is missing'],
    ['has:stars', 4, 9, 'has:` knows'],
    ['on:2026-02-30', 3, 13, 'does not exist'],
    ['after:2026-13', 6, 13, 'does not exist'],
    ['after:2026-01-01T25:00', 6, 22, 'does not exist'],
    ['after:soon', 6, 10, 'no date'],
    ['on:2026-01-01T10:00', 3, 19, 'takes a day'],
    ['last:week', 5, 9, 'no length of time'],
    ['last:0d', 5, 7, 'no length of time'],
    ['last:999999999y', 5, 15, 'before the calendar'],
    ['after:2025,2026', 0, 15, 'takes one value'],
    ['foo:x', 0, 4, 'is no field; did you mean `file:`?'],
    ['http://host/x', 0, 13, 'put it in quotes: "http://host/x"'],
    ['at 14:00', 3, 8, 'put it in quotes: "14:00"'],
  ])('%s', (query, start, end, message) => {
    const [problem] = parse(query).problems
    expect(problem).toMatchObject({ start, end })
    expect(problem?.message).toContain(message)
  })

  it.each([
    ['wrokspace:Legal', 'workspace:Legal'],
    ['x actr:zoe', 'x actor:zoe'],
    ['http://host/x', '"http://host/x"'],
    ['C:\\Users', '"C:\\Users"'],
  ])('%s is mended by its suggestion', (query, mended) => {
    const [problem] = parse(query).problems
    expect(problem?.suggestion).not.toBeNull()
    const text = query.slice(0, problem?.start) + (problem?.suggestion ?? '') + query.slice(problem?.end)
    expect(text).toBe(mended)
    expect(parse(text).problems).toEqual([])
  })

  it('names an unknown time zone instead of reading dates in another', () => {
    expect(parseQuery('on:2026', { ...context, zone: 'Mars/Olympus' }).problems[0]?.message).toContain('Mars/Olympus')
  })
})

describe('words and chips', () => {
  it('says the whole query in English', () => {
    expect(parse('zoe verb:delete,update file:"Q3 plan*" -service:cloudfoundry after:2026-01-01 (in:Legal OR has:late)').inWords).toBe(
      'text contains “zoe” and verb is one of “delete”, “update” and file or folder matches “Q3 plan*” and not (service is “cloudfoundry”) and at or after 2026-01-01 (Europe/Berlin) and (workspace is “Legal” or the event arrived in a span that was already complete)',
    )
    expect(parse('').inWords).toBe('all events')
    expect(parse('a b OR c').inWords).toBe('(text contains “a” and text contains “b”) or text contains “c”')
  })

  it('offers the terms that can be taken away one by one', () => {
    expect(parse('x by:Zoë NOT verb:read').chips).toEqual([
      { start: 2, end: 8, field: 'actor', values: ['Zoë'], isNegated: false },
      { start: 9, end: 22, field: 'verb', values: ['read'], isNegated: true },
    ])
    expect(parse('by:Zoë OR verb:read').chips).toEqual([])
    expect(parse('(by:Zoë verb:read)').chips).toEqual([])
  })
})
