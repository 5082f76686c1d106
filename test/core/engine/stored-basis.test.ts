import fc from 'fast-check'
import { expect, test } from 'vitest'
import { facetFields } from '../../../src-main/contract/model/query.ts'
import type { PageRecord } from '../../../src-main/core/cache/archive.ts'
import type { Assistant } from '../../../src-main/core/cache/engine/threads/assistant.ts'
import { CountBasis } from '../../../src-main/core/cache/engine/counting/count-basis.ts'
import { Engine } from '../../../src-main/core/cache/engine/engine.ts'
import { partsToSave } from '../../../src-main/core/cache/engine/stored/snapshots.ts'
import { segmentRows } from '../../../src-main/core/cache/engine/stored/segments.ts'
import { TimeOrder } from '../../../src-main/core/cache/engine/columns/time-order.ts'
import { ended } from '../../../src-main/core/cache/engine/turns/steps.ts'
import { generator } from '../../support/random.ts'
import { event } from '../cache/archive-fixture.ts'
import { connections, everything, loaderOf, never, query, recordOf, testEngine, type TestEngine, unreadable } from './engine-fixture.ts'

const random = generator(11)
const below = (count: number): number => Math.floor(random() * count)
const pageRecords = 5_000
const ids = 2 * segmentRows + 400

/** An event with that id, as nothing else ever said it is. */
function drawn(id: number): PageRecord {
  if (random() < 0.002) return unreadable(`{"broken":${random()}}`)
  const file = below(random() < 0.5 ? 30 : 2_000)
  const room = below(80)
  return recordOf(
    event({
      externalId: `e${id}`,
      occurredAt: new Date(Date.UTC(2024, 0, 1) + below(random() < 0.001 ? 1e12 : 1e9)).toISOString(),
      actor: { id: `u${below(300)}`, name: `Name ${below(2)}`, email: null, kind: 'user' },
      action: `action ${below(9)}`,
      // Some files were renamed, and some have the id of another in other letters.
      object: random() < 0.1 ? null : { kind: 'file', id: random() < 0.2 ? `F${file}` : `f${file}`, name: `plan ${file} ${below(3)}` },
      workspace: { kind: 'workspace', id: `w${room}`, name: `Room ${room}` },
    }),
    `{"id":${id},"draw":${random()}}`,
  )
}

const save = ({ writer }: TestEngine, engine: Engine): void => {
  for (let parts = engine.partsToSave(); parts.length > 0; parts = engine.partsToSave()) writer.saveSegments(parts)
}

const asked = [everything, query({ kind: 'has', flag: 'late' }), query({ kind: 'not', part: { kind: 'has', flag: 'revision' } })]

const numbersOf = (engine: Engine) =>
  Promise.all(
    asked.map(async (query) => [
      await engine.facets(query, facetFields, 50, never),
      await engine.histogram(query, 'hour', never),
      await engine.count(query, never),
    ]),
  )

const bytesOf = (numbers: Uint32Array): Uint8Array => new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)

/** Loads the archive anew, and expects what was stored to count as a count from nothing does. Whether something was taken up. */
async function expectSame({ db }: TestEngine, assistant: Assistant): Promise<boolean> {
  const [loaded, fresh] = [await Engine.load(db, () => {}, assistant), await Engine.load(db, () => {}, assistant)]
  fresh.state.basis = null
  const { basis, columns, dictionaries } = loaded.state
  if (basis !== null) {
    const { totals, frequent } = basis
    const again = ended(CountBasis.make(loaded.state)).totals
    for (const by of ['actor', 'context', 'flags'] as const) {
      const known = again[by].subarray(0, by === 'flags' ? 256 : dictionaries.counts[by])
      expect(Buffer.compare(bytesOf(totals[by].subarray(0, known.length)), bytesOf(known))).toBe(0)
    }
    const { groups } = dictionaries.subject
    const rare = new Map<number, number>()
    for (let row = 0; row < columns.count; row++) {
      const object = columns.object.at(row)
      const place = frequent.places[row] as number
      const group = groups.of(object)
      if (place === 0 && group !== 0) rare.set(group, (rare.get(group) ?? 0) + 1)
      else if (place !== 0 && frequent.numbers[place] !== object) expect.fail(`row ${row} has the place of another object`)
    }
    expect(Math.max(0, ...rare.values())).toBeLessThanOrEqual(frequent.rest)
    for (const group of frequent.groups) if (group !== 0 && rare.has(group)) expect.fail(`some of group ${group} has no place`)
  }
  expect(await numbersOf(loaded)).toEqual(await numbersOf(fresh))
  const { order } = loaded.state
  const sorted = new TimeOrder()
  sorted.rebuild(columns)
  expect([order.count, order.timedCount]).toEqual([sorted.count, sorted.timedCount])
  expect(Buffer.compare(bytesOf(order.rows.subarray(0, order.count)), bytesOf(sorted.rows.subarray(0, sorted.count)))).toBe(0)
  return basis !== null
}

