import { expect, it } from 'vitest'
import { startPracticeServices } from '../../src-main/demo/index.ts'
import { openCore } from '../support/open-core.ts'

it('a renamed file keeps the name of each day, and the name it has now stands beside it', { timeout: 60_000 }, async () => {
  const practice = await startPracticeServices({ seed: 7, events: 4_000 })
  const core = await openCore()
  try {
    const { service, baseUrl, credential } = practice.onehub
    await core.call('connections.save', { service, name: 'Onehub', baseUrl, credential: { ...credential } })
    await core.collect()
    const byFile = Map.groupBy(await core.events('kind:file'), ({ object }) => object?.id ?? '')
    const renamed = [...byFile].filter(([id, events]) => id !== '' && new Set(events.map(({ object }) => object?.name)).size > 1)
    expect(renamed.length).toBeGreaterThan(0)
    for (const [, events] of renamed.slice(0, 20)) {
      const newestName = events[0]?.object?.name
      for (const event of events) {
        const { currentNames } = await core.call('events.get', { id: event.id })
        expect(currentNames.object).toBe(event.object?.name === newestName ? null : newestName)
      }
    }
  } finally {
    await core.close()
    await practice.close()
  }
})
