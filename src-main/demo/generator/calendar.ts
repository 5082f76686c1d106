import { createRandom } from '../random.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Share of a working day's activity by hour of the day in the office (UTC−8). */
const byHour = [1, 1, 1, 1, 1, 2, 6, 18, 52, 88, 100, 92, 60, 78, 96, 90, 74, 40, 18, 10, 7, 5, 3, 2]
const byWeekday = [0.12, 0.95, 1.1, 1.05, 1, 0.8, 0.15]
const officeOffsetMs = -8 * hourMs

/** Activity of every hour from `fromMs` on: office hours, quiet weekends, slow growth, and a burst on about one day in forty. */
const hourWeights = (seed: string, fromMs: number, hours: number): Float64Array => {
  const random = createRandom(`${seed}/bursts`)
  const weights = new Float64Array(hours)
  let day = -1
  let burst = 1
  for (let hour = 0; hour < hours; hour += 1) {
    const local = fromMs + hour * hourMs + officeOffsetMs
    const localDay = Math.floor(local / dayMs)
    if (localDay !== day) {
      day = localDay
      burst = random.chance(1 / 40) ? 3 + random.int(6) : 1
    }
    const weekday = byWeekday[(localDay + 4) % 7] ?? 1
    const hourOfDay = byHour[Math.floor((local - localDay * dayMs) / hourMs)] ?? 1
    weights[hour] = weekday * hourOfDay * burst * (0.7 + (0.6 * hour) / hours)
  }
  return weights
}

/** Exactly `count` moments in [fromMs, toMs), ascending, spread like the work of an office. */
export function* moments(seed: string, count: number, fromMs: number, toMs: number): Generator<number, void, void> {
  const random = createRandom(`${seed}/moments`)
  const hours = Math.max(1, Math.floor((toMs - fromMs) / hourMs))
  const weights = hourWeights(seed, fromMs, hours)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let weightSoFar = 0
  let given = 0
  for (let hour = 0; hour < hours; hour += 1) {
    weightSoFar += weights[hour] ?? 0
    const due = hour === hours - 1 ? count : Math.round((count * weightSoFar) / total)
    const offsets = Array.from({ length: due - given }, () => random.int(hourMs)).sort((left, right) => left - right)
    for (const offset of offsets) yield fromMs + hour * hourMs + offset
    given = due
  }
}
