import { describe, expect, it } from 'vitest'
import type { ServiceId } from '../../src-main/contract/model/audit-event.ts'
import { openStand } from './stand.ts'

const hourMs = 3_600_000
/** How far behind an event comes, and a width of the overlap in minutes that reaches it; the connector's own does not. OK SKY counts ids instead. */
const cases: readonly (readonly [ServiceId, behindMs: number, overlap: string])[] = [
  ['onehub', 40 * hourMs, '2880'],
  ['lytics', hourMs, '120'],
  ['cloudfoundry', hourMs, '120'],
]

describe.each(cases)('%s: an event that comes %i ms late', (connector, behindMs, overlap) => {
  it.each([
    [{}, 0],
    [{ overlap }, 1],
  ])('is found by the next run where the overlap reaches it (options %o)', async (options, found) => {
    const stand = await openStand(connector, { seed: 23, events: 8_000, options })
    try {
      expect(await stand.collect()).toMatchObject({ status: 'done' })
      stand.advance(5 * 60_000)
      const late = stand.source.appendLate(behindMs).map(({ externalId }) => externalId)
      expect(await stand.collect()).toMatchObject({ status: 'done', added: found, late: found })
      const marked = (await stand.events('late')).map(({ externalId }) => externalId)
      expect(marked).toEqual(found === 1 ? late : [])
    } finally {
      await stand.close()
    }
  })
})
