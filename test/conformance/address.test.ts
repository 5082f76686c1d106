import { expect, it } from 'vitest'
import { serviceIds } from '../../src-main/contract/model/audit-event.ts'
import { startPracticeServices, type PracticeServices } from '../../src-main/demo/index.ts'
import { openCore } from '../support/open-core.ts'

it.each(serviceIds)(
  '%s: a connection that is given another address is collected from there as a whole, and back again with little',
  async (service) => {
    const practices = await Promise.all([1, 2].map((seed) => startPracticeServices({ seed, events: 800 })))
    // What was learnt of the one does not hold for the other.
    const [{ onehub, lytics }, other] = practices as [PracticeServices, PracticeServices]
    Object.assign(onehub.quirks, { offsetUnit: 'pages', ignoredParameters: ['start_time', 'end_time'] })
    Object.assign(other.onehub.quirks, { ignoredParameters: ['start_time', 'end_time'] })
    Object.assign(lytics.quirks, { isV2On: false })
    Object.assign(other.lytics.quirks, { isV2On: false, rfc3339: 'ignored' })
    const [first, second] = practices.map((practice) => practice[service])
    const core = await openCore()
    try {
      const save = async (id: string | null, source: typeof first) =>
        core.call('connections.save', {
          ...(id === null ? {} : { id }),
          service,
          name: service,
          baseUrl: source?.baseUrl ?? '',
          credential: { ...source?.credential },
        })
      const { id } = await save(null, first)
      expect(await core.collect()).toMatchObject([{ status: 'done' }])
      await save(id, second)
      expect(await core.collect()).toMatchObject([{ status: 'done', gone: 0 }])
      const hashes = new Set((await core.events()).map(({ externalId }) => externalId))
      for (const source of [first, second]) expect(source?.groundTruth().filter(({ externalId }) => !hashes.has(externalId))).toEqual([])

      await save(id, first)
      first?.append(1)
      const asked = first?.requestLog.length ?? 0
      expect(await core.collect()).toMatchObject([{ status: 'done' }])
      expect((first?.requestLog.length ?? 0) - asked).toBeLessThan(asked)
    } finally {
      await core.close()
      for (const practice of practices) await practice.close()
    }
  },
)