/** What may happen to an archive between two starts. `of`: which events, as a share of all; `part`: in which segment. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 400 }), to: fc.constantFrom('c1', 'c2') }) },
  { weight: 4, arbitrary: fc.record({ revise: fc.integer({ min: 1, max: 60 }), part: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ mark: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 2, arbitrary: fc.constant({ save: true }) },
  // The process ends before all of what it stores is stored.
  { weight: 2, arbitrary: fc.record({ save: fc.constant(true), only: fc.integer({ min: 0, max: 1 }) }) },
  // Another process, or this one much later, stores a segment anew.
  { weight: 2, arbitrary: fc.record({ segment: fc.integer({ min: 0, max: 1 }) }) },
  { weight: 1, arbitrary: fc.constant({ purge: 'c2' }) },
  { weight: 2, arbitrary: fc.constant({ start: true }) },
)

test('what was stored of the counts of all events counts as a count from nothing, whatever happened since', async () => {
  const made = await testEngine()
  const { add, writer, db, home } = made
  const assistant = loaderOf(home)
  const claim = { from: '2024-01-01T00:00:00.000Z', to: '2024-01-08T00:00:00.000Z', findsGone: false, goneNotBefore: null }
  for (let from = 0; from < ids; from += pageRecords) {
    add(
      'c1',
      Array.from({ length: Math.min(pageRecords, ids - from) }, (_, at) => drawn(from + at)),
    )
  }
  add('c1', [], { claim })
  let next = ids
  let takenUp = 0
  /** The process that is open at present. */
  let engine = await made.engine()
  const current = async (): Promise<Engine> => {
    if (engine.state.catchUp() === 'reload') engine = await Engine.load(db, () => {}, assistant)
    return engine
  }

  const startAndSave = async (): Promise<void> => {
    engine = await Engine.load(db, () => {}, assistant)
    await engine.facets(everything, facetFields, 50, never)
    save(made, engine)
  }

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 7 }), async (steps) => {
      await startAndSave()
      for (const step of steps) {
        if ('add' in step) {
          add(
            step.to,
            Array.from({ length: step.add }, () => drawn(next++)),
            { runId: `r${next}` },
          )
        } else if ('revise' in step) {
          add(
            'c1',
            Array.from({ length: step.revise }, () => drawn(Math.min(next, step.part * segmentRows + below(segmentRows)))),
          )
        } else if ('mark' in step) {
          const { count } = engine.state.columns
          const { rows } = await (await current()).window(everything, 'oldest', below(count - step.mark), step.mark, never)
          rows.forEach(({ event: { id } }, at) => {
            if (at % 4 === 0) writer.markReview([id], 'reviewed', '2024-05-01T00:00:00.000Z')
            else if (at % 4 === 1) writer.tag(id, ['urgent'], [], '2024-05-01T00:00:00.000Z')
            else if (at % 4 === 2) writer.note(id, 'Why?', '2024-05-01T00:00:00.000Z')
            else writer.markGone(id, 'all', '2024-05-01T00:00:00.000Z')
          })
        } else if ('save' in step) {
          const saving = await current()
          await saving.facets(everything, facetFields, 50, never)
          if ('only' in step) {
            writer.saveSegments(saving.partsToSave().slice(0, step.only))
            engine = await Engine.load(db, () => {}, assistant)
          } else save(made, saving)
        } else if ('segment' in step) {
          const other = await Engine.load(db, () => {}, null)
          other.state.stored.delete(step.segment)
          writer.saveSegments(partsToSave(other.state, db).filter(({ num }) => num === step.segment))
        } else if ('purge' in step) {
          writer.removeConnection(step.purge, true)
          for (const connection of connections) writer.saveConnection(connection)
        } else engine = await Engine.load(db, () => {}, assistant)
      }
      if (await expectSame(made, assistant)) takenUp++
    }),
    { numRuns: 20, endOnFailure: true },
  )
  expect(takenUp).toBeGreaterThan(0)

  // Little since: what is stored is taken up, and not stored again.
  await startAndSave()
  expect(await expectSame(made, assistant)).toBe(true)
  add('c1', [drawn(3), drawn(segmentRows + 3)])
  expect((await current()).partsToSave()).toEqual([])
  expect(await expectSame(made, assistant)).toBe(true)
})
