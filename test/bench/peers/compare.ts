import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inChild } from '../child.ts'
import { fillHome } from '../filled.ts'
import type { Row } from '../latency.ts'
import { ms } from '../table.ts'
import type { Budget, ContestantReport, PeerFiles } from './contestant.ts'
import { ensureProgram } from './tools.ts'

const ours = 'Trailview'
/** Whoever answers in seconds is asked fewer questions, so that a comparison takes minutes. */
const peers = [
  { name: 'DuckDB', program: null, budget: { taskMs: 15_000, totalMs: 300_000 }, reads: 'csv' },
  { name: 'sqlite3', program: 'sqlite3', budget: { taskMs: 8_000, totalMs: 300_000 }, reads: 'csv' },
  { name: 'ripgrep', program: 'rg', budget: { taskMs: 4_000, totalMs: 300_000 }, reads: 'ndjson' },
  { name: 'lnav', program: 'lnav', budget: { taskMs: 4_000, totalMs: 300_000 }, reads: 'ndjson' },
] as const
const ownBudget: Budget = { taskMs: 30_000, totalMs: 600_000 }
const spreadsheetRows = 1_048_576

interface Outcome {
  readonly name: string
  readonly report: ContestantReport | null
  /** Why there is no report. */
  readonly skipped: string | null
}

/**
 * Asks us and what a user would pick instead the same questions about the same events, one after another, and prints how they compare.
 * `only`: names of the only peers to be asked, between commas; null: all of them.
 */
export async function comparePeers(benchFolder: string, events: number, only: string | null): Promise<void> {
  const wanted = only?.split(',') ?? peers.map(({ name }) => name)
  const asked = peers.filter(({ name }) => wanted.includes(name))
  if (asked.length < wanted.length) throw new Error(`There are no such peers as ${only}.`)
  const home = await fillHome(benchFolder, events)
  const folder = join(benchFolder, `peers-${events}`)
  mkdirSync(folder, { recursive: true })
  const files: PeerFiles = { home, folder, csv: join(folder, 'events.csv'), ndjson: join(folder, 'events.ndjson') }
  const inputPath = join(folder, 'tasks.json')
  console.log('Exporting what is not exported yet.')
  const formats = [...new Set(asked.map(({ reads }) => reads))]
  await inChild('peers/prepare-child.ts', [JSON.stringify(files), JSON.stringify(formats), inputPath])

  const own = await contest(ours, inputPath, ownBudget)
  if (own.report === null) throw new Error(own.skipped ?? 'Trailview was not measured.')
  const others: Outcome[] = []
  for (const { name, program, budget } of asked) {
    const missing = program === null ? null : ensureProgram(program)
    others.push(missing === null ? await contest(name, inputPath, budget) : { name, report: null, skipped: missing })
  }
  printComparison(own.report, others)
  console.log(`\nExports: ${formats.map((format) => `${format.toUpperCase()} ${gigabytes(files[format])}`).join(', ')}.`)
  console.log(
    events > spreadsheetRows
      ? `A spreadsheet holds ${spreadsheetRows.toLocaleString('en')} rows: it cannot open these ${events.toLocaleString('en')} events.`
      : `A spreadsheet holds ${spreadsheetRows.toLocaleString('en')} rows, enough for these events; it was not measured.`,
  )
}

async function contest(name: string, inputPath: string, budget: Budget): Promise<Outcome> {
  console.log(`Asking ${name}.`)
  try {
    return {
      name,
      report: await inChild<ContestantReport>('peers/contestant-child.ts', [name, inputPath, JSON.stringify(budget)]),
      skipped: null,
    }
  } catch (error) {
    return { name, report: null, skipped: error instanceof Error ? error.message : String(error) }
  }
}

function printComparison(own: ContestantReport, others: readonly Outcome[]): void {
  for (const row of own.rows) {
    console.log(`\n${row.name}`)
    printAnswer(ours, row, null)
    for (const { name, report } of others) {
      const theirs = report?.rows.find((candidate) => candidate.name === row.name)
      printAnswer(name, theirs, row)
      const differing = disagreements(own.matches[row.name] ?? [], report?.matches[row.name] ?? [])
      if (differing > 0)
        console.log(
          `    ${''.padEnd(10)} ${differing} of its counts differ from ours${name === 'ripgrep' ? ': it looks at whole lines' : ''}`,
        )
    }
  }
  console.log('\nPrepared once, and most memory held')
  for (const { name, report, skipped } of [{ name: ours, report: own, skipped: null }, ...others]) {
    if (report === null) console.log(`  ${name.padEnd(10)} skipped: ${skipped}`)
    else {
      const prepared = report.preparedMs < 1 ? 'nothing left to prepare' : `${ms(report.preparedMs)} ms`
      const memory = report.peakBytes === 0 ? 'memory not seen' : `${Math.round(report.peakBytes / 1e6).toLocaleString('en')} MB`
      console.log(
        `  ${name.padEnd(10)} ${prepared}, ${memory} (${report.version})${report.wasCutShort ? '; its time was up before the last questions' : ''}`,
      )
    }
  }
}

function printAnswer(name: string, row: Row | undefined, own: Row | null): void {
  if (row?.kind !== 'latency') {
    console.log(`    ${name.padEnd(10)} –`)
    return
  }
  const times = `p50 ${ms(row.p50Ms).padStart(7)}  p95 ${ms(row.p95Ms).padStart(7)} ms  of ${String(row.questions).padEnd(3)}`
  const ratios = own?.kind === 'latency' ? `  ${ratio(row.p50Ms / own.p50Ms)} and ${ratio(row.p95Ms / own.p95Ms)} times ours` : ''
  console.log(`    ${name.padEnd(10)} ${times}${ratios}`)
}

function ratio(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en')
}

function disagreements(own: readonly number[], theirs: readonly number[]): number {
  return theirs.filter((matches, index) => matches !== own[index]).length
}

function gigabytes(path: string): string {
  return `${(statSync(path).size / 1e9).toFixed(2)} GB`
}
