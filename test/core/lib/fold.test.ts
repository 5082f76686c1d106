import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fold } from '../../../src-main/core/lib/fold.ts'

it.each([
  ['Ärger', 'arger'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['İstanbul', 'istanbul'],
  ['ﬁle', 'file'],
  ['Ångström', 'angstrom'],
  ['100%_', '100%_'],
  ['会議', '会議'],
  ['\ud83d', '\ufffd'],
])('folds %s to %s', (text, folded) => expect(fold(text)).toBe(folded))

it('finds every part of a text within the whole', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('Σ', 'ς', 'σ', 'İ', 'I', 'é', '\u0301', 'ﬁ', '각', ' ', 'ß', '\ud800'), fc.constant('a')),
    maxLength: 10,
  })
  fc.assert(
    fc.property(text, text, text, (before, part, after) => {
      expect(fold(before + part + after)).toContain(fold(part))
      expect(fold(fold(part))).toBe(fold(part))
    }),
  )
})
