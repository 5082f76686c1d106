import { expect, it } from 'vitest'
import type { EventDetail } from '../../src-main/contract/model/audit-event.ts'
import { startPracticeServices } from '../../src-main/demo/index.ts'
import { openCore, type TestCore } from '../support/open-core.ts'

it('a renamed file keeps the name of each day, and the name it has now stands beside it', async () => {
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

const details = async (core: TestCore): Promise<readonly EventDetail[]> =>
  Promise.all((await core.events()).map(({ id }) => core.call('events.get', { id })))

it('how many events wait for names is said until none does; each says which of its parts do', async () => {
  const practice = await startPracticeServices({ seed: 5, events: 4_000 })
  const core = await openCore()
  try {
    const { service, baseUrl, credential } = practice.oksky
    await core.call('connections.save', { service, name: 'OK SKY', baseUrl, credential: { ...credential } })
    const waiting = async (): Promise<number> => (await core.call('connections.status', {}))[0]?.awaitingNamesCount ?? -1
    const awaitsWorkspace = ({ event, awaitedNames }: EventDetail): boolean => event.workspace === null && awaitedNames.workspace
    expect(await waiting()).toBe(0)

    await core.collect()
    const first = await details(core)
    const roomless = first.filter(({ event }) => event.workspace === null)
    const isWaiting = ({ awaitedNames: { actor, object, workspace } }: EventDetail): boolean => actor || object || workspace
    expect(await waiting()).toBe(first.filter(isWaiting).length)
    expect(roomless.filter(awaitsWorkspace).length).toBeGreaterThan(0)
    // What happens outside of rooms has no workspace, and waits for none.
    const outside = roomless.filter(({ event }) => !['message', 'member', 'support'].includes(event.object?.kind ?? ''))
    expect(outside.length).toBeGreaterThan(0)
    expect(outside.filter(awaitsWorkspace)).toEqual([])

    for (let before = await waiting(); before > 0; before = await waiting()) {
      await core.collect()
      expect(await waiting()).toBeLessThan(before)
    }
    expect((await details(core)).filter(isWaiting)).toEqual([])
  } finally {
    await core.close()
    await practice.close()
  }
})
