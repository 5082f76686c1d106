import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serviceIds, type ServiceId } from '../../src-main/contract/model/audit-event.ts'
import type { WalkPage } from '../../src-main/core/connectors/define.ts'
import { scheduleFaults, type PracticeServices } from '../../src-main/demo/index.ts'
import { definitions, linkTo, Memory, payloadsOf, practice, walk, walkPages } from './walking.ts'

const truthOf = (services: PracticeServices, id: ServiceId): string[] =>
  services[id]
    .groundTruth()
    .map(({ payload }) => payload)
    .sort()

describe('a walk over everything', () => {
  it.each(serviceIds)('%s: hands on every event the service has, byte for byte', async (id) => {
    const services = await practice(4_000)
    expect(payloadsOf(await walk(definitions[id], services[id]))).toEqual(truthOf(services, id))
  })

  it('onehub: so many events that they crowd around the changes of daylight saving time', async () => {
    const services = await practice(40_000)
    const payloads = payloadsOf(await walk(definitions.onehub, services.onehub))
    expect(payloads.length).toBe(services.onehub.groundTruth().length)
    expect(payloads).toEqual(truthOf(services, 'onehub'))
  })

  it.each(['user', 'text'] as const)('onehub: an account that was in another time zone before (zone of the %s)', async (zone) => {
    const services = await practice(2_500)
    services.onehub.quirks.zone = zone
    const memory = new Memory()
    memory.set('utcOffsetMinutes', 540)
    await expect(walk(definitions.onehub, services.onehub, { memory })).rejects.toMatchObject({ code: 'SERVICE_LIST_CHANGED' })
    expect(payloadsOf(await walk(definitions.onehub, services.onehub, { memory }))).toEqual(truthOf(services, 'onehub'))
    expect(memory.get('utcOffsetMinutes')).toBe(-480)
  })

  const quirks: readonly (readonly [ServiceId, string, (services: PracticeServices) => void])[] = [
    ['onehub', 'offset in pages', ({ onehub }) => (onehub.quirks.offsetUnit = 'pages')],
    ['onehub', 'true totals', ({ onehub }) => (onehub.quirks.totals = 'true')],
    ['onehub', 'zone of the text', ({ onehub }) => (onehub.quirks.zone = 'text')],
    ['onehub', 'times ignored', ({ onehub }) => (onehub.quirks.ignoredParameters = ['start_time', 'end_time'])],
    [
      'onehub',
      'times ignored, offset in pages',
      ({ onehub }) => Object.assign(onehub.quirks, { ignoredParameters: ['start_time', 'end_time'], offsetUnit: 'pages' }),
    ],
    ['onehub', 'only the start ignored', ({ onehub }) => (onehub.quirks.ignoredParameters = ['start_time'])],
    ['onehub', 'only the end ignored', ({ onehub }) => (onehub.quirks.ignoredParameters = ['end_time'])],
    ['lytics', 'newest first', ({ lytics }) => (lytics.quirks.order = 'newest-first')],
    ['lytics', 'status as a word', ({ lytics }) => (lytics.quirks.status = 'string')],
    ['lytics', 'pages of ten, whatever is asked for', ({ lytics }) => (lytics.quirks.mostPerPage = 10)],
    ['lytics', 'limit over 100 rejected', ({ lytics }) => (lytics.quirks.overLimit = 'reject')],
    ['lytics', 'version 1', ({ lytics }) => (lytics.quirks.isV2On = false)],
    ['lytics', 'version 1, clock times rejected', ({ lytics }) => Object.assign(lytics.quirks, { isV2On: false, rfc3339: 'rejected' })],
    ['lytics', 'version 1, clock times ignored', ({ lytics }) => Object.assign(lytics.quirks, { isV2On: false, rfc3339: 'ignored' })],
    [
      'lytics',
      'version 1, clock times ignored, before defaults to now',
      ({ lytics }) => Object.assign(lytics.quirks, { isV2On: false, rfc3339: 'ignored', beforeDefault: 'now' }),
    ],
    [
      'oksky',
      'pages of ten, whatever is asked for, without links to the next',
      ({ oksky }) => Object.assign(oksky.quirks, { mostPerPage: 10, hasNextLinks: false }),
    ],
    ['oksky', 'sort refused', ({ oksky }) => (oksky.quirks.isSortOn = false)],
    ['oksky', 'relationships without data', ({ oksky }) => (oksky.quirks.hasRelationshipData = false)],
    ['cloudfoundry', 'v2 alone', ({ cloudfoundry }) => (cloudfoundry.quirks.isV3On = false)],
    [
      'cloudfoundry',
      'v2 alone, capped deep paging, +00:00',
      ({ cloudfoundry }) => Object.assign(cloudfoundry.quirks, { isV3On: false, maxTotalResults: 300, zoneSuffix: '+00:00' }),
    ],
    ['cloudfoundry', 'v2 switched off', ({ cloudfoundry }) => (cloudfoundry.quirks.v2 = 'off-text')],
  ]
  it.each(quirks)('%s: %s', async (id, _quirk, apply) => {
    const services = await practice(2_500)
    apply(services)
    expect(payloadsOf(await walk(definitions[id], services[id]))).toEqual(truthOf(services, id))
  })

  it.each(serviceIds)('%s: goes on where it was interrupted, at any page', async (id) => {
    const services = await practice(2_500)
    const options = { onehub: {}, lytics: { limit: '40' }, oksky: { 'page[size]': '30' }, cloudfoundry: { 'results-per-page': '60' } }[id]
    const memory = new Memory()
    const got: WalkPage[] = []
    let resume: WalkPage['resume'] = null
    for (let stopAfter = 1; ; stopAfter++) {
      let pages = 0
      for await (const page of walkPages(definitions[id], services[id], { options, memory, resume })) {
        got.push(page)
        resume = page.resume
        if (++pages > stopAfter) break
      }
      if (pages <= stopAfter) break
    }
    expect(payloadsOf(got)).toEqual(truthOf(services, id))
  })
})

describe('a walk while the service changes and fails', () => {
  it.each(serviceIds)('%s: hands on whatever was there from beginning to end', async (id) => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e9 }), fc.double({ min: 0.1, max: 0.6, noNaN: true }), async (seed, intensity) => {
        const services = await practice(900, String(seed % 7))
        const service = services[id]
        const options = { onehub: {}, lytics: { limit: '20' }, oksky: { 'page[size]': '15' }, cloudfoundry: { 'results-per-page': '25' } }[
          id
        ]
        const before = truthOf(services, id)
        service.faults.load(scheduleFaults(seed, intensity, { requests: 80 }))
        const got: WalkPage[] = []
        const memory = new Memory()
        const link = linkTo(definitions[id], service, options)
        let resume: WalkPage['resume'] = null
        for (let run = 0; run < 60; run++) {
          try {
            for await (const page of walkPages(definitions[id], service, { options, memory, link, resume })) {
              got.push(page)
              resume = page.resume
            }
            break
          } catch (error) {
            if (run === 59) throw error
          }
        }
        const after = new Set(truthOf(services, id))
        const had = new Set(payloadsOf(got))
        expect(before.filter((payload) => after.has(payload) && !had.has(payload))).toEqual([])
        await services.close()
      }),
      { numRuns: 25 },
    )
  })
})
