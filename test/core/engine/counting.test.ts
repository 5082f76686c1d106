import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ArchiveState } from '../../../src-main/core/cache/engine/archive-state.ts'
import { EventColumns, flag, removedRow } from '../../../src-main/core/cache/engine/columns/columns.ts'
import type { CountBasis } from '../../../src-main/core/cache/engine/counting/count-basis.ts'
import { Counting } from '../../../src-main/core/cache/engine/counting/counting.ts'
import { Dictionaries } from '../../../src-main/core/cache/engine/dictionaries/dictionaries.ts'
import { knowsTopObjects } from '../../../src-main/core/cache/engine/counting/facets.ts'
import { ResultSet } from '../../../src-main/core/cache/engine/search/result-set.ts'
import { Scheduler } from '../../../src-main/core/cache/engine/turns/scheduler.ts'
import { TimeOrder } from '../../../src-main/core/cache/engine/columns/time-order.ts'
import { assistant, never } from './engine-fixture.ts'
import { generator } from '../../support/random.ts'

const objectCount = 150_000

/** An archive with more objects than there are places, some of them with several names; its rows change as a collection changes them. */
class Model {
  readonly columns = new EventColumns()
  readonly order = new TimeOrder()
  readonly dictionaries = new Dictionaries()
  basis: CountBasis | null = null
  version = 0
  rewrites = 0
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
    this.dictionaries.connections = new Map([[1, { num: 1, id: 'c1', service: 'lytics', name: 'C' }]])
    this.addObjects(objectCount)
    for (let row = 0; row < 200_000; row++) this.columns.set(row, this.#row())
    this.order.rebuild(this.columns)
  }

  addObjects(count: number): void {
    const { subject } = this.dictionaries
    for (let i = 0; i < count; i++) {
      const number = subject.count
      // Every third is a later name of an earlier one; a few are called nothing.
      const id = number % 3 === 0 ? `f-${Math.floor(number / 6)}` : `f-${number}`
      subject.add(number, 1, 'file', number % 977 === 0 ? [null, null] : [id, `name ${number}`])
    }
  }

