import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { facetFields, bucketUnits } from '../../src-main/contract/model/query.ts'
import { openBenchCore } from './bench-archive.ts'
import { inChild, report } from './child.ts'
import type { Questions } from './draw-child.ts'
import { exportAll } from './export-all.ts'
import { createLatencies, figure, type Row } from './latency.ts'
import { settle } from './settle.ts'
import { warm } from './warm.ts'

/** Argument: home of a filled archive. Reports the rows of the table of targets, as the core answers through its door. */
const [home = ''] = process.argv.slice(2)
const pageRows = 100
const zone = 'Europe/Berlin'
const megabyte = 1e6

const { firstPages, moves, numbers } = await inChild<Questions>('draw-child.ts', [home])
const rows: Row[] = []
const core = await openBenchCore(home)
try {
  await settle(core)
  await warm(home)
  rows.push(...(await measureFirstPages()))
  await warm(home)
  rows.push(...(await measureMoving()))
  rows.push(...(await measureNumbers()))
  rows.push(...residentMemory())
  rows.push(...(await measureExport()))
} finally {
  await core.close()
}
await report(rows)

async function measureFirstPages(): Promise<Row[]> {
  const rows: Row[] = []
  for (const { name, targetMs, texts } of firstPages) {
    const latencies = createLatencies()
    for (const text of texts) await latencies.timed(() => core.call('events.first', { query: { text, zone }, count: pageRows }))
    rows.push(latencies.row(`first page: ${name}`, targetMs))
  }
  return rows
}

/** The result that is on screen already: its next page, a date, any position of the scrollbar. */
async function measureMoving(): Promise<Row[]> {
  const next = createLatencies()
  const date = createLatencies()
  const position = createLatencies()
  for (const { text, instant, share } of moves) {
    const query = { text, zone }
    const { total } = await core.call('events.window', { query, first: 0, count: pageRows })
    await next.timed(() => core.call('events.window', { query, first: pageRows, count: pageRows }))
    await date.timed(async () => {
      const { row } = await core.call('events.locate', { query, at: { instant } })
      await core.call('events.window', { query, first: row ?? 0, count: pageRows })
    })
    await position.timed(() => core.call('events.window', { query, first: Math.floor(share * total), count: pageRows }))
  }
  return [next.row('next page', 20), date.row('jump to a date', 20), position.row('jump to a position', 20)]
}

/** Exact count, every facet with its 50 largest values, and the histogram, asked together as the screen does. */
async function measureNumbers(): Promise<Row[]> {
  const rows: Row[] = []
  for (const { name, targetMs, texts } of numbers) {
    const latencies = createLatencies()
    for (const [i, text] of texts.entries()) {
      const query = { text, zone }
      const by = bucketUnits[i % bucketUnits.length] ?? 'day'
      await latencies.timed(async () => {
        const [count, , histogram] = await Promise.all([
          core.call('events.count', { query }),
          core.call('events.facets', { query, by: [...facetFields], top: 50 }),
          core.call('events.histogram', { query, by }),
        ])
        if (!count.exact || !histogram.exact) throw new Error(`The numbers of ${text} are not exact.`)
      })
    }
    rows.push(latencies.row(`count, all facets, histogram: ${name}`, targetMs))
  }
  return rows
}

function residentMemory(): Row[] {
  const bytes = process.memoryUsage.rss()
  return [
    figure('resident memory after all of the above', bytes / megabyte, 'MB', 'at most', 600),
    figure('its peak', (process.resourceUsage().maxRSS * 1024) / megabyte, 'MB', 'at most', 600),
  ]
}

async function measureExport(): Promise<Row[]> {
  const beganMs = performance.now()
  const path = join(home, 'events.csv')
  const processorBefore = process.cpuUsage()
  const before = process.memoryUsage.rss()
  let peak = before
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50)
  const job = await exportAll(core, 'csv', path)
  clearInterval(watch)
  const seconds = (performance.now() - beganMs) / 1000
  const { user, system } = process.cpuUsage(processorBefore)
  rmSync(path)
  return [
    figure('export of all as CSV', job.rows / seconds, 'rows/s', 'at least', 150_000),
    figure('  by processor time: export', (job.rows / (user + system)) * 1e6, 'rows/s'),
    figure('memory added by it', (peak - before) / megabyte, 'MB'),
  ]
}
