import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fakeEvent } from '../../src-renderer/api/fake/fake-rows.ts'
import { sentenceParts } from '../../src-renderer/lib/emphasis.ts'
import { lineDiff } from '../../src-renderer/lib/line-diff.ts'
import { prettyJson } from '../../src-renderer/lib/pretty-json.ts'
import { visibleText } from '../../src-renderer/lib/visible-text.ts'

describe('text from a service', () => {
  it('shows what would hide or reorder', () => {
    expect(visibleText('a\u0000b\u007f')).toBe('a\u2400b\u2421')
    expect(visibleText('gpj.\u202eexe')).toBe('gpj.⟨U+202E⟩exe')
    expect(visibleText('x\ud800y')).toBe('x\ufffdy')
    expect(visibleText('Zoë 田中 <b>')).toBe('Zoë 田中 <b>')
  })

  it('leaves nothing invisible in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const shown = visibleText(text)
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u)
        expect(shown.isWellFormed()).toBe(true)
      }),
    )
  })
})

describe('the sentence of an event', () => {
  it('emphasises actor, object and workspace where they stand', () => {
    const event = {
      ...fakeEvent(0),
      summary: 'Ann shared plan.doc in Legal',
      actor: { id: '1', name: 'Ann', email: null, kind: 'user' },
      object: { kind: 'file', id: '2', name: 'plan.doc' },
      workspace: { kind: 'workspace', id: '3', name: 'Legal' },
    }
    expect(sentenceParts(event).map(({ role, text }) => [role, text])).toEqual([
      ['actor', 'Ann'],
      ['plain', ' shared '],
      ['object', 'plan.doc'],
      ['plain', ' in '],
      ['workspace', 'Legal'],
    ])
  })

  it('loses no letter of any sentence', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'c') })
    fc.assert(
      fc.property(letters, letters, letters, (summary, actor, object) => {
        const event = {
          ...fakeEvent(0),
          summary,
          actor: { id: '1', name: actor, email: null, kind: 'user' },
          object: { kind: 'file', id: '2', name: object },
        }
        expect(
          sentenceParts(event)
            .map(({ text }) => text)
            .join(''),
        ).toBe(summary)
      }),
    )
  })
})

describe('indented JSON', () => {
  it('keeps every token as it was received', () => {
    expect(prettyJson('{"id":90071992547409931234,"a":[1,2.50],"e":{},"s":"x: {,}\\" "}')).toBe(
      '{\n  "id": 90071992547409931234,\n  "a": [\n    1,\n    2.50\n  ],\n  "e": {},\n  "s": "x: {,}\\" "\n}',
    )
  })

  it('means the same as before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(JSON.stringify(JSON.parse(prettyJson(text)))).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  it('keeps all visible characters of text that is no JSON', () => {
    fc.assert(fc.property(fc.string(), (text) => prettyJson(text).replace(/\s/gu, '') === text.replace(/\s/gu, '')))
  })
})

describe('the comparison of two payloads', () => {
  const lines = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 12 })

  it('holds both texts, whatever changed', () => {
    fc.assert(
      fc.property(lines, lines, (older, newer) => {
        const diff = lineDiff(older.join('\n'), newer.join('\n')) ?? []
        expect(diff.filter(({ kind }) => kind !== 'added').map(({ text }) => text)).toEqual(older)
        expect(diff.filter(({ kind }) => kind !== 'removed').map(({ text }) => text)).toEqual(newer)
      }),
    )
  })

  it('says nothing changed when nothing did', () => {
    fc.assert(fc.property(lines, (same) => (lineDiff(same.join('\n'), same.join('\n')) ?? []).every(({ kind }) => kind === 'same')))
  })

  it('does not try texts too long to compare', () => {
    expect(lineDiff('x\n'.repeat(2_001), 'x')).toBeNull()
  })
})
