import { expect, it } from 'vitest'
import type { CollectionRun, ListedCount } from '../../src-main/contract/model/collection.ts'
import { startPracticeServices } from '../../src-main/demo/index.ts'
import { createHurriedClock } from '../support/hurried-clock.ts'
import { openCore } from '../support/open-core.ts'

const startMs = Date.UTC(2026, 5, 15, 9, 30)

it('the counts of a run lead to exactly its events, whatever other runs found', async () => {
  const practice = await startPracticeServices({ seed: 3, events: 2_000, nowMs: startMs })
  const clock = createHurriedClock(startMs, (nowMs) => practice.clock.set(nowMs))
  const core = await openCore({ clock })
  const source = practice.lytics
  const collect = async (full: boolean): Promise<CollectionRun> => {
    const [run] = await core.collect({ full })
    if (run?.status !== 'done') throw new Error(run?.error?.message ?? 'no run')
    return run
  }
  const listed = async (run: CollectionRun, count: ListedCount): Promise<readonly string[]> => {
    const ids: string[] = []
    for (;;) {
      const { rows, total, run: told } = await core.call('collection.runEvents', { run: run.id, count, first: ids.length, limit: 100 })
      expect(told).toEqual(run)
      expect(total).toBe(run[count])
      ids.push(...rows.map(({ event }) => event.externalId))
      if (ids.length >= total) return ids.toSorted()
    }
  }
  try {
    const { service, baseUrl, credential } = source
    await core.call('connections.save', { service, name: service, baseUrl, credential: { ...credential } })
    const first = await collect(false)
    const before = source.groundTruth().map(({ externalId }) => externalId)
    expect(await listed(first, 'added')).toEqual(before.toSorted())

    const [changed, vanished] = [before.slice(100, 103), before.slice(200, 205)]
    for (const id of changed) source.change(id)
    for (const id of vanished) source.vanish(id)
    const late = source.appendLate(3_600_000, 2).map(({ externalId }) => externalId)
    clock.advance(60 * 60_000)
    const second = await collect(true)
    const arrived = source.append(4).map(({ externalId }) => externalId)
    source.damage(arrived[0] ?? '', 'bad-time')
    source.change(before[110] ?? '')
    clock.advance(60 * 60_000)
    const third = await collect(true)

    expect(await listed(second, 'added')).toEqual(late.toSorted())
    expect(await listed(second, 'late')).toEqual(late.toSorted())
    expect(await listed(second, 'changed')).toEqual(changed.toSorted())
    expect(await listed(second, 'gone')).toEqual(vanished.toSorted())
    expect(await listed(second, 'unmapped')).toEqual([])
    expect(await listed(third, 'added')).toEqual(arrived.toSorted())
    expect(await listed(third, 'changed')).toEqual([before[110]])
    expect(await listed(third, 'unmapped')).toEqual([arrived[0]])
    expect(await listed(third, 'gone')).toEqual([])
    expect(await listed(first, 'added')).toEqual(before.toSorted())
    await expect(core.call('collection.runEvents', { run: 'none', count: 'added' })).rejects.toMatchObject({ code: 'CALL_INVALID' })
  } finally {
    await core.close()
    await practice.close()
  }
})
