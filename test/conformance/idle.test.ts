import { describe, expect, it } from 'vitest'
import { connectorNames, openStand, type Stand } from './stand.ts'

/**
 * Pages that hold what every run reads again. OK SKY: 500 ids, a hundred a page, the page that shows where they end, and a question for
 * each of the five places between two pages where ids may be missing; elsewhere less than a page.
 */
const overlapPages = { onehub: 1, lytics: 1, oksky: 6 + 5, cloudfoundry: 1, _template: 1 }

const listRequests = ({ source }: Stand): number => source.requestLog.filter(({ listIndex }) => listIndex !== null).length

describe.each(connectorNames)('%s: a run over what is collected already', (connector) => {
  it('asks for no more pages than the overlap and the new events need', async () => {
    const stand = await openStand(connector, { seed: 17, events: 8_000 })
    try {
      expect(await stand.collect()).toMatchObject({ status: 'done' })
      for (const added of [0, 5, 0]) {
        stand.source.append(added)
        stand.advance(2 * 3_600_000)
        const before = listRequests(stand)
        expect(await stand.collect()).toMatchObject({ status: 'done', added, changed: 0, gone: 0 })
        // Five new events may begin a page, or show that a page has to be read beyond them.
        expect(listRequests(stand) - before).toBeLessThanOrEqual(overlapPages[connector] + (added > 0 ? 1 : 0))
      }
    } finally {
      await stand.close()
    }
  })
})
