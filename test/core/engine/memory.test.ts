import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ArchiveState } from '../../../src-main/core/cache/engine/archive-state.ts'
import { emptyBits, hasBit } from '../../../src-main/core/cache/engine/columns/bitmap.ts'
import { EventColumns, flag, removedRow } from '../../../src-main/core/cache/engine/columns/columns.ts'
import { sumContexts } from '../../../src-main/core/cache/engine/counting/context-sums.ts'
import { CountBasis } from '../../../src-main/core/cache/engine/counting/count-basis.ts'
import { Dictionaries } from '../../../src-main/core/cache/engine/dictionaries/dictionaries.ts'
import { partEntries } from '../../../src-main/core/cache/engine/dictionaries/entries.ts'
import { bucketBorders, BucketCounter, isFew } from '../../../src-main/core/cache/engine/counting/histogram.ts'
import { decode, encode } from '../../../src-main/core/cache/engine/stored/packed.ts'
import { rankingOf } from '../../../src-main/core/cache/engine/search/ranking.ts'
import { MatchCounts } from '../../../src-main/core/cache/engine/counting/match-counts.ts'
import { packSegment, segmentRows, unpackSegment } from '../../../src-main/core/cache/engine/stored/segments.ts'
import { numberAt } from '../../../src-main/core/cache/engine/columns/split-column.ts'
import { TextColumn } from '../../../src-main/core/cache/engine/texts/text-column.ts'
import { mostChunkEntries, TextMemory } from '../../../src-main/core/cache/engine/texts/text-memory.ts'
import { type Searching, searched } from '../../../src-main/core/cache/engine/texts/text-scan.ts'
import { ended } from '../../../src-main/core/cache/engine/turns/steps.ts'
import { ResultSet } from '../../../src-main/core/cache/engine/search/result-set.ts'
import { TimeOrder } from '../../../src-main/core/cache/engine/columns/time-order.ts'
import { ZoneBuckets } from '../../../src-main/core/cache/engine/counting/zone-buckets.ts'
import { generator } from '../../support/random.ts'

/** Times as they come: bursts, long stretches, strays centuries away, none at all. */
function timeOf(random: () => number): number {
  const kind = random()
  if (kind < 0.02) return Number.NaN
  if (kind < 0.03) return random() < 0.5 ? -62_135_596_800_000 : 253_402_300_799_999
  if (kind < 0.5) return 1_700_000_000_000 + Math.floor(random() * 50)
  return 1_600_000_000_000 + Math.floor(random() * 1e11)
}

function fill(columns: EventColumns, count: number, random: () => number): void {
  for (let i = 0; i < count; i++) {
    const timeMs = timeOf(random)
    columns.set(columns.count, {
      timeMs,
      actor: Math.floor(random() * 300),
      object: Math.floor(random() * 70_000),
      context: 0,
      template: 1,
      flags: Number.isNaN(timeMs) ? flag.unmapped : 0,
    })
  }
}

const timesOf = (columns: EventColumns): readonly number[] => Array.from({ length: columns.count }, (_, row) => columns.timeMs(row))

const expectedOrder = (columns: EventColumns): readonly number[] =>
  Array.from({ length: columns.count }, (_, row) => row).sort((a, b) => {
    const [timeA, timeB] = [columns.timeMs(a), columns.timeMs(b)]
    if (Number.isNaN(timeA) || Number.isNaN(timeB)) return Number(Number.isNaN(timeA)) - Number(Number.isNaN(timeB)) || a - b
    return timeA - timeB || a - b
  })

