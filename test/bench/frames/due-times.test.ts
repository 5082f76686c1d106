import { expect, it } from 'vitest'
import { createDueTimes } from './due-times.ts'
import type { TraceEvent } from './trace.ts'

const page = 7

function at(ts: number, name: string, more: Partial<TraceEvent> = {}): TraceEvent {
  return { name, ph: 'I', ts, pid: 1, tid: page, dur: 0, tdur: 0, id2: {}, args: {}, ...more }
}

const commit = (ts: number, dur: number): TraceEvent => at(ts, 'Commit', { ph: 'X', dur })

it('counts a change that was asked for after the tick from the beginning of the task that asked', () => {
  const times = createDueTimes(
    [at(12_000, 'RunTask'), at(14_000, 'ScheduleStyleRecalculation'), at(18_000, 'RunTask'), at(18_100, 'BeginMainThreadFrame')],
    page,
  )
  expect(times.of(0, 15_000)).toBe(12_000)
})

it('counts a change that was asked for before the tick from the tick', () => {
  const times = createDueTimes(
    [at(-9_000, 'RunTask'), at(-8_000, 'InvalidateLayout'), at(2_000, 'RunTask'), at(2_100, 'BeginMainThreadFrame')],
    page,
  )
  expect(times.of(0, 1_000)).toBe(0)
})

it('leaves out what the picture before has drawn, and takes in the frame that it asked for', () => {
  const before = [at(0, 'RunTask'), at(1_000, 'BeginMainThreadFrame'), at(1_500, 'ScheduleStyleRecalculation'), commit(2_000, 500)]
  const then = [at(30_000, 'RunTask'), at(31_000, 'InvalidateLayout'), at(40_000, 'RunTask'), at(40_100, 'BeginMainThreadFrame')]
  expect(createDueTimes([...before, ...then], page).of(20_000, 35_000)).toBe(30_000)
  const animated = [...before.slice(0, 3), at(1_600, 'RequestAnimationFrame'), commit(2_000, 500), ...then]
  expect(createDueTimes(animated, page).of(20_000, 35_000)).toBe(20_000)
})

it('counts from the tick what shows no sign of having been asked for, and what the page had no part in', () => {
  const times = createDueTimes([at(12_000, 'RunTask'), at(12_500, 'BeginMainThreadFrame')], page)
  expect(times.of(0, 12_000)).toBe(0)
  expect(times.of(0, null)).toBe(0)
})

it('counts what shows no sign, after a rest, from when the ticks of the display were asked for again', () => {
  const wakes = (ts: number, needsBeginFrame: number) =>
    at(ts, 'NeedsBeginFrameChanged', { tid: page + 1, args: { data: { needsBeginFrame } } })
  const drawing = [at(14_000, 'RunTask'), at(14_100, 'BeginMainThreadFrame'), at(15_000, 'ScheduleStyleRecalculation')]
  expect(createDueTimes([wakes(-50_000, 1), wakes(-30_000, 0), wakes(13_000, 1), ...drawing], page).of(0, 13_500)).toBe(13_000)
  expect(createDueTimes([wakes(-50_000, 1), ...drawing], page).of(0, 13_500)).toBe(0)
})

it('looks at the page’s own thread alone', () => {
  const elsewhere = at(5_000, 'ScheduleStyleRecalculation', { tid: page + 1 })
  const times = createDueTimes([at(4_000, 'RunTask'), elsewhere, at(9_000, 'RunTask'), at(9_100, 'BeginMainThreadFrame')], page)
  expect(times.of(0, 8_000)).toBe(0)
})
