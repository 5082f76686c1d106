import { describe, expect, it } from 'vitest'
import { planSequence, type SequencePlanInput } from '../../../src-main/core/collect/sequence-plan.ts'

const input: SequencePlanInput = {
  endMs: 10_000,
  sinceMs: -Infinity,
  untilMs: Infinity,
  isFull: false,
  overlapIds: 50,
  isKnown: true,
  point: { plan: 'sequence', floor: 700n, walk: { endMs: 5_000, top: 900n, resume: { page: 3 } } },
}

describe('a walk by id', () => {
  it('goes on where one was interrupted, then from the top down to what is known', () => {
    const [resumed, fresh, ...others] = planSequence(input)
    expect(others).toEqual([])
    expect(resumed).toMatchObject({ window: { from: -Infinity, to: 5_000 }, resume: { page: 3 }, stopAtSequence: 650n })
    expect(fresh).toMatchObject({ window: { from: -Infinity, to: 10_000 }, resume: null, stopAtSequence: 650n })
  })

  it('with a lower bound claims nothing before it, and leaves floor and interrupted walk as they are', () => {
    const [bounded, ...others] = planSequence({ ...input, sinceMs: 2_000, untilMs: 3_000 })
    expect(others).toEqual([])
    expect(bounded).toMatchObject({ window: { from: 2_000, to: 10_000 }, resume: null, stopAtSequence: 650n, seesAll: false })
    expect(bounded?.pointAtEnd()).toEqual(input.point)
    expect(bounded?.pointAfter({ records: [], resume: { page: 9 } }, { records: [], names: [] }, Infinity)).toEqual(input.point)
  })

  it('claims, when another run goes on with it, no more than had happened as it began', () => {
    const [fresh] = planSequence({ ...input, point: { ...input.point, walk: null } })
    const kept = (happenedMs: number) => fresh?.pointAfter({ records: [], resume: { page: 9 } }, { records: [], names: [] }, happenedMs)
    expect(kept(Infinity)).toMatchObject({ walk: { endMs: 10_000 } })
    expect(kept(4_000)).toMatchObject({ walk: { endMs: 4_000 } })
  })

  it('of everything again stops nowhere but at the bound', () => {
    expect(planSequence({ ...input, isFull: true })).toMatchObject([{ stopAtSequence: null, seesAll: true }])
    expect(planSequence({ ...input, isFull: true, sinceMs: 2_000 })).toMatchObject([{ stopAtSequence: null, seesAll: false }])
  })

  it('is none where the bounds leave nothing', () => {
    expect(planSequence({ ...input, sinceMs: 3_000, untilMs: 3_000 })).toEqual([])
    expect(planSequence({ ...input, sinceMs: 10_000 })).toEqual([])
  })
})