test('times are what was set, however many periods they lie in', () => {
  const dayMs = 86_400_000
  const eachTime = [Number.NaN, -62_135_596_800_000, 253_402_300_799_999, 0, -1, 2 ** 32, 2 ** 32 - 1, 2 ** 33 + 5, 1_700_000_000_123]
  const columns = new EventColumns()
  const expected: number[] = []
  const add = (timeMs: number): void => {
    columns.set(columns.count, { ...removedRow, timeMs })
    expected.push(timeMs)
  }
  eachTime.forEach(add)
  // More periods than a byte can tell, then more than two bytes can.
  for (const [step, count] of [
    [100 * dayMs, 400],
    [2 ** 32, 66_000],
  ] as const) {
    for (let at = 0; at < count; at++) add(-62_135_596_800_000 + at * step + 7)
    for (const [row, timeMs] of [
      [3, Number.NaN],
      [0, 5],
    ] as const) {
      columns.set(row, { ...removedRow, timeMs })
      expected[row] = timeMs
    }
    expect(timesOf(columns)).toEqual(expected)
  }
  expect(columns.timeMs(columns.count)).toBeNaN()
})

test('numbers are what was set, however large they grow', () => {
  const columns = new EventColumns()
  const numbers = Array.from({ length: 70_000 }, (_, row) => (row < 66_000 ? row * 250 : 2 ** 24 + row * 30_000))
  numbers.forEach((object, row) => columns.set(row, { ...removedRow, object, actor: row % 2 === 0 ? object : 0 }))
  expect(numbers.findIndex((number, row) => columns.object.at(row) !== number)).toBe(-1)
  expect(numbers.findIndex((number, row) => columns.actor.at(row) !== (row % 2 === 0 ? number : 0))).toBe(-1)
  const { low, high } = columns.object.part(65_990, 66_010)
  expect(Array.from(low, (_, at) => numberAt({ low, high }, at))).toEqual(numbers.slice(65_990, 66_010))
  expect(columns.object.at(200_000)).toBe(0)
})

test('time order is the same sorted at once and grown in steps, and rows may move', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 30_000 }),
      fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 4 }),
      (seed, count, steps) => {
        const random = generator(seed)
        const columns = new EventColumns()
        const order = new TimeOrder()
        fill(columns, count, random)
        order.rebuild(columns)
        for (const step of steps) {
          const before = columns.count
          const moved = new Set<number>()
          for (let i = 0; i < 3 && before > 0; i++) {
            const row = Math.floor(random() * before)
            columns.times.set(row, timeOf(random))
            moved.add(row)
          }
          fill(columns, step, random)
          order.merge(columns, before, moved)
        }
        expect([...order.rows.subarray(0, order.count)]).toEqual(expectedOrder(columns))
        expect(order.timedCount).toBe(timesOf(columns).filter((at) => !Number.isNaN(at)).length)
      },
    ),
    { numRuns: 12 },
  )
})

test('ranks of few, many and all matches', () => {
  fc.assert(
    fc.property(fc.integer(), fc.constantFrom(0, 0.001, 0.3, 0.8, 1), (seed, share) => {
      const random = generator(seed)
      const columns = new EventColumns()
      fill(columns, 30_000, random)
      const order = new TimeOrder()
      order.rebuild(columns)
      const words = new Uint32Array(Math.ceil(columns.count / 32))
      for (let row = 0; row < columns.count; row++) if (random() < share) words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31))
      const isMatch = (row: number): boolean => (((words[row >>> 5] ?? 0) >>> (row & 31)) & 1) === 1
      const matching = [...order.rows.subarray(0, order.count)].filter(isMatch)
      const ranking = rankingOf(words, matching.length, columns, order)
      expect(ranking.timed).toBe(matching.filter((row) => !Number.isNaN(columns.timeMs(row))).length)
      expect(ranking.rows(0, matching.length)).toEqual(matching)
      for (let i = 0; i < 20; i++) {
        const from = Math.floor(random() * matching.length)
        expect(ranking.rows(from, Math.min(from + 50, matching.length))).toEqual(matching.slice(from, from + 50))
        const position = Math.floor(random() * (order.count + 1))
        expect(ranking.before(position)).toBe([...order.rows.subarray(0, position)].filter(isMatch).length)
      }
    }),
    { numRuns: 15 },
  )
})

