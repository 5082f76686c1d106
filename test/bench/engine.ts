/**
 * Measures queries: `node test/bench/engine.ts [events] [home]` fills an archive with synthetic events (an existing one is filled up),
 * then prints latencies in milliseconds, as the core sees them, and resident memory. A home that is given is kept.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ArchiveReader, EventQuery } from '../../src-main/core/cache/archive.ts'
import { openArchive } from '../../src-main/core/cache/client.ts'
import { facetFields } from '../../src-main/contract/model/query.ts'
import { parseQuery } from '../../src-main/core/query/parse.ts'
import { workerUrl } from '../support/built.ts'
import { fillArchive } from './fill.ts'
import { queriesOf } from './queries.ts'

const keyHex = '11'.repeat(32)
const total = Number(process.argv[2] ?? 100_000)
const givenHome = process.argv[3]
const home = givenHome ?? mkdtempSync(join(tmpdir(), 'trailview-queries-'))

if (process.argv[4] === 'fill') {
  fillArchive({ home, keyHex, total, pageSize: 5_000, groupPages: 2 })
} else {
  try {
    // In a process of its own: what filling leaves in memory is not the reader's.
    const filled = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(total), home, 'fill'], { stdio: 'inherit' })
    if (filled.status !== 0) throw new Error('the archive could not be filled')
    await measure()
  } finally {
    if (givenHome === undefined) rmSync(home, { recursive: true, force: true })
  }
}

async function measure(): Promise<void> {
  const beganMs = performance.now()
  const archive = await openArchive({ home, keyHex, workerUrl })
  const { reader } = archive
  const first = await reader.page(query(''), 'newest', null, 100)
  console.log(`${total.toLocaleString('en')} events; open to first page ${ms(performance.now() - beganMs)}, ${first.events.length} rows`)
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  await untilQuiet(reader)

  for (const { name, texts } of queriesOf(total)) {
    const firstPages: number[] = []
    const nextPages: number[] = []
    const windows: number[] = []
    const numbers: number[] = []
    for (const text of texts) {
      const asked = query(text)
      const page = await timed(firstPages, () => reader.page(asked, 'newest', null, 100))
      const { next } = page
      if (next !== null) await timed(nextPages, () => reader.page(asked, 'newest', next, 100))
      await timed(numbers, () =>
        Promise.all([reader.count(asked), reader.facets(asked, facetFields, 50, false), reader.histogram(asked, 'day', false)]),
      )
      const { total: matches } = await reader.window(asked, 'newest', 0, 100)
      for (const share of [0.37, 0.91]) await timed(windows, () => reader.window(asked, 'newest', Math.floor(matches * share), 100))
    }
    console.log(
      `${name.padEnd(34)} first page ${spread(firstPages)}   next ${spread(nextPages)}   any position ${spread(windows)}   count, facets, histogram ${spread(numbers)}`,
    )
  }
  console.log(`resident memory ${Math.round(process.memoryUsage.rss() / 1e6)} MB`)
  const streamed = await stream(reader)
  console.log(
    `stream of all with payloads ${streamed.toLocaleString('en')} events/s; resident memory ${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
  )
  await archive.close()
}

/** Snapshots are being stored after a first start. */
async function untilQuiet(reader: ArchiveReader): Promise<void> {
  for (let calm = 0; calm < 5;) {
    const beganMs = performance.now()
    await reader.fact('nothing')
    calm = performance.now() - beganMs < 2 ? calm + 1 : 0
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function stream(reader: ArchiveReader): Promise<number> {
  const beganMs = performance.now()
  let events = 0
  for await (const batch of reader.stream(query(''), 'newest')) {
    events += batch.length
    if (events >= 1_000_000) break
  }
  return Math.round((events / (performance.now() - beganMs)) * 1000)
}

function query(text: string): EventQuery {
  const { tree, problems } = parseQuery(text, { zone: 'Europe/Berlin', nowMs: Date.parse('2024-02-01T00:00:00Z') })
  if (problems.length > 0) throw new Error(`${text}: ${problems[0]?.message}`)
  return { tree, zone: 'Europe/Berlin' }
}

async function timed<Value>(times: number[], work: () => Promise<Value>): Promise<Value> {
  const beganMs = performance.now()
  const value = await work()
  times.push(performance.now() - beganMs)
  return value
}

function spread(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  return sorted.length === 0 ? '-'.padEnd(17) : `${ms(at(0.5))} / ${ms(at(0.95))}`.padEnd(17)
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toString()
}
