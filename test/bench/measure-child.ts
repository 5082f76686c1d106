import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { facetFields, bucketUnits } from '../../src-main/contract/model/query.ts'
import { openBenchCore } from './bench-archive.ts'
import { inChild, report } from './child.ts'
import { drawersOver, type Drawer, type Sample } from './draw.ts'
import { exportAll } from './export-all.ts'
import { createLatencies, figure, type Row } from './latency.ts'
import { queryText, type Condition } from './questions.ts'
import { settle } from './settle.ts'
import { warm } from './warm.ts'

/** Argument: home of a filled archive. Reports the rows of the table of targets, as the core answers through its door. */
const [home = ''] = process.argv.slice(2)
const questions = 200
const pageRows = 100
const zone = 'Europe/Berlin'
const megabyte = 1e6

const rows: Row[] = []
const drawers = drawersOver(await inChild<Sample>('draw-child.ts', [home]))
const core = await openBenchCore(home)
try {
  await settle(core)
  await warm(home)
  rows.push(...(await measureFirstPages(drawers(1))))
  await warm(home)
  rows.push(...(await measureMoving(drawers(2))))
  rows.push(...(await measureNumbers(drawers(3))))
  rows.push(...residentMemory())
  rows.push(...(await measureExport()))
} finally {
  await core.close()
}
await report(rows)

async function measureFirstPages(draw: Drawer): Promise<Row[]> {
  const kinds: readonly (readonly [name: string, targetMs: number, draw: () => Condition])[] = [
    ['first page: a time range alone', 50, () => draw.ranged({ is: 'everything' })],
    ['first page: one filter', 50, () => halfRanged(draw, draw.filter())],
    ['first page: common text', 50, () => halfRanged(draw, draw.commonText())],
    ['first page: medium text', 50, () => halfRanged(draw, draw.mediumText())],
    ['first page: rare text', 50, () => halfRanged(draw, draw.rareText())],
    ['first page: a fragment of 1 to 6 characters', 50, () => halfRanged(draw, draw.fragment())],
    ['first page: two words', 100, () => halfRanged(draw, draw.twoWords())],
    ['first page: two to four conditions', 100, () => halfRanged(draw, draw.combination())],
  ]
  const rows: Row[] = []
  for (const [name, targetMs, drawOne] of kinds) {
    const latencies = createLatencies()
    for (let i = 0; i < questions; i++) {
      const query = { text: queryText(drawOne()), zone }
      await latencies.timed(() => core.call('events.first', { query, count: pageRows }))
    }
    rows.push(latencies.row(name, targetMs))
  }
  return rows
}

/** The result that is on screen already: its next page, a date, any position of the scrollbar. */
async function measureMoving(draw: Drawer): Promise<Row[]> {
  const next = createLatencies()
  const date = createLatencies()
  const position = createLatencies()
  for (let i = 0; i < questions; i++) {
    const condition = i % 4 === 0 ? ({ is: 'everything' } as const) : i % 2 === 0 ? draw.filter() : draw.commonText()
    const query = { text: queryText(condition), zone }
    const { total } = await core.call('events.window', { query, first: 0, count: pageRows })
    await next.timed(() => core.call('events.window', { query, first: pageRows, count: pageRows }))
    await date.timed(async () => {
      const { row } = await core.call('events.locate', { query, at: { instant: draw.instant() } })
      await core.call('events.window', { query, first: row ?? 0, count: pageRows })
    })
    await position.timed(() => core.call('events.window', { query, first: Math.floor(draw.share() * total), count: pageRows }))
  }
  return [next.row('next page', 20), date.row('jump to a date', 20), position.row('jump to a position', 20)]
}

/** Exact count, every facet with its 50 largest values, and the histogram, asked together as the screen does. */
async function measureNumbers(draw: Drawer): Promise<Row[]> {
  const kinds: readonly (readonly [name: string, draw: () => Condition])[] = [
    ['no condition, repeated', () => ({ is: 'everything' })],
    ['one filter', () => halfRanged(draw, draw.filter())],
    ['common text', () => halfRanged(draw, draw.commonText())],
    ['combination', () => halfRanged(draw, draw.combination())],
  ]
  const rows: Row[] = []
  for (const [name, drawOne] of kinds) {
    const latencies = createLatencies()
    for (let i = 0; i < questions; i++) {
      const query = { text: queryText(drawOne()), zone }
      const by = bucketUnits[i % bucketUnits.length] ?? 'day'
      await latencies.timed(async () => {
        const [count, , histogram] = await Promise.all([
          core.call('events.count', { query }),
          core.call('events.facets', { query, by: [...facetFields], top: 50 }),
          core.call('events.histogram', { query, by }),
        ])
        if (!count.exact || !histogram.exact) throw new Error(`The numbers of ${query.text} are not exact.`)
      })
    }
    rows.push(latencies.row(`count, all facets, histogram: ${name}`, 150))
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

function halfRanged(draw: Drawer, condition: Condition): Condition {
  return draw.share() < 0.5 ? condition : draw.ranged(condition)
}