test('a stored segment comes back as it was', () => {
  for (const withStrays of [false, true]) {
    const random = generator(7)
    const [columns, dictionaries] = [new EventColumns(), new Dictionaries()]
    const kinds = [0, dictionaries.kinds.numberOf('file') + 1, dictionaries.kinds.numberOf('room') + 1]
    for (let row = 0; row < segmentRows; row++) {
      columns.set(row, {
        timeMs: withStrays ? timeOf(random) : row % 50 === 0 ? Number.NaN : 1_700_000_000_000 + row,
        actor: Math.floor(random() * 200),
        object: Math.floor(random() * 1e6),
        context: dictionaries.contexts.numberOf(1, Math.floor(random() * 400), 1 + (row % 3), row % 2, kinds[row % 3] ?? 0),
        template: row % 70_000,
        flags: row % 64,
      })
    }
    const again = new EventColumns()
    // Periods of time have other numbers there.
    again.set(segmentRows, { timeMs: 0, actor: 1, object: 1, context: 1, template: 1, flags: 0 })
    expect(unpackSegment(packSegment(columns, dictionaries, 0), 0, again)).toEqual(dictionaries.contexts.mark)
    expect(timesOf(again)).toEqual(timesOf(columns))
    for (const name of ['actor', 'object', 'context', 'template', 'flags'] as const) {
      const differs = Array.from({ length: segmentRows }, (_, row) => row).filter((row) => columns[name].at(row) !== again[name].at(row))
      expect(differs, name).toEqual([])
    }
  }
})

test('contexts are told from others by what they stand for, in the order of their numbers', () => {
  const made = (kind: string, ...actions: readonly number[]): Dictionaries => {
    const dictionaries = new Dictionaries()
    dictionaries.kinds.numberOf(`before ${kind}`)
    for (const action of actions) dictionaries.contexts.numberOf(1, 2, action, 1, dictionaries.kinds.numberOf(kind) + 1)
    return dictionaries
  }
  const { mark } = made('file', 1, 2).contexts
  expect(made('file', 1, 2, 3).contexts.has(mark)).toBe(true)
  for (const other of [made('file', 1), made('file', 2, 1), made('file', 1, 3), made('room', 1, 2, 3)])
    expect(other.contexts.has(mark)).toBe(false)
})

test('stored parts of a dictionary come back as they were, and grow on', () => {
  const ids = 10_000
  const add = ({ subject }: Dictionaries, from: number, to: number): void => {
    for (let number = from; number < to; number++) {
      subject.add(number, 1 + (number % 2), number % 3 === 0 ? 'file' : 'room', [
        number % 5 === 0 ? null : `id${number % ids}`,
        number % 7 === 0 ? null : `名 ${number}`,
      ])
    }
  }
  const count = partEntries + 1_003
  const whole = new Dictionaries()
  add(whole, 1, count)
  for (const storedCount of [partEntries, count, 300]) {
    const stored = new Dictionaries()
    add(stored, 1, storedCount === partEntries ? count : storedCount)
    const restored = new Dictionaries()
    restored.kinds.numberOf('another first')
    for (let part = 0; part * partEntries < storedCount; part++) {
      const packed = decode<ReturnType<typeof stored.subject.pack>>(encode(stored.subject.pack(part)))
      if (packed === null) throw new Error('unreadable')
      restored.subject.append(packed)
    }
    expect(restored.subject.count).toBe(storedCount)
    add(restored, storedCount, count)
    for (const { subject } of [whole, restored]) subject.groups.catchUp()
    for (let number = 0; number < count; number += 13) {
      expect(restored.subject.id.text(number)).toBe(whole.subject.id.text(number))
      expect(restored.subject.name.text(number)).toBe(whole.subject.name.text(number))
      expect(restored.subject.connection.at(number)).toBe(whole.subject.connection.at(number))
      if (number > 0) expect(restored.kinds.texts[restored.subject.kind.at(number)]).toBe(whole.kinds.texts[whole.subject.kind.at(number)])
      expect(restored.subject.groups.of(number)).toBe(whole.subject.groups.of(number))
      // An id that comes again comes with another name.
      if (number > 0 && number < ids && number % 5 !== 0) expect(restored.subject.groups.isVaried(number)).toBe(number + ids < count)
    }
    const bits = emptyBits(count)
    searched(restored.subject.name.marking('end', '7', bits))
    for (let number = 1; number < count; number++) expect(hasBit(bits, number)).toBe(number % 10 === 7 && number % 7 !== 0)
  }
})

