import { expect, it } from 'vitest'
import { falselyCovered, openStand } from './stand.ts'

const hourMs = 3_600_000

it('lytics: what bounds that move with the clock want later on is collected then, and what they want no more is not called gone', async () => {
  const stand = await openStand('lytics', { seed: 29, events: 2_000, options: { after: 'now-4w', before: 'now-2h' } })
  const { source } = stand
  try {
    const ids = source.appendLate(hourMs, 3).map(({ externalId }) => externalId)
    const found = async () => (await stand.events()).filter(({ externalId }) => ids.includes(externalId)).length
    expect(await stand.collect()).toMatchObject({ status: 'done' })
    expect(await found()).toBe(0)
    expect(await falselyCovered(stand)).toEqual(
      // Older than the options want.
      source.groundTruth().flatMap(({ externalId, timeMs }) => (timeMs < stand.now() - 28 * 24 * hourMs ? [externalId] : [])),
    )
    stand.advance(3 * hourMs)
    expect(await stand.collect()).toMatchObject({ status: 'done', added: ids.length, late: 0 })
    expect(await found()).toBe(ids.length)
    stand.advance(40 * 24 * hourMs)
    expect(await stand.collect({ full: true })).toMatchObject({ status: 'done', gone: 0 })
    expect(await stand.events('gone')).toEqual([])
  } finally {
    await stand.close()
  }
})
