import { describe, expect, it } from 'vitest'
import { serviceIds } from '../../src-main/contract/model/audit-event.ts'
import { isClean, runSchedule } from './schedule.ts'
import { connectorNames } from './stand.ts'
import { variants } from './variants.ts'

/** The long part is `npm run soak`. */
const seeds = [1, 2, 3, 4, 5, 6]

describe.each(connectorNames)('%s through resets, limits, damage and changes behind its back', (connector) => {
  it.each(seeds)('loses nothing, doubles nothing, claims nothing false (schedule %i)', async (seed) => {
    const result = await runSchedule(connector, seed)
    expect(isClean(result), JSON.stringify(result)).toBe(true)
    expect(result.faults).toBeGreaterThan(0)
  })
})

describe.each(serviceIds)('%s at a service that differs from the documented one, through the same', (connector) => {
  it.each(Object.entries(variants[connector]))('%s', async (_name, variant) => {
    const result = await runSchedule(connector, 7, { variant })
    expect(isClean(result), JSON.stringify(result)).toBe(true)
  })
})
