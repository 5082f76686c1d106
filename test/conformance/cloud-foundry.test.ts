import { describe, expect, it } from 'vitest'
import { falselyCovered, missing, openStand } from './stand.ts'
import type { Variant } from './variants.ts'

const retentionDays = 31

describe.each(['v3', 'v2'] as const)('Cloud Foundry %s', (version) => {
  const withLimits =
    (limits: { readonly retentionDays?: number; readonly requestsPerHour?: number; readonly v2RequestsPerHour?: number }): Variant =>
    ({ cloudfoundry }) =>
      void Object.assign(cloudfoundry.quirks, { isV3On: version === 'v3', ...limits })

  it('with a limit of requests an hour: each run ends with the time to come back, and after the last nothing is missing', async () => {
    const stand = await openStand('cloudfoundry', {
      seed: 31,
      events: 6_000,
      variant: withLimits(version === 'v3' ? { requestsPerHour: 5 } : { v2RequestsPerHour: 5 }),
    })
    try {
      let refused = 0
      for (let run = await stand.collect(); run?.status !== 'done'; run = await stand.collect()) {
        expect(run?.error).toMatchObject({ code: 'SERVICE_RATE_LIMITED', isRetryable: true, retryAt: expect.any(String) as string })
        expect(await falselyCovered(stand)).toEqual([])
        refused += 1
        expect(refused, 'runs that bring nothing on').toBeLessThan(60)
        // Whoever is told to come back in an hour asks nothing more in this one; a page and a name may have been asked for together.
        expect(stand.source.requestLog.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(2 * refused)
        stand.advance(Date.parse(run?.error?.retryAt ?? '') - stand.now())
      }
      expect(refused).toBeGreaterThan(0)
      expect(await missing(stand)).toEqual([])
    } finally {
      await stand.close()
    }
  })

  it.each([1, 8])('with the daily clean-up before list request %i of a walk: hides nothing, marks nothing as gone', async (request) => {
    const stand = await openStand('cloudfoundry', {
      seed: 31,
      events: 8_000,
      variant: withLimits({ retentionDays }),
      options: { 'results-per-page': '10' },
    })
    const { source } = stand
    try {
      const before = source.groundTruth().length
      source.onListRequest(request, () => stand.advance(new Date(stand.now()).setUTCHours(20, 0, 1, 0) - stand.now()))
      expect(await stand.collect()).toMatchObject({ status: 'done', error: null })
      expect(source.groundTruth().length).toBeLessThan(before)
      expect(await missing(stand)).toEqual([])

      const forgotten = (await stand.coverage()).filter(({ state }) => state === 'expired')
      const forgottenBeforeMs = stand.now() - retentionDays * 86_400_000
      expect(forgotten.some(({ to }) => Math.abs(Date.parse(to) - forgottenBeforeMs) < 86_400_000)).toBe(true)
      stand.advance(86_400_000)
      expect(await stand.collect({ full: true })).toMatchObject({ status: 'done', gone: 0 })
      expect(await stand.events('gone')).toEqual([])

      // Two months without a run: what came meanwhile is forgotten in part, and nobody can say what that was.
      const lastMs = stand.now()
      const missed = source.append(1)
      stand.advance(60 * 86_400_000)
      expect(await stand.collect()).toMatchObject({ status: 'done', error: null })
      expect(await stand.events()).not.toContainEqual(expect.objectContaining({ externalId: missed[0]?.externalId }))
      const after = (await stand.coverage()).filter(({ to }) => Date.parse(to) > lastMs)
      expect(after.map(({ state }) => state)).toEqual(['expired', 'complete'])
      expect(Math.abs(Date.parse(after[0]?.to ?? '') - (stand.now() - retentionDays * 86_400_000))).toBeLessThan(86_400_000)
    } finally {
      await stand.close()
    }
  })
})
