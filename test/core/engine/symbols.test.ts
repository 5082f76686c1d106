import fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyBits, hasBit } from '../../../src-main/core/cache/engine/columns/bitmap.ts'
import { SymbolTable } from '../../../src-main/core/cache/engine/texts/symbol-table.ts'
import { TextColumn, type TextPlace } from '../../../src-main/core/cache/engine/texts/text-column.ts'
import { mostChunkEntries, TextMemory } from '../../../src-main/core/cache/engine/texts/text-memory.ts'
import { searched } from '../../../src-main/core/cache/engine/texts/text-scan.ts'
import { ended } from '../../../src-main/core/cache/engine/turns/steps.ts'
import { generator } from '../../support/random.ts'

const end = Buffer.of(0xff)
const joined = (texts: readonly string[]): Buffer => Buffer.concat(texts.flatMap((text) => [Buffer.from(text), end]))

test('what is written in symbols reads as it was, and the same wherever it stands', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(texts, texts, (sample, others) => {
      const table = SymbolTable.unpack(SymbolTable.train(joined(sample)).pack())
      const entries = joined([...sample, ...others])
      const out = Buffer.alloc(entries.length * 2)
      const written = out.subarray(0, table.encode(entries, out))
      let at = 0
      for (const text of [...sample, ...others]) {
        const to = written.indexOf(0xff, at)
        const read = Buffer.alloc((to - at) * 8)
        expect(read.toString('utf8', 0, table.decode(written, at, to, read))).toBe(text.toWellFormed())
        const alone = Buffer.alloc(text.length * 6 + 2)
        expect(Buffer.compare(alone.subarray(0, table.encode(joined([text]), alone)), written.subarray(at, to + 1))).toBe(0)
        at = to + 1
      }
      expect(at).toBe(written.length)
    }),
    { numRuns: 300 },
  )
})

test('texts are found in symbols like in what they stand for', () => {
  const parts = ['plan', 'plant', '-', 'an', 'a', '1', '12', '2', 'ä', '日本', 'lan', 'pl', 'q', '\u0001', '😀', 'z9', 'é']
  for (const seed of [1, 2, 3]) {
    const random = generator(seed)
    const part = (): string => parts[Math.floor(random() ** 3 * parts.length)] ?? ''
    // Letters that are met so rarely that no symbol is spent on their bytes.
    const strange = (): string => String.fromCodePoint(0x21 + Math.floor(random() ** 2 * 0x7d0))
    const texts = Array.from({ length: 2 * mostChunkEntries + 100 }, (_, number) =>
      random() < 0.05
        ? null
        : Array.from({ length: Math.floor(random() * 7) }, () => (number % 1_000 === 0 && random() < 0.5 ? strange() : part())).join(''),
    )
    const column = new TextColumn(new TextMemory(), texts[0])
    for (const text of texts.slice(1)) column.push(text)
    expect(texts.findIndex((text, number) => column.text(number) !== text)).toBe(-1)
    const wanted = new Set(['no such text', '', ...Array.from({ length: 200 }, (_, i) => texts[i * 160] ?? 'pl')])
    const matching = new Map<number, string>()
    ended(column.matching([...wanted], (number, text) => matching.set(number, text)))
    expect(matching).toEqual(new Map(texts.flatMap((text, number) => (text !== null && wanted.has(text) ? [[number, text]] : []))))
    for (let i = 0; i < 160; i++) {
      const number = Math.floor(random() * texts.length)
      const from = texts[i % 2 === 0 ? number : number - (number % 1_000)] ?? 'pl'
      const letters = [...from]
      const begin = Math.floor(random() * letters.length)
      const needle = letters.slice(begin, begin + 1 + Math.floor(random() * 9)).join('') + (random() < 0.1 ? part() : '')
      const place = (['anywhere', 'start', 'end', 'whole'] as const)[(i >> 1) % 4] as TextPlace
      const isMatch = {
        anywhere: (text: string) => text.includes(needle),
        start: (text: string) => text.startsWith(needle),
        end: (text: string) => text.endsWith(needle),
        whole: (text: string) => text === needle,
      }[place]
      const bits = emptyBits(column.count)
      searched(column.marking(place, needle, bits))
      const wrong = texts.findIndex((text, number) => (text !== null && isMatch(text)) !== hasBit(bits, number))
      expect([place, needle, wrong]).toEqual([place, needle, -1])
    }
  }
})

test('texts of different kinds that come by turns are each written in symbols that suit them', () => {
  const random = generator(4)
  const kinds = [
    () => Math.floor(random() * 1e12).toString(36),
    () => `quarterly report ${Math.floor(random() * 1e6)}.pdf`,
    () => String.fromCodePoint(...Array.from({ length: 8 }, () => 0x4e00 + Math.floor(random() * 2_000))),
  ]
  const memory = new TextMemory()
  const column = new TextColumn(memory)
  const texts: (string | null)[] = [null]
  for (let chunk = 0; chunk < 9; chunk++) {
    while (texts.length <= (chunk + 1) * mostChunkEntries) {
      const text = kinds[chunk % kinds.length]?.() ?? ''
      texts.push(text)
      column.push(text)
    }
  }
  expect(column.pack(0, 9 * mostChunkEntries).symbols.length).toBeLessThanOrEqual(kinds.length + 1)
  expect(texts.findIndex((text, number) => column.text(number) !== text)).toBe(-1)
})
