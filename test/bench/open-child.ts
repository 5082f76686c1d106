import { openBenchCore } from './bench-archive.ts'
import { report } from './child.ts'
import { createLatencies } from './latency.ts'
import { settle } from './settle.ts'
import { warm } from './warm.ts'

/** Argument: home of a filled archive. Reports how long a core takes from nothing to its first rows; in a process of its own, because each opening leaves memory behind. */
const [home = ''] = process.argv.slice(2)
const openings = 20

// Columns that were not stored yet are stored after the first start, and read from then on.
const first = await openBenchCore(home)
await settle(first)
await first.close()

await warm(home)
const rows = createLatencies()
const search = createLatencies()
for (let opening = 0; opening < openings; opening++) {
  const core = await rows.timed(async () => {
    const fresh = await openBenchCore(home)
    await fresh.call('events.window', { query: {}, first: 0, count: 100 })
    return fresh
  })
  await search.timed(() => core.call('events.window', { query: { text: 'a' }, first: 0, count: 100 }))
  await core.close()
}
await report([rows.row('open the archive to the first rows', 1_000), search.row('from there to the first search', null)])
