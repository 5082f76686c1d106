import { setTimeout as sleep } from 'node:timers/promises'
import type { TestCore } from '../support/open-core.ts'

/** Waits until the core has stopped working by itself, a minute at most: columns of new events are being stored after a start. */
export async function settle(core: TestCore): Promise<void> {
  await core.call('archive.summary', {})
  const untilMs = performance.now() + 60_000
  for (let calm = 0; calm < 5 && performance.now() < untilMs;) {
    const before = process.cpuUsage()
    await sleep(500)
    const { user, system } = process.cpuUsage(before)
    calm = user + system < 25_000 ? calm + 1 : 0
  }
}
