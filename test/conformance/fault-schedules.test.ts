import { describe, expect, it } from 'vitest'
import { serviceIds } from '../../src-main/contract/model/audit-event.ts'
import { isClean, runSchedule } from './schedule.ts'

/** The long part is `npm run soak`. */
const seeds = [1, 2, 3, 4, 5, 6]

describe.each(serviceIds)('%s through resets, limits, damage and changes behind its back', (service) => {
  it.each(seeds)('loses nothing, doubles nothing, claims nothing false (schedule %i)', { timeout: 120_000 }, async (seed) => {
    const result = await runSchedule(service, seed)
    expect(isClean(result), JSON.stringify(result)).toBe(true)
    expect(result.faults).toBeGreaterThan(0)
  })
})
