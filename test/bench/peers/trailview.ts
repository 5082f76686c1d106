import type { TestCore } from '../../support/open-core.ts'
import { openBenchCore } from '../bench-archive.ts'
import { queryText, type Condition } from '../questions.ts'
import { settle } from '../settle.ts'
import type { Answer, Asks, Contestant, PeerFiles } from './contestant.ts'

/** Ourselves, through the core's door. */
export async function openTrailview({ home }: PeerFiles): Promise<Contestant> {
  const core = await openBenchCore(home)
  await settle(core)
  return {
    version: `${(await core.call('archive.summary', {})).eventCount.toLocaleString('en')} events, encrypted`,
    preparedMs: 0,
    ask: (asks, condition) => (asks === 'open' ? openAnother(home) : timed(() => answer(core, asks, condition))),
    peakBytes: () => process.resourceUsage().maxRSS * 1024,
    close: () => core.close(),
  }
}

async function openAnother(home: string): Promise<Answer> {
  const opened = await timedValue(async () => {
    const core = await openBenchCore(home)
    await core.call('events.window', { query: {}, first: 0, count: 100 })
    return core
  })
  await opened.value.close()
  return { tookMs: opened.tookMs, matches: null }
}

async function answer(core: TestCore, asks: Exclude<Asks, 'open'>, condition: Condition): Promise<number | null> {
  const query = { text: queryText(condition), zone: 'UTC' }
  switch (asks) {
    case 'page':
      await core.call('events.first', { query, count: 100 })
      return null
    case 'count':
      return (await core.call('events.count', { query })).total
    case 'summary': {
      const [count] = await Promise.all([
        core.call('events.count', { query }),
        core.call('events.facets', { query, by: ['service', 'workspace', 'actor', 'verb', 'kind', 'outcome'], top: 50 }),
        core.call('events.histogram', { query, by: 'day' }),
      ])
      return count.total
    }
    case 'histogram':
      await core.call('events.histogram', { query, by: 'day' })
      return null
    case 'payload': {
      if (condition.is !== 'field') throw new Error('A payload is asked for by id.')
      await core.call('events.payload', { id: condition.value })
      return null
    }
  }
}

async function timed(work: () => Promise<number | null>): Promise<Answer> {
  const { value, tookMs } = await timedValue(work)
  return { tookMs, matches: value }
}

async function timedValue<Value>(work: () => Promise<Value>): Promise<{ readonly value: Value; readonly tookMs: number }> {
  const beganMs = performance.now()
  const value = await work()
  return { value, tookMs: performance.now() - beganMs }
}