test('what another build or engine stored is not misread', () => {
  expect(decode(Buffer.from('anything else'))).toBe(null)
  expect(decode(encode({ a: Uint8Array.of(1, 2) }))).toEqual({ a: Uint8Array.of(1, 2) })
})

test('finds texts in a column like a plain search does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '日', ' ', '\0', '😀'), maxLength: 6 })
  fc.assert(
    fc.property(fc.array(fc.option(text, { nil: null }), { maxLength: 30 }), text, (texts, needle) => {
      const column = new TextColumn(new TextMemory(), texts[0] ?? null)
      for (const value of texts.slice(1)) column.push(value)
      const all = texts.length === 0 ? [null] : texts
      const numbers = (marking: (bits: Uint32Array) => Searching<void>): readonly number[] => {
        const bits = emptyBits(column.count)
        searched(marking(bits))
        return Array.from({ length: bits.length * 32 }, (_, number) => number).filter((number) => hasBit(bits, number))
      }
      const expected = (isMatch: (value: string) => boolean): readonly number[] =>
        all.flatMap((value, number) => (value !== null && isMatch(value) ? [number] : []))
      expect(numbers((bits) => column.marking('anywhere', needle, bits))).toEqual(expected((value) => value.includes(needle)))
      expect(numbers((bits) => column.marking('start', needle, bits))).toEqual(expected((value) => value.startsWith(needle)))
      expect(numbers((bits) => column.marking('end', needle, bits))).toEqual(expected((value) => value.endsWith(needle)))
      expect(numbers((bits) => column.marking('whole', needle, bits))).toEqual(expected((value) => value === needle))
      expect(Array.from({ length: column.count }, (_, number) => column.text(number))).toEqual(all)
    }),
    { numRuns: 500 },
  )
})

test('finds texts of any length among many, grown and restored', () => {
  const random = generator(11)
  const words = ['ada', 'turing', '', 'budget-', '1815', 'ä', '日本']
  const word = (): string => words[Math.floor(random() * words.length)] ?? ''
  const texts: (string | null)[] = Array.from({ length: 70_000 }, (_, number) => (number % 11 === 0 ? null : word() + word() + word()))
  const long = 'long '.repeat(40_000)
  for (const at of [0, 31, 40_000, 40_001, 40_002, 69_999]) texts[at] = `${at}${long}${at}`
  const grown = new TextColumn(new TextMemory(), texts[0])
  for (const value of texts.slice(1)) grown.push(value)
  const restored = new TextColumn(new TextMemory(), 'another')
  const storedCount = Math.floor(texts.length / mostChunkEntries) * mostChunkEntries
  for (let from = 0; from < storedCount; from += 2 * mostChunkEntries)
    restored.append(grown.pack(from, Math.min(from + 2 * mostChunkEntries, storedCount)))
  for (const value of texts.slice(storedCount)) restored.push(value)
  const needles = [
    'ada',
    'turing1815',
    'ä',
    'zzz',
    '40001',
    `1${'long '.repeat(900)}`,
    `${'long '.repeat(1_000)}40001`,
    `40001${long}`,
    texts[31] ?? '',
  ]
  for (const column of [grown, restored]) {
    for (const needle of needles) {
      const bits = emptyBits(column.count)
      searched(column.marking('anywhere', needle, bits))
      expect(texts.flatMap((text, number) => (text?.includes(needle) === hasBit(bits, number) || text === null ? [] : [number]))).toEqual(
        [],
      )
    }
    const whole = emptyBits(column.count)
    searched(column.marking('whole', texts[40_002] ?? '', whole))
    expect(texts.flatMap((_, number) => (hasBit(whole, number) ? [number] : []))).toEqual([40_002])
    expect(texts.every((text, number) => column.text(number) === text)).toBe(true)
  }
})

