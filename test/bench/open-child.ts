import { openBenchCore } from './bench-archive.ts'
import { report } from './child.ts'
import { createLatencies } from './latency.ts'
import { settle } from './settle.ts'

/** Argument: home of a filled archive. Reports how long a core takes from nothing to its first rows; in a process of its own, because each opening leaves memory behind. */
const [home = ''] = process.argv.slice(2)
const openings = 20

// Columns that were not stored yet are stored after the first start, and read from then on.
const first = await openBenchCore(home)
await settle(first)
await first.close()

const latencies = createLatencies()
for (let opening = 0; opening < openings; opening++) {
  const core = await latencies.timed(async () => {
    const fresh = await openBenchCore(home)
    await fresh.call('events.window', { query: {}, first: 0, count: 100 })
    return fresh
  })
  await core.close()
}
await report([latencies.row('open the archive to the first rows', 1_000)])
