import { describe, expect, it } from 'vitest'
import { connectorNames, falselyCovered, missing, openStand, type Stand } from './stand.ts'

const dayMs = 86_400_000

const startOfCoverage = async (stand: Stand): Promise<string> =>
  (await stand.coverage()).find(({ state }) => state === 'complete')?.from ?? 'none'

describe.each(connectorNames)('%s: a run with bounds', (connector) => {
  it('claims what it walked, and a later one without them brings the rest', async () => {
    const stand = await openStand(connector, { seed: 21, events: 12_000 })
    const { source } = stand
    try {
      source.reorder(3)
      const at = (daysAgo: number): string => new Date(stand.now() - daysAgo * dayMs).toISOString()
      const since = at(60)
      const bounded = await stand.collect({ since, until: at(30) })
      expect(bounded).toMatchObject({ status: 'done', error: null })
      // Later where the service has forgotten more than that.
      expect((await startOfCoverage(stand)) >= since).toBe(true)
      expect(await falselyCovered(stand)).toEqual([])
      expect(bounded?.added).toBeLessThan(source.groundTruth().length / 2)
      const asked = source.requestLog.length

      source.append(5)
      stand.advance(dayMs)
      expect(await stand.collect({ since })).toMatchObject({ status: 'done', error: null })
      expect(await falselyCovered(stand)).toEqual([])
      expect(source.requestLog.length - asked).toBeLessThan(asked * 3)

      const whole = await stand.collect()
      expect(whole).toMatchObject({ status: 'done', changed: 0 })
      expect(await missing(stand)).toEqual([])
      expect(await falselyCovered(stand)).toEqual([])
      expect((await stand.events('gone')).length).toBe(0)
      expect(await stand.collect({ since: at(-1) })).toMatchObject({ status: 'done', pages: 0 })
    } finally {
      await stand.close()
    }
  })
})