test('rows of a span of time are found by blocks as one by one, grown and changed', () => {
  const random = generator(5)
  const columns = new EventColumns()
  const [firstMs, lastMs] = [1_600_000_000_000, 1_600_000_050_000]
  // Blocks before, across, within, across and behind the span, some with strays.
  const timeAt = (row: number): number => (row % 9_000 === 77 ? timeOf(random) : firstMs - 20_000 + row)
  for (let row = 0; row < 90_000; row++) columns.set(row, { ...removedRow, flags: 0, timeMs: timeAt(row) })
  const check = (): void => {
    for (const [fromMs, toMs] of [
      [firstMs, lastMs],
      [-Infinity, firstMs],
      [lastMs, Infinity],
      [-Infinity, Infinity],
      [lastMs, firstMs],
    ] as const) {
      const words = columns.timeBlocks.rowsWithin(columns.times, columns.count, fromMs, toMs)
      const wrong = timesOf(columns).map((at, row) => (at >= fromMs && at < toMs) !== hasBit(words, row))
      expect(wrong.indexOf(true)).toBe(-1)
    }
  }
  check()
  for (const row of [0, 5_000, 30_000, 89_999]) columns.set(row, { ...removedRow, timeMs: timeOf(random) })
  for (let row = 90_000; row < 95_000; row++) columns.set(row, { ...removedRow, flags: 0, timeMs: timeAt(row) })
  check()
})

test('few matches, counted slots and walked positions fall into the same buckets', () => {
  // In Monrovia the clocks were 44 minutes and 30 seconds behind until 1972.
  for (const [zoneName, firstMs] of [
    ['Europe/Berlin', 1_600_000_000_000],
    ['Africa/Monrovia', 30_000_000_000],
  ] as const) {
    const random = generator(3)
    const state = { columns: new EventColumns(), order: new TimeOrder(), dictionaries: new Dictionaries() }
    state.dictionaries.connections = new Map([[1, { num: 1, id: 'c1', service: 'onehub', name: 'C' }]])
    const context = state.dictionaries.contexts.numberOf(1, 0, 0, 0, 0)
    for (let i = 0; i < 20_000; i++) {
      const timeMs = timeOf(random) + firstMs - 1_600_000_000_000
      state.columns.set(i, { timeMs, actor: 0, object: 0, context, template: 0, flags: 0 })
    }
    state.order.rebuild(state.columns)
    const borders = bucketBorders(state as unknown as ArchiveState, 'day', zoneName)
    const basis = ended(CountBasis.make(state))
    const bucketsOf = (share: number) => {
      const rows = Uint32Array.from({ length: state.columns.count * share }, (_, row) => row)
      const words = new Uint32Array(Math.ceil(state.columns.count / 32))
      for (const row of rows) words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31))
      const result = new ResultSet(words, 1)
      const counts = new MatchCounts(basis.sizes)
      counts.add(rows, rows.length, basis.counted)
      const counter = new BucketCounter(
        state as unknown as ArchiveState,
        result,
        borders,
        isFew(result) ? null : { result, counts, sums: sumContexts(counts.context, state.dictionaries.contexts), basis, rewrites: 0 },
      )
      while (!counter.step());
      return counter.counted()
    }
    const expectedOf = (share: number) => {
      const zone = new ZoneBuckets(zoneName)
      const counts = new Map<number, number>()
      let untimed = 0
      for (let row = 0; row < state.columns.count * share; row++) {
        const at = state.columns.timeMs(row)
        if (Number.isNaN(at)) untimed++
        else counts.set(zone.bucketOf('day', at).startMs, (counts.get(zone.bucketOf('day', at).startMs) ?? 0) + 1)
      }
      const buckets = [...counts].toSorted((a, b) => a[0] - b[0])
      return {
        buckets: buckets.map(([start, count]) => ({ start: new Date(start).toISOString(), count, byService: { onehub: count } })),
        untimed,
      }
    }
    for (const share of [0.01, 0.9]) expect(bucketsOf(share)).toEqual(expectedOf(share))
  }
})