  append(count: number): void {
    const before = this.columns.count
    for (let i = 0; i < count; i++) this.columns.set(before + i, this.#row())
    for (let row = before; row < this.columns.count; row++) this.basis?.add(row)
    this.order.merge(this.columns, before, new Set())
    this.version++
  }

  change(row: number, isRemoved: boolean): void {
    this.basis?.remove(row)
    this.columns.set(row, isRemoved ? removedRow : { ...this.#row(), timeMs: this.columns.timeMs(row) })
    this.basis?.add(row)
    this.version++
    this.rewrites++
  }

  get present(): ResultSet {
    return this.result(() => true)
  }

  result(isIn: (row: number) => boolean): ResultSet {
    const words = new Uint32Array((this.columns.count + 31) >>> 5)
    for (let row = 0; row < this.columns.count; row++) {
      const isThere = ((this.columns.flags[row] ?? 0) & flag.removed) === 0 && isIn(row)
      if (isThere) words[row >>> 5] = (words[row >>> 5] ?? 0) | (1 << (row & 31))
    }
    return new ResultSet(words, this.version)
  }

  #row() {
    const random = this.#random
    const object = random() < 0.05 ? 0 : 1 + Math.floor(random() ** 2 * (this.dictionaries.subject.count - 1))
    const kind = object === 0 ? 0 : 1
    return {
      timeMs: random() < 0.01 ? Number.NaN : 1_600_000_000_000 + Math.floor(random() * 1e10),
      actor: Math.floor(random() * 50),
      object,
      context: this.dictionaries.contexts.numberOf(1, Math.floor(random() * 9), 1, 0, kind),
      template: 0,
      flags: random() < 0.1 ? flag.late : 0,
    }
  }
}

function countsBy(model: Model, result: ResultSet, numberOf: (row: number) => number): Map<number, number> {
  const counts = new Map<number, number>()
  for (let row = 0; row < model.columns.count; row++) {
    if (result.has(row)) counts.set(numberOf(row), (counts.get(numberOf(row)) ?? 0) + 1)
  }
  return counts
}

const listed = (counts: Uint32Array): Map<number, number> => new Map([...counts.entries()].filter(([, count]) => count > 0))
const sorted = (counts: ReadonlyMap<number, number>): readonly (readonly [number, number])[] => [...counts].toSorted((a, b) => a[0] - b[0])

test('results are counted exactly, small or large, whatever was added, changed and removed before', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.array(
        fc.oneof(fc.record({ append: fc.integer({ min: 1, max: 400 }) }), fc.record({ change: fc.nat(), isRemoved: fc.boolean() })),
        {
          maxLength: 8,
        },
      ),
      async (seed, steps) => {
        const model = new Model(generator(seed))
        const state = model as unknown as ArchiveState
        const counting = new Counting(state, new Scheduler(), () => Promise.resolve(model.present), assistant)
        await counting.counted(model.present, never, () => null)
        for (const step of steps) {
          if ('append' in step) {
            model.addObjects(step.append)
            model.append(step.append)
          } else model.change(step.change % model.columns.count, step.isRemoved)
        }
        model.dictionaries.subject.groups.catchUp()
        const { columns, dictionaries } = model
        for (const isIn of [() => true, (row: number) => row % 10 !== 0, (row: number) => row % 7 === 0, (row: number) => row < 90]) {
          await counting.counted(model.result(isIn), never, async (counted) => {
            const { result, counts, basis } = counted
            expect(sorted(listed(counts.actor))).toEqual(sorted(countsBy(model, result, (row) => columns.actor.at(row))))
            expect(sorted(listed(counts.context))).toEqual(sorted(countsBy(model, result, (row) => columns.context.at(row))))
            expect(sorted(listed(counts.flags))).toEqual(sorted(countsBy(model, result, (row) => columns.flags[row] ?? 0)))

            const { groups } = dictionaries.subject
            const byGroup = countsBy(model, result, (row) => groups.of(columns.object.at(row)))
            byGroup.delete(0)
            const byPlace = new Map<number, number>()
            listed(counts.place).forEach((count, place) => {
              const group = groups.of(basis.frequent.numbers[place] ?? 0)
              if (place !== 0) byPlace.set(group, (byPlace.get(group) ?? 0) + count)
            })
            for (const [group, count] of byPlace) expect(count).toBe(byGroup.get(group))
            for (const [group, count] of byGroup) if (!byPlace.has(group)) expect(count).toBeLessThanOrEqual(basis.frequent.rest)

            const top = [...byGroup].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 5)
            if (knowsTopObjects(counted, 5)) {
              const known = [...byPlace].toSorted((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, 5)
              expect(known).toEqual(top)
            }
            const rare = await counting.countRare(counted, never, (counter) => {
              const found = new Map<number, number>()
              counter.counts.forEach((count, group) => (count > 0 && group > 0 ? found.set(group, count) : found))
              return found
            })
            expect(sorted(new Map([...byPlace, ...(rare ?? [])]))).toEqual(sorted(byGroup))
            for (const group of rare?.keys() ?? []) expect(byPlace.has(group)).toBe(false)
          })
        }
      },
    ),
    { numRuns: 2 },
  )
})

test('rare objects of a result are not counted with what has changed since', async () => {
  const model = new Model(generator(6))
  const counting = new Counting(model as unknown as ArchiveState, new Scheduler(), () => Promise.resolve(model.present))
  await counting.counted(model.present, never, async (counted) => {
    expect(await counting.countRare(counted, never, () => 'counted')).toBe('counted')
    model.change(0, true)
    expect(await counting.countRare(counted, never, () => 'counted')).toBe(null)
    await counting.counted(counted.result, never, (again) => expect(again).not.toBe(counted))
  })
})

const sumOf = (counts: Uint32Array): number => counts.reduce((sum, count) => sum + count, 0)

test('counts stay whole for whoever reads them, however many results are counted meanwhile', async () => {
  const model = new Model(generator(8))
  const counting = new Counting(model as unknown as ArchiveState, new Scheduler(), () => Promise.resolve(model.present))
  const countOf = (result: ResultSet): Promise<number> => counting.counted(result, never, ({ counts }) => sumOf(counts.flags))
  await counting.counted(model.present, never, async ({ counts, result }) => {
    for (let part = 2; part < 8; part++) {
      const few = model.result((row) => row % part === 0)
      expect(await countOf(few)).toBe(few.count)
    }
    expect(sumOf(counts.flags)).toBe(result.count)
  })
  expect(await countOf(model.present)).toBe(model.present.count)
})

test('the most frequent objects of a large result need no count of the rare ones', async () => {
  const model = new Model(generator(5))
  const state = model as unknown as ArchiveState
  const counting = new Counting(state, new Scheduler(), () => Promise.resolve(model.present))
  await counting.counted(model.present, never, (counted) => {
    expect(counted.basis.frequent.rest).toBeGreaterThan(0)
    expect(counted.counts.place[0]).toBeGreaterThan(0)
    expect(knowsTopObjects(counted, 50)).toBe(true)
  })
})
