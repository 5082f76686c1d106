import fc from 'fast-check'
import { expect, it } from 'vitest'
import { WindowEdge } from '../../../src-main/core/connectors/oksky/window-edge.ts'
import { recordOf } from '../../../src-main/core/connectors/runtime/records.ts'

const pageOf = (events: readonly { readonly id: number; readonly second: number | null }[]) => ({
  ids: events.map(({ id }) => BigInt(id)),
  records: events.map(({ id, second }) =>
    recordOf(Buffer.from(JSON.stringify({ id: String(id), attributes: { created_at_unix: second } }))),
  ),
})

it('is found only after everything inside, as long as ids are out of order with time by no more than half the overlap', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 1, max: 15 }),
      fc.integer({ min: -20, max: 320 }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 300, maxLength: 300 }),
      (overlapIds, pageSize, edge, jitter) => {
        const events = jitter
          .map((part, index) => ({ id: index + 1, second: index + 1 + Math.trunc((part * overlapIds) / 2) }))
          .toReversed()
        const window = { from: new Date(edge * 1000).toISOString(), to: new Date(1e9).toISOString() }
        const walk = new WindowEdge({ window, overlapIds })
        for (let at = 0; at < events.length; at += pageSize) {
          if (!walk.isLeftBy(pageOf(events.slice(at, at + pageSize)))) continue
          expect(events.slice(at + pageSize).filter(({ second }) => second >= edge)).toEqual([])
          return
        }
      },
    ),
  )
})

it('is not looked for without a lower bound, nor found behind events whose time cannot be read', () => {
  const old = pageOf([{ id: 2, second: 1 }])
  expect(new WindowEdge({ window: { from: null, to: '2026-01-01T00:00:00.000Z' }, overlapIds: 0 }).isLeftBy(old)).toBe(false)
  const walk = new WindowEdge({ window: { from: '2026-01-01T00:00:00.000Z', to: '2026-01-02T00:00:00.000Z' }, overlapIds: 3 })
  expect(
    walk.isLeftBy(
      pageOf([
        { id: 9, second: 1 },
        { id: 8, second: null },
      ]),
    ),
  ).toBe(false)
  expect(
    walk.isLeftBy(
      pageOf([
        { id: 6, second: 1 },
        { id: 5, second: 1 },
      ]),
    ),
  ).toBe(false)
  expect(walk.isLeftBy(pageOf([{ id: 4, second: 1 }]))).toBe(true)
})
