import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { facetFields } from '../../src-main/contract/model/query.ts'
import type { PracticeService } from '../../src-main/core/practice-connections.ts'
import { openCore, type TestCore } from '../support/open-core.ts'
import { archiveSizeBytes } from './bench-archive.ts'
import { report } from './child.ts'
import { readDrawers, type Drawer } from './draw.ts'
import { createLatencies, figure, type Row } from './latency.ts'
import { queryText } from './questions.ts'
import { settle } from './settle.ts'

/** Argument: events. Collects them over HTTP from practice services in another process through a whole core, then asks questions. */
const events = Number(process.argv[2])
const questions = 200
const zone = 'Europe/Berlin'
const home = mkdtempSync(join(tmpdir(), 'trailview-bench-practice-'))
const practice = fork(fileURLToPath(new URL('practice-child.ts', import.meta.url)), [String(events)], {
  execArgv: ['--disable-warning=ExperimentalWarning'],
})
const practiceEnded = once(practice, 'exit')
try {
  const services = await Promise.race([once(practice, 'message'), practiceEnded])
    .then(([first]: readonly unknown[]) => first)
    .then((first) => (Array.isArray(first) ? (first as readonly PracticeService[]) : null))
  if (services === null) throw new Error('The practice services did not start.')
  const core = await openCore({ home })
  const rows: Row[] = []
  try {
    rows.push(...(await collect(core, services)))
    await settle(core)
    const drawers = await readDrawers(core)
    rows.push(...(await ask(core, drawers(1))))
  } finally {
    await core.close()
  }
  await report([...rows, figure('archive, everything included', archiveSizeBytes(home) / events, 'bytes/event')])
} finally {
  practice.disconnect()
  await practiceEnded
  rmSync(home, { recursive: true, force: true })
}

async function collect(core: TestCore, services: readonly PracticeService[]): Promise<Row[]> {
  for (const { service, name, baseUrl, credential } of services) await core.call('connections.save', { service, name, baseUrl, credential })
  const beganMs = performance.now()
  const runs = await core.collect()
  const seconds = (performance.now() - beganMs) / 1000
  for (const { status, error } of runs) if (status !== 'done') throw new Error(error?.message ?? `A run ended as ${status}.`)
  const { eventCount } = await core.call('archive.summary', {})
  const requests = runs.reduce((sum, run) => sum + run.requests, 0)
  return [
    figure('events collected', eventCount, 'events'),
    figure('collected in', seconds, 's'),
    figure('events', eventCount / seconds, 'events/s'),
    figure('requests', requests / seconds, 'requests/s'),
  ]
}

async function ask(core: TestCore, draw: Drawer): Promise<Row[]> {
  const page = createLatencies()
  const search = createLatencies()
  const facets = createLatencies()
  const histogram = createLatencies()
  const window = (text: string) => core.call('events.window', { query: { text, zone }, first: 0, count: 100 })
  for (let i = 0; i < questions; i++) {
    const filtered = queryText(draw.ranged(draw.filter()))
    await page.timed(() => window(filtered))
    const searched = queryText([draw.commonText, draw.mediumText, draw.rareText, draw.fragment][i % 4]?.() ?? draw.commonText())
    await search.timed(() => window(searched))
    const counted = { text: queryText(draw.ranged(draw.commonText())), zone }
    await facets.timed(() => core.call('events.facets', { query: counted, by: [...facetFields], top: 50 }))
    const drawn = { text: queryText(draw.ranged(draw.filter())), zone }
    await histogram.timed(() => core.call('events.histogram', { query: drawn, by: 'day' }))
  }
  return [
    page.row('first page of a filter', 50),
    search.row('first page of a search', 50),
    facets.row('all facets of a search', 150),
    histogram.row('histogram of a filter', 150),
    figure('resident memory of the core', process.memoryUsage.rss() / 1e6, 'MB'),
  ]
}
